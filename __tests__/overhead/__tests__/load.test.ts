import { closedLoop, type Target } from '../load/closed-loop';
import { createTarget } from '../load/targets';
import { ConverseServer } from '../upstream/converse-server';

/** Answers at the next turn of the event loop, and counts how many calls it has at once. */
function countingTarget(tierOf: (call: number) => string) {
  let [calls, underWay, most] = [0, 0, 0];
  const target: Target<number> = {
    call: async () => {
      calls += 1;
      const call = calls;
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise(setImmediate);
      underWay -= 1;
      if (tierOf(call) === 'lost') throw new Error('The connection was lost.');
      return call;
    },
    tierOf,
  };
  return { target, calls: () => calls, most: () => most };
}

describe('a closed loop', () => {
  it.each([1, 7])('has %i calls under way, never more, and a sample of each', async (concurrency) => {
    const { target, calls, most } = countingTarget(() => 'primary');
    const samples = await closedLoop(target, { concurrency, durationMs: 20 });
    expect(most()).toBe(concurrency);
    expect(calls()).toBeGreaterThanOrEqual(concurrency);
    expect(samples.tiers).toHaveLength(calls());
    expect(samples.latencyMs).toHaveLength(calls());
    expect(samples.startedAt).toHaveLength(calls());
  });

  it('counts of a call what its target says, and all of one that fails', async () => {
    const { target } = countingTarget((call) => (call === 1 ? 'lost' : 'primary'));
    const latencyOf = () => Infinity;
    const { latencyMs } = await closedLoop({ ...target, latencyOf }, { concurrency: 1, durationMs: 5 });
    expect(latencyMs[0]).toBeLessThan(Infinity);
    expect(latencyMs.slice(1).every((ms) => ms === Infinity)).toBe(true);
  });

  it('takes a call that fails for a sample, with the error in place of the tier', async () => {
    const { target } = countingTarget((call) => (call === 1 ? 'lost' : 'fallback'));
    const { tiers } = await closedLoop(target, { concurrency: 1, durationMs: 5 });
    expect(tiers[0]).toBe('Error: The connection was lost.');
    expect(tiers.slice(1).every((tier) => tier === 'fallback')).toBe(true);
  });
});

describe('the stand-in upstream', () => {
  const server = new ConverseServer();
  let url: string;
  beforeAll(async () => {
    url = await server.listen();
  });
  afterAll(() => {
    server.close();
  });
  const ask = (model: string, signal?: AbortSignal) =>
    fetch(`${url}/model/${encodeURIComponent(model)}/converse`, {
      method: 'POST',
      body: '{}',
      ...(signal && { signal }),
    });

  it('answers, or fails as Bedrock does, model by model', async () => {
    server.setMode('us.dead:0', 'error');
    const [alive, dead] = await Promise.all([ask('us.alive:0'), ask('us.dead:0')]);
    expect(alive.status).toBe(200);
    expect(await alive.json()).toMatchObject({ stopReason: 'end_turn' });
    expect(dead.status).toBe(500);
    expect(dead.headers.get('x-amzn-errortype')).toBe('InternalServerException');
    server.setMode('us.dead:0', 'healthy');
    expect((await ask('us.dead:0')).status).toBe(200);
  });

  it('counts calls, also those that it leaves without an answer', async () => {
    server.takeCalls();
    server.setMode('us.silent:0', 'silent');
    const caller = new AbortController();
    const silent = expect(ask('us.silent:0', caller.signal)).rejects.toThrow();
    let counted = server.takeCalls();
    while (counted.size === 0) {
      await new Promise(setImmediate);
      counted = server.takeCalls();
    }
    expect(Object.fromEntries(counted)).toEqual({ 'us.silent:0': 1 });
    caller.abort();
    await silent;
    expect(server.takeCalls().size).toBe(0);
  });

  it('takes its time', async () => {
    server.setLatency(30);
    const began = performance.now();
    await ask('us.alive:0');
    // Timers may be early by a fraction of a millisecond.
    expect(performance.now() - began).toBeGreaterThan(29);
    server.setLatency(0);
  });
});

it('a client of the API tells a refusal from an answer', async () => {
  const target = createTarget({ kind: 'path', url: 'http://127.0.0.1:1/', body: '{}' });
  expect(target.tierOf({ status: 200, body: '{"tier":"fallback"}' })).toBe('fallback');
  expect(target.tierOf({ status: 503, body: '' })).toBe('status 503');
  await expect(target.call()).rejects.toThrow(/ECONNREFUSED/);
  target.close?.();
});
