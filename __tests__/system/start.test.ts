import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { PORTS } from '@assistant/emulator';
import { requireFreePorts } from '@assistant/emulator';
import { LocalSystem } from '@assistant/emulator/run';
import packageJson from '../../package.json';
import { freePortBase, JSON_TYPE, WITH_KEY } from '../support/local-system';
import { ROOT, synthesize } from '../support/synthesize';

/** Runs what `npm start` runs, and collects what it writes. */
function start(args: readonly string[], environment: NodeJS.ProcessEnv) {
  const child = spawn('sh', ['-c', `exec ${packageJson.scripts.start} "$@"`, 'npm start', ...args], {
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

const ask = (base: number) =>
  fetch(`http://127.0.0.1:${base}/`, {
    method: 'POST',
    body: JSON.stringify({ question: 'Hi?' }),
    headers: { ...JSON_TYPE, ...WITH_KEY },
  });

/** What callers are answered who do not wait until the system is ready. */
async function callersBefore(isReady: () => boolean, base: number): Promise<readonly string[]> {
  const answers: string[] = [];
  while (!isReady()) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    const response = await ask(base).catch(() => undefined);
    if (response === undefined) continue;
    const { region } = (await response.json()) as { region?: string };
    const retryAfter = response.headers.get('retry-after');
    answers.push(
      response.ok ? `200 ${String(region)}` : `${response.status} retry after ${String(retryAfter)}`,
    );
  }
  return answers;
}

describe('npm start', () => {
  it('says what it is at and what to try, answers, and stops cleanly on Ctrl-C', async () => {
    const base = await freePortBase();
    const { child, output } = start(['--date', '2027-10-08'], { LOCAL_PORT_BASE: String(base) });
    const early = callersBefore(() => output.text.includes('Ready'), base);
    await until(() => output.text.includes('Ctrl-C stops it.'), child);
    expect(output.text).toMatch(
      /^ *\d+\.\d s {2}Synthesizing .*\n.*Starting .*\n.*Waiting for the health checks/,
    );
    expect(output.text).toContain(
      `curl -s http://127.0.0.1:${base}/ -H 'Content-Type: application/json' -H 'x-api-key: local-demo-key' -d '{"question":`,
    );
    expect(output.text).toMatch(/Not emulated: .*aws_acm_certificate/);
    // Neither Node's warnings nor the AWS SDK's.
    expect(output.text).not.toMatch(/Warning/);

    // The primary model has ended the day before.
    expect(output.text).toContain('as of 2027-10-08');
    const response = await ask(base);
    expect(await response.json()).toMatchObject({ tier: 'fallback', region: 'us-east-1' });
    expect(
      (await early).filter((answer) => !['503 retry after 1', '200 us-east-1'].includes(answer)),
    ).toEqual([]);

    // What Ctrl-C sends.
    child.kill('SIGINT');
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(0);
    await expect(fetch(`http://127.0.0.1:${base}/health`)).rejects.toThrow();
  });

  it('says at once that a port is taken, and what to do', async () => {
    const base = await freePortBase();
    const taken = base + PORTS.control;
    const occupier = createServer().listen(taken, '127.0.0.1');
    await once(occupier, 'listening');
    const { child, output } = start([], { LOCAL_PORT_BASE: String(base) });
    const [code] = (await once(child, 'exit')) as [number | null];
    occupier.close();
    expect(code).toBe(1);
    expect(output.text).toMatch(new RegExp(`^Port ${taken} is taken\\..*LOCAL_PORT_BASE`));
  });

  it.each(Object.entries(PORTS))('looks whether the port of %s is taken', async (_, offset) => {
    const base = await freePortBase();
    const occupier = createServer().listen(base + offset, '127.0.0.1');
    await once(occupier, 'listening');
    await expect(requireFreePorts(base)).rejects.toMatchObject({ code: 'EADDRINUSE', port: base + offset });
    occupier.close();
  });

  it('looks whether the port of dns is taken for UDP, too', async () => {
    const base = await freePortBase();
    const occupier = createSocket('udp4').bind(base + PORTS.dns, '127.0.0.1');
    await once(occupier, 'listening');
    await expect(requireFreePorts(base)).rejects.toMatchObject({
      code: 'EADDRINUSE',
      port: base + PORTS.dns,
    });
    occupier.close();
  });

  it('that loses a port to somebody else while it starts leaves nothing behind', async () => {
    const portBase = await freePortBase();
    const occupier = createServer().listen(portBase + PORTS.primary, '127.0.0.1');
    await once(occupier, 'listening');
    const app = synthesize();
    const starting = LocalSystem.start({
      outDir: app.directory,
      portBase,
      bedrock: { kind: 'stand-in' },
      onLog: () => undefined,
    });
    await expect(starting).rejects.toMatchObject({ code: 'EADDRINUSE', port: portBase + PORTS.primary });
    occupier.close();
    app.remove();
    await requireFreePorts(portBase);
  });

  it.each([
    [['--bedrock', 'openai'], {}, /needs --url and --model/],
    [
      ['--stacks', '/nowhere'],
      { LOCAL_PORT_BASE: '9400' },
      /^\/nowhere has no manifest\.json that can be read\..*cdktf\.out\.\n$/,
    ],
  ])('refuses %j with %j', async (args, environment, message) => {
    const { child, output } = start(args, environment);
    const [code] = (await once(child, 'exit')) as [number | null];
    expect(code).toBe(1);
    expect(output.text).toMatch(message);
  });
});
