import { PORTS } from '@assistant/emulator';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, get, type IncomingMessage, type RequestOptions } from 'node:http';
import { LAPTOP_PROBE_SECRET } from '../../contract/probe';
import { JSON_TYPE, startSystem, type RunningSystem } from '../support/local-system';

async function statusOf(options: RequestOptions): Promise<number> {
  const [response] = (await once(get({ host: '127.0.0.1', ...options }), 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  return response.statusCode ?? 0;
}

describe('what Route 53 asks', () => {
  let running: RunningSystem;
  beforeAll(async () => {
    // In real time: at speed, checkers have less patience than a machine at work can serve.
    running = await startSystem();
  });
  afterAll(() => running.stop());

  const FLOOD_MS = 10_000;
  const ROUND_MS = 150;

  /** More than people’s throttle lets through: faster, and this machine would be the bottleneck. */
  const REQUESTS_A_ROUND = 5;

  it.each([
    ['GET', `/${LAPTOP_PROBE_SECRET}/health`, 200],
    ['GET', `/${LAPTOP_PROBE_SECRET}/evacuation`, 404],
  ])('is answered at %s %s', async (method, path, status) => {
    expect((await running.send('secondary', method, path)).status).toBe(status);
  });

  it.each([
    ['the switch without the secret', '/evacuation'],
    ['a wrong secret', `/${LAPTOP_PROBE_SECRET.toUpperCase()}/health`],
    ['a part of the secret', `/${LAPTOP_PROBE_SECRET.slice(1)}/evacuation`],
  ])('is no path of the public API: %s', async (_, path) => {
    const { status, body } = await running.send('secondary', 'GET', path);
    expect([status, body.error]).toEqual([404, expect.objectContaining({ code: 'not_found' })]);
  });

  it('is not changed by a flood of whatever a stranger can name', async () => {
    const checks = async () =>
      (await running.status()).healthChecks.map(({ name, healthy, since }) => [name, healthy, since]);
    const before = await checks();
    const statuses = new Map<number, number>();
    const agent = new Agent({ keepAlive: true });
    const stranger = async (path: string) => {
      const status = await statusOf({ agent, path, port: running.portBase + PORTS.primary });
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    const probed = new Set<number>();
    const checker = async (path: string) => {
      const port = running.portBase + PORTS.primary;
      probed.add(await statusOf({ agent, path: `/${LAPTOP_PROBE_SECRET}${path}`, port }));
    };
    const asked: Promise<void>[] = [];
    const began = Date.now();
    const isDue = (round: number) => Date.now() >= began + round * ROUND_MS;
    for (let round = 0; round < FLOOD_MS / ROUND_MS; round += 1) {
      for (let count = 0; count < REQUESTS_A_ROUND; count += 1) asked.push(stranger('/health'));
      asked.push(stranger('/evacuation'), stranger('/x/health'));
      asked.push(checker('/health'), checker('/evacuation'));
      // What a busy machine is late with, it makes up for.
      if (!isDue(round + 1)) await sleep(ROUND_MS);
    }
    await Promise.all(asked);
    agent.destroy();
    // People's throttle has no token left, while probes go by others: not one of them is turned away.
    expect(statuses.get(429) ?? 0).toBeGreaterThan(0);
    expect([...probed]).not.toContain(429);
    expect(await checks()).toEqual(before);
    expect((await running.ask({ question: 'Hi?' }, 'failover')).body.region).toBe('us-east-1');
  });

  it('is written to no log, as no path is', async () => {
    await running.send('primary', 'GET', `/${LAPTOP_PROBE_SECRET}/nothing`);
    await running.send('primary', 'POST', `/${LAPTOP_PROBE_SECRET}/health`, '{}', JSON_TYPE);
    expect(running.logs.filter((line) => line.includes(LAPTOP_PROBE_SECRET))).toEqual([]);
  });
});
