import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePortBase, JSON_TYPE, WITH_KEY } from '../support/local-system';
import { synthesize, type StackName } from '../support/synthesize';
import { PORTS, type Status } from '@assistant/emulator';
import { LocalSystem } from '@assistant/emulator/run';

it('the two regions run without any other stack: conversations are answered, and not kept', async () => {
  const app = synthesize();
  const manifest = join(app.directory, 'manifest.json');
  const { stacks, ...rest } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    stacks: Record<StackName, unknown>;
  };
  const { primary, secondary } = stacks;
  writeFileSync(manifest, JSON.stringify({ stacks: { primary, secondary }, ...rest }));
  for (const name of ['mlops', 'conversations']) {
    rmSync(join(app.directory, 'stacks', name), { recursive: true });
  }

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
    const ask = async (request: object) => {
      const body = JSON.stringify({ question: 'Hi?', ...request });
      const headers = { ...JSON_TYPE, ...WITH_KEY };
      const answer = await fetch(`http://127.0.0.1:${portBase}/`, { method: 'POST', headers, body });
      return (await answer.json()) as { conversation?: { id: string; stored: boolean } };
    };
    const { conversation, ...answer } = await ask({ conversation: 'new' });
    expect(answer).toMatchObject({ tier: 'primary', context: { turns: 0, trimmed: 0 } });
    expect(conversation?.stored).toBe(false);
    expect(await ask({ conversationId: conversation?.id })).toMatchObject({
      tier: 'primary',
      context: { turns: 0, trimmed: 0, unavailable: true },
      conversation: { stored: false },
    });
  } finally {
    await system.close();
    app.remove();
  }
});
