import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import packageJson from '../../package.json';
import { freePortBase, JSON_TYPE } from '../support/local-system';
import { ROOT } from '../support/synthesize';

/** Runs what `npm start` runs, and collects what it writes. */
function start(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const [, ...script] = packageJson.scripts.start.split(' ');
  const child = spawn(process.execPath, [...script, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output.text += text));
  }
  return { child, output };
}

async function until(condition: () => boolean, child: ChildProcess): Promise<void> {
  while (!condition() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('npm start', () => {
  it('says what to try, answers, and stops cleanly on Ctrl-C', async () => {
    const base = await freePortBase();
    const { child, output } = start([], { LOCAL_PORT_BASE: String(base) });
    await until(() => output.text.includes('Ctrl-C stops it.'), child);
    expect(output.text).toContain(`curl -s http://127.0.0.1:${base}/`);
    expect(output.text).toMatch(/Not acted out here: .*aws_acm_certificate/);

    const question = JSON.stringify({ question: 'Hi?' });
    const response = await fetch(`http://127.0.0.1:${base}/`, {
      method: 'POST',
      body: question,
      headers: JSON_TYPE,
    });
    expect(await response.json()).toMatchObject({ tier: 'primary' });

    // What Ctrl-C sends.
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    await expect(fetch(`http://127.0.0.1:${base}/health`)).rejects.toThrow();
  }, 30_000);

  it('says which port is taken, and what to do', async () => {
    const base = await freePortBase();
    const occupier = createServer().listen(base + 2, '127.0.0.1');
    await once(occupier, 'listening');
    const { child, output } = start([], { LOCAL_PORT_BASE: String(base) });
    const [code] = (await once(child, 'exit')) as [number | null];
    occupier.close();
    expect(code).toBe(1);
    expect(output.text).toMatch(new RegExp(`Port ${base + 2} is taken.*LOCAL_PORT_BASE`));
  }, 30_000);

  it.each([
    [['--bedrock', 'openai'], {}, /needs --url and --model/],
    [['--bedrock', 'magic'], {}, /Allowed choices are stand-in, aws, openai/],
    [[], { LOCAL_PORT_BASE: 'x' }, /It must be a whole number/],
  ])('refuses %j with %j', async (args, environment, message) => {
    const { child, output } = start(args, environment);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(1);
    expect(output.text).toMatch(message);
  });
});
