import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS } from '@assistant/emulator';
import { hashOfKey } from '../../contract/callers';
import { defaultModelConfig } from '../../contract/default-model-config';
import { mostTokensOfDay } from '../../contract/usage';
import { shippedConfig } from '../support/synthesize';
import { untilServedBy } from '../support/until-healthy';
import { JSON_TYPE, startSystem, type RunningSystem } from '../support/local-system';

const created = '2026-11-26';
const CALLERS = ['loud', 'greedy', 'frugal', 'thrifty', 'quiet'] as const;
type Caller = (typeof CALLERS)[number];
const key = (caller: Caller) => `the-key-of-${caller}`;

const PRIMARY = defaultModelConfig.default.primary.modelId;

/** Emulated seconds in a real one: throttles count these, and the failover is soon over. */
const SPEED = 5;

/** Tokens of some ten answers of the stand-in. */
const TOKENS_PER_DAY = 900;

/** In an emulated second. */
const RATE = { requestsPerSecond: 1, burst: 5 };

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem(
    {
      callers: {
        mode: 'keys',
        keys: CALLERS.map((name) => ({ name, sha256: hashOfKey(key(name)), created })),
        limits: { tokensPerDay: 1_000_000, rate: { requestsPerSecond: 10, burst: 20 } },
        limitsOf: {
          loud: { rate: RATE },
          greedy: { tokensPerDay: TOKENS_PER_DAY, rate: { ...RATE, burst: 20 } },
          frugal: { tokensPerDay: TOKENS_PER_DAY },
          thrifty: { tokensPerDay: 10 },
        },
      },
    },
    { kind: 'stand-in' },
    { speed: SPEED },
  );
});
afterAll(() => running.stop());

interface Answer {
  readonly status: number;
  readonly retryAfter: number;
  readonly body: {
    readonly region?: string;
    readonly tier?: string;
    readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
    readonly error?: { readonly code: string };
  };
}

