import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS } from '@assistant/emulator';
import { circuitTableName } from '../../contract/circuit';
import { CircuitAdmin } from '../../operator/circuits/circuit-admin';
import { readTrace, recentTraces } from '../../operator/trace/read-traces';
import { traceTree, type TraceNode } from '../../operator/trace/trace-tree';
import {
  CONTINUING,
  IMPATIENT,
  JSON_TYPE,
  startSystem,
  WITH_KEY,
  withContinuing,
  type RunningSystem,
} from '../support/local-system';
import { followContract, namesOf, parseEvents } from '../support/read-stream';
import { shippedConfig } from '../support/synthesize';

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const NOVA = 'us.amazon.nova-2-lite-v1:0';
const QUESTION = { question: 'What is inflation?' };

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem(IMPATIENT());
  await withContinuing(running, { gapMs: 1_500 });
});
afterAll(() => running.stop());
afterEach(async () => {
  await running.send('control', 'DELETE', '/faults');
  await running.send('control', 'DELETE', '/models');
});

/** Every model says so many tokens, at so many a second, the first of them after a while. */
const speak = async (outputTokens: number, tokensPerSecond: number, timeToFirstTokenMs = 0, of = running) => {
  const fixed = (value: number) => ({ kind: 'fixed', value });
  const times = { tokensPerSecond: fixed(tokensPerSecond), timeToFirstTokenMs: fixed(timeToFirstTokenMs) };
  const models = [{ model: '*', outputTokens: fixed(outputTokens), ...times }];
  const { status, body } = await of.send('control', 'POST', '/models', JSON.stringify({ models }));
  expect([status, body]).toEqual([200, expect.anything()]);
};

/** Opens a stream at a region's own address. */
const open = (
  body: unknown = QUESTION,
  at: keyof typeof PORTS = 'primary',
  signal?: AbortSignal,
  of = running,
) =>
  fetch(`http://127.0.0.1:${of.portBase + PORTS[at]}/stream`, {
    method: 'POST',
    headers: { ...WITH_KEY, ...JSON_TYPE },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });

const listen = async (body?: unknown, at?: keyof typeof PORTS, of = running) => {
  const response = await open(body, at, undefined, of);
  return { status: response.status, headers: response.headers, ...parseEvents(await response.text()) };
};

