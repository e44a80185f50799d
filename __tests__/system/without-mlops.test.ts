import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePortBase, JSON_TYPE, WITH_KEY } from '../support/local-system';
import { synthesize } from '../support/synthesize';
import { PORTS, type Status } from '@assistant/emulator';
import { LocalSystem } from '@assistant/emulator/run';

it('the two regions run without the mlops stack', async () => {
  const app = synthesize();
  const manifest = join(app.directory, 'manifest.json');
  const { stacks, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as { stacks: { mlops?: unknown } };
  delete stacks.mlops;
  writeFileSync(manifest, JSON.stringify({ stacks, ...rest }));
  rmSync(join(app.directory, 'stacks', 'mlops'), { recursive: true });

  const portBase = await freePortBase();
  const bedrock = { kind: 'stand-in' } as const;
  const system = await LocalSystem.start({
    outDir: app.directory,
    portBase,
    bedrock,
    onLog: () => undefined,
  });
  try {
    const status = await fetch(`http://127.0.0.1:${portBase + PORTS.control}/status`);
    expect(((await status.json()) as Status).mlops).toBeNull();
    const body = JSON.stringify({ question: 'Hi?' });
    const headers = { ...JSON_TYPE, ...WITH_KEY };
    const answer = await fetch(`http://127.0.0.1:${portBase}/`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ tier: 'primary' });
  } finally {
    await system.close();
    app.remove();
  }
});