async function ask(caller: Caller, at: keyof typeof PORTS = 'primary'): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${running.portBase + PORTS[at]}/`, {
    method: 'POST',
    headers: { ...JSON_TYPE, 'x-api-key': key(caller) },
    body: '{"question":"How much is it?"}',
  });
  return {
    status: response.status,
    retryAfter: Number(response.headers.get('retry-after')),
    body: (await response.json()) as Answer['body'],
  };
}

const tokensOf = ({ body: { usage } }: Answer) => (usage ? usage.inputTokens + usage.outputTokens : 0);
const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

describe('a caller’s tokens of the day', () => {
  it('are counted in each region, and refused there until 00:00 UTC once they are spent', async () => {
    for (const region of ['primary', 'secondary'] as const) {
      let used = 0;
      while (used < TOKENS_PER_DAY) {
        const answer = await ask('frugal', region);
        expect(answer.status).toBe(200);
        used += tokensOf(answer);
      }
      const refused = await ask('frugal', region);
      expect(refused).toMatchObject({ status: 429, body: { error: { code: 'daily_tokens_spent' } } });
      const toMidnight = ((Date.UTC(2100, 0, 1) - Date.now()) / 1_000) % 86_400;
      expect(Math.abs(refused.retryAfter - toMidnight)).toBeLessThan(60);
      expect((await ask('quiet', region)).status).toBe(200);
    }
  });
});

it('what a question used of a model that broke off does not refuse it to the next, but the next question', async () => {
  const fault = { region: 'primary', target: 'bedrock', mode: 'stream_error', model: PRIMARY };
  await running.send('control', 'POST', '/faults', JSON.stringify(fault));
  expect(await ask('thrifty')).toMatchObject({ status: 200, body: { tier: 'fallback' } });
  expect((await ask('thrifty')).status).toBe(429);
  await running.send('control', 'DELETE', '/faults');
});

describe('a caller at ten times its rate', () => {
  it('is held at its rate, and costs another caller nothing', async () => {
    const SECONDS = 3;
    // Instances start on this machine's two cores, which is no part of the question.
    await Promise.all(Array.from({ length: 5 }, () => ask('quiet')));
    const began = Date.now();
    const loud: Promise<Answer>[] = [];
    const until = began + SECONDS * 1_000;
    let isRefused = false;
    // A machine without a free moment asks for longer until it has asked for too much.
    const flood = async () => {
      while (Date.now() < until || !isRefused) {
        const asking = ask('loud').then((answer) => {
          isRefused ||= answer.status !== 200;
          return answer;
        });
        loud.push(asking);
        await sleep(1_000 / (10 * RATE.requestsPerSecond * SPEED));
      }
    };
    const quiet: Answer[] = [];
    const converse = async () => {
      while (Date.now() < until) {
        quiet.push(await ask('quiet'));
        await sleep(100);
      }
    };
    await Promise.all([flood(), converse()]);
    const answers = await Promise.all(loud);
    const seconds = (Date.now() - began) / 1_000;
    const admitted = answers.filter(({ status }) => status === 200).length;
    expect(admitted).toBeLessThanOrEqual(RATE.burst + RATE.requestsPerSecond * SPEED * seconds + 1);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(
      new Set(
        refused.map(({ status, retryAfter, body }) => `${status} ${retryAfter} ${body.error?.code ?? ''}`),
      ),
    ).toEqual(new Set(['429 30 too_many_requests']));
    expect(new Set(quiet.map(({ status, body }) => `${status} ${body.tier ?? ''}`))).toEqual(
      new Set(['200 primary']),
    );
  });
});

describe('20 at a time who ask by one caller’s key, across a failover', () => {
  it('use no more tokens than can be said beforehand, and nobody else is refused', async () => {
    const answers: Answer[] = [];
    const isOver = (region: string) => () =>
      answers.some(({ body }) => body.region === region) &&
      answers.slice(-40).every(({ status }) => status === 429);
    /** Until the last forty were all refused. */
    const askUntil = async (over: () => boolean) => {
      const end = Date.now() + 50_000;
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          while (!over() && Date.now() < end) {
            const answer = await ask('greedy', 'failover');
            answers.push(answer);
            if (answer.status !== 200) await sleep(200);
          }
        }),
      );
    };
    // Slow enough for all of them to be under way at once.
    const models = [{ model: PRIMARY, timeToFirstTokenMs: { kind: 'fixed', value: 500 } }];
    expect((await running.send('control', 'POST', '/models', JSON.stringify({ models }))).status).toBe(200);
    await askUntil(isOver('us-east-1'));
    expect((await ask('quiet', 'failover')).body).toMatchObject({ tier: 'primary', region: 'us-east-1' });
    await running.send('control', 'POST', '/faults', '{"region":"primary","target":"region","mode":"down"}');
    await untilServedBy('secondary', running);
    await askUntil(isOver('us-west-2'));
    expect((await ask('quiet', 'failover')).body).toMatchObject({ tier: 'primary', region: 'us-west-2' });

    const usedIn = (region: string) =>
      sum(answers.filter(({ body }) => body.region === region).map(tokensOf));
    const terms = {
      requestsPerSecond: RATE.requestsPerSecond * SPEED,
      burst: 20,
      requestMs: shippedConfig().budget.totalMs,
      tokensPerRequest: Math.max(...answers.map(tokensOf)),
    };
    for (const region of ['us-east-1', 'us-west-2']) {
      expect(usedIn(region)).toBeGreaterThanOrEqual(TOKENS_PER_DAY);
      expect(usedIn(region)).toBeLessThanOrEqual(mostTokensOfDay(TOKENS_PER_DAY, { ...terms, regions: 1 }));
    }
    expect(usedIn('us-east-1') + usedIn('us-west-2')).toBeLessThanOrEqual(
      mostTokensOfDay(TOKENS_PER_DAY, { ...terms, regions: 2 }),
    );
  });
});