describe('a streamed answer', () => {
  it.each(['primary', 'secondary'] as const)('in the %s region is the model’s, as it is said', async (at) => {
    const heard = await listen(QUESTION, at);
    expect([heard.status, heard.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    expect(namesOf(heard.events)).toEqual(['start', 'delta', 'end']);
    const region = at === 'primary' ? 'us-east-1' : 'us-west-2';
    expect(heard.events[0]?.data).toMatchObject({ region, tier: 'primary', model: HAIKU });
    const { text, whole } = followContract(heard.events);
    expect(text).toMatch(/What is inflation\?$/);
    expect(whole).toMatchObject({
      complete: true,
      tier: 'primary',
      model: HAIKU,
      degraded: false,
      stopReason: 'end_turn',
      usage: { inputTokens: expect.any(Number) as number, outputTokens: expect.any(Number) as number },
    });
  });

  it('comes by the failover name, too, and while it is said', async () => {
    await speak(60, 60);
    const response = await open(QUESTION, 'failover');
    const arrivals: number[] = [];
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      if (chunk.length > 0) arrivals.push(performance.now());
    }
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(500);
  });

  it('goes on beyond its tier’s time once it has begun', async () => {
    await speak(100, 40);
    const { whole } = followContract((await listen()).events);
    expect(whole).toMatchObject({ tier: 'primary', stopReason: 'end_turn', usage: { outputTokens: 100 } });
  });
});

describe('a model that dies', () => {
  it.each([{ mode: 'reset' }, { mode: 'timeout' }, { mode: 'denied' }])(
    'before it speaks, by %j, is nothing that a caller sees',
    async (fault) => {
      await running.fault({ ...fault, model: HAIKU });
      const heard = await listen();
      expect(namesOf(heard.events)).toEqual(['start', 'delta', 'end']);
      expect(followContract(heard.events).whole).toMatchObject({ tier: 'fallback', model: NOVA });
    },
  );

  it.each(['reset_mid_body', 'stream_end', 'stream_throttle', 'stream_silence'])(
    'in mid-answer, by %s, is taken back by the other, in either region',
    async (mode) => {
      await speak(40, 400);
      await running.fault({ mode, model: HAIKU, ...(mode.startsWith('stream_') && { events: 8 }) });
      for (const at of ['primary', 'secondary'] as const) {
        const heard = await listen(QUESTION, at);
        expect(namesOf(heard.events)).toEqual(['start', 'delta', 'restart', 'delta', 'end']);
        const { text, whole } = followContract(heard.events);
        expect(text).toMatch(/^\[stand-in for us\.amazon\.nova-2-lite/);
        expect(whole).toMatchObject({ tier: 'fallback', model: NOVA, usage: { outputTokens: 40 } });
      }
    },
  );

  it.each(['reset_mid_body', 'stream_end', 'stream_silence'])(
    'in mid-answer, by %s, is gone on with by the other where the rule says so',
    async (mode) => {
      await speak(40, 400);
      await running.fault({ mode, model: HAIKU, ...(mode.startsWith('stream_') && { events: 8 }) });
      const { events } = await listen({ ...QUESTION, type: CONTINUING });
      expect(namesOf(events)).toEqual(['start', 'delta', 'continue', 'delta', 'end']);
      const { text, whole } = followContract(events);
      expect(text).toMatch(/^\[stand-in for us\.anth.*\[stand-in for us\.amazon\.nova-2-lite/);
      expect(whole).toMatchObject({ complete: true, tier: 'fallback', model: NOVA });
    },
  );

  it('as the other does, leaves the honest answer', async () => {
    await speak(40, 400);
    await running.fault({ mode: 'stream_end', events: 8 });
    const heard = await listen();
    const { text, whole } = followContract(heard.events);
    expect(namesOf(heard.events)).toEqual(['start', 'delta', 'restart', 'delta', 'restart', 'delta', 'end']);
    expect(whole).toMatchObject({ tier: 'degraded', model: null, degraded: true, reason: 'connection_lost' });
    expect(text).not.toContain('stand-in');
  });

  it('is not asked while its circuit is open', async () => {
    const { dynamoDb } = (await running.status()).regions.primary.clients;
    const admin = new CircuitAdmin(circuitTableName(shippedConfig().project), dynamoDb);
    const calls = async () => (await running.status()).regions.primary.modelCalls[HAIKU] ?? 0;
    try {
      await admin.force(HAIKU, 'open');
      // Then an instance waits for what it is to know of the circuit.
      await sleep(2_050);
      const before = await calls();
      expect(followContract((await listen()).events).whole).toMatchObject({ tier: 'fallback' });
      expect(await calls()).toBe(before);
    } finally {
      await admin.force(HAIKU, 'closed');
      admin.close();
    }
  });
});

describe('what is refused', () => {
  it.each([
    [400, { question: 1 }],
    [413, { question: 'x'.repeat(200_000) }],
  ])('is JSON with the status %d, as of POST /', async (status, body) => {
    const [streamed, plain] = [
      await open(body),
      await running.send('primary', 'POST', '/', JSON.stringify(body), JSON_TYPE),
    ];
    expect([streamed.status, plain.status]).toEqual([status, status]);
    const { error } = (await streamed.json()) as { error: unknown };
    expect(error).toEqual(plain.body.error);
  });
});

/** Reads the beginning, and hangs up. */
async function leaveEarly(of: RunningSystem): Promise<void> {
  const hangUp = new AbortController();
  const response = await open(QUESTION, 'primary', hangUp.signal, of);
  await response.body?.getReader().read();
  hangUp.abort();
}

const linesOf = ({ logs }: RunningSystem, message: string) =>
  logs.filter((line) => line.includes(`-chat `) && line.includes(`"message":"${message}"`));

it('a caller who leaves is not told to the function, as on AWS: the answer is said to its end, and counted', async () => {
  await speak(40, 40);
  const before = linesOf(running, 'answered').length;
  await leaveEarly(running);
  const since = () => linesOf(running, 'answered').slice(before);
  while (since().length === 0) await sleep(50);
  expect(since()).toEqual([expect.stringContaining('"outputTokens":40,')]);
});

describe('where functions are told that nobody listens', () => {
  let kinder: RunningSystem;
  beforeAll(async () => {
    kinder = await startSystem(
      {
        budget: { totalMs: 20_000, primaryMs: 9_000, reserveMs: 500 },
        callers: { ...shippedConfig().callers, limits: { tokensPerDay: 10_000 } },
      },
      { kind: 'stand-in' },
      { lambda: { tellAbandoned: true } },
    );
  });
  afterAll(() => kinder.stop());

  it('a caller who leaves ends the call of the model, which counts nothing against it', async () => {
    await speak(200, 40, 0, kinder);
    await leaveEarly(kinder);
    while (linesOf(kinder, 'tier_unanswered').length === 0) await sleep(50);
    expect(linesOf(kinder, 'tier_unanswered')).toEqual([expect.stringContaining('"failure":"abandoned"')]);
    expect(linesOf(kinder, 'answered')).toEqual([]);
  });

  it('a heartbeat keeps a connection while nothing is said', async () => {
    await speak(10, 1_000, 1_000, kinder);
    await kinder.fault({ mode: 'timeout', model: HAIKU });
    const heard = await listen(QUESTION, 'primary', kinder);
    await kinder.send('control', 'DELETE', '/faults');
    expect(heard.comments).toBeGreaterThan(0);
    expect(followContract(heard.events).whole).toMatchObject({ tier: 'fallback' });
  });

  it('what streams have used is counted: a caller who has spent it is told until when', async () => {
    await speak(1_000, 100_000, 0, kinder);
    for (let asked = 0; asked < 12; asked += 1) {
      const { status, headers } = await listen(QUESTION, 'primary', kinder);
      if (status === 200) continue;
      expect([status, headers.has('retry-after'), asked > 3]).toEqual([429, true, true]);
      return;
    }
    throw new Error('Nobody has counted.');
  });
});

describe('one trace shows a fallback whole', () => {
  const flat = (nodes: readonly TraceNode[]): readonly TraceNode[] =>
    nodes.flatMap((node) => [node, ...flat(node.parts)]);

  /** Asks, and waits for the trace: a function's datagram may come after its answer. */
  async function tracedAnswer(path: string, at: 'primary' | 'secondary') {
    const root = `1-67891233-${randomBytes(12).toString('hex')}`;
    const headers = { ...JSON_TYPE, 'x-amzn-trace-id': `Root=${root};Sampled=1` };
    const answer = await fetch(`http://127.0.0.1:${running.portBase + PORTS[at]}${path}`, {
      method: 'POST',
      headers: { ...WITH_KEY, ...headers },
      body: JSON.stringify(QUESTION),
    });
    await answer.text();
    expect(answer.headers.get('x-amzn-trace-id')).toBe(`Root=${root};Sampled=1`);
    const { xray } = (await running.status()).regions[at].clients;
    for (;;) {
      const tree = traceTree((await readTrace(xray, root)) ?? {});
      const calls = flat(tree).filter(({ name }) => name.startsWith('chat '));
      if (calls.length >= 2 && tree.length === 1) return { root, tree, calls };
      await sleep(20);
    }
  }

  it('of an answer: gateway, state machine, the primary’s failure, the fallback’s answer', async () => {
    await running.fault({ mode: 'denied', model: HAIKU });
    const { root, tree, calls } = await tracedAnswer('/', 'secondary');
    expect(tree).toMatchObject([{ name: 'customer-assistant-api/live', request: 'POST /', status: 200 }]);
    const names = flat(tree).map(({ name }) => name);
    const way = ['customer-assistant-authorizer', 'customer-assistant-workflow'];
    const tiers = ['primary', 'fallback'].flatMap((tier) => [
      `${tier === 'primary' ? 'Primary' : 'Fallback'}Model`,
      `customer-assistant-${tier}-model`,
    ]);
    const all = [...way, ...tiers.slice(0, 2), `chat ${HAIKU}`, ...tiers.slice(2), `chat ${NOVA}`];
    expect(names.filter((name) => all.includes(name))).toEqual(all);
    expect(calls).toMatchObject([
      { failure: 'access_denied', attributes: { tier: 'primary', 'gen_ai.provider.name': 'aws.bedrock' } },
      { attributes: { tier: 'fallback', 'gen_ai.response.finish_reasons': ['end_turn'] } },
    ]);
    for (const { at, took } of flat(tree))
      expect(at + (took ?? 0)).toBeLessThanOrEqual((tree[0]?.took ?? 0) + 5);
    const lines = running.logs.filter((line) => line.includes(root));
    expect(lines.some((line) => line.includes('"answered"'))).toBe(true);
  });

  it('of a stream: the primary’s break in mid-answer, and the fallback’s answer', async () => {
    await speak(40, 400);
    await running.fault({ mode: 'stream_end', model: HAIKU, events: 8 });
    const { tree, calls } = await tracedAnswer('/stream', 'primary');
    expect(tree).toMatchObject([{ request: 'POST /stream', status: 200 }]);
    expect(flat(tree).map(({ name }) => name)).toContain('customer-assistant-chat');
    expect(calls).toMatchObject([
      { name: `chat ${HAIKU}`, failure: 'connection_lost' },
      { name: `chat ${NOVA}`, attributes: { 'gen_ai.usage.output_tokens': 40 } },
    ]);
    const [broken, answered] = calls;
    expect((broken?.at ?? 0) + (broken?.took ?? 0)).toBeLessThanOrEqual((answered?.at ?? 0) + 5);
  });

  it('and of probes and the canary there is none: they are not recorded', async () => {
    const { xray } = (await running.status()).regions.primary.clients;
    const requests = (await recentTraces(xray, 10)).map(({ Http }) => Http?.HttpURL ?? '');
    expect(requests.filter((url) => !/\/(stream|health|)$/.test(url))).toEqual([]);
    expect(requests.length).toBeGreaterThan(0);
  });
});
