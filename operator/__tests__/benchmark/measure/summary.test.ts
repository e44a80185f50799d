import { figuresOf } from '../../../benchmark/figures/figures';
import { tokensPerSecondOf } from '../../../benchmark/measure/statistics/summary';
import { warningsOf } from '../../../benchmark/measure/warnings';
import { SCHEMA_VERSION, type BenchmarkResult, type Call } from '../../../benchmark/result/result';
import { PRICES, UNJUDGED, call, planOf, pricesOf, questions } from './fixture';

const plan = planOf(
  { regions: ['us-east-1', 'us-west-2'], apis: ['converse', 'converse-stream'], maxCostUsd: 1 },
  questions(2),
);
const base: Omit<BenchmarkResult, 'warnings'> = {
  schemaVersion: SCHEMA_VERSION,
  startedAt: '2026-11-22T00:00:00.000Z',
  finishedAt: null,
  plan,
  machine: { node: 'v20', os: 'linux', cpu: '2' },
  prices: PRICES,
  spend: { spentUsd: 0.5, assumedUsd: 0 },
  eventLoopDelayP99Ms: 1,
  calls: [],
  skipped: [],
};
const figuresOfCalls = (calls: Call[]) => figuresOf({ ...base, warnings: [], calls, quality: UNJUDGED });

describe('a summary', () => {
  it('keeps throttles and errors apart from latency', () => {
    const [summary] = figuresOfCalls([
      call({ totalMs: 100, ttftMs: 40 }),
      call({ totalMs: 300, ttftMs: 60 }),
      call({ outcome: 'throttled', errorName: 'ThrottlingException', totalMs: 1, costUsd: 0 }),
      call({ outcome: 'error', errorName: 'DeadlineExceeded', totalMs: 60_000, costUsd: null }),
    ]);
    expect(summary).toMatchObject({
      calls: 4,
      answered: 2,
      throttleRate: { value: 0.25 },
      errorRate: { value: 0.25 },
      totalMs: { samples: 2, mean: { value: 200 }, p50: { value: 100 }, p99: { value: 300 } },
      ttftMs: { samples: 2, mean: { value: 50 } },
      costUsd: { value: 0.001 },
      stopReasons: { end_turn: 2 },
      errorNames: { ThrottlingException: 1, DeadlineExceeded: 1 },
    });
  });

  it('knows nothing of warm-up calls', () => {
    const [summary] = figuresOfCalls([call({ totalMs: 9_999, warmup: true }), call({})]);
    expect(summary).toMatchObject({ calls: 1, totalMs: { mean: { value: 100 } } });
  });

  it('is one of each model, region and API, and of each request type where there are several', () => {
    const summaries = figuresOfCalls([
      call({ model: 'slow' }),
      call({ region: 'us-west-2' }),
      call({}),
      call({ questionId: 'q2', type: 'finance_deep' }),
      call({ api: 'converse' }),
    ]);
    expect(summaries.map(({ model, region, api, type }) => [model, region, api, type].join(' '))).toEqual([
      'fast us-east-1 converse ',
      'fast us-east-1 converse-stream ',
      'fast us-east-1 converse-stream general',
      'fast us-east-1 converse-stream finance_deep',
      'fast us-west-2 converse-stream ',
      'slow us-east-1 converse-stream ',
    ]);
  });

  it('has no figure where nothing was answered, reported or priced', () => {
    const [failed] = figuresOfCalls([call({ outcome: 'error', costUsd: null })]);
    expect(failed).toMatchObject({ totalMs: null, ttftMs: null, tokensPerSecond: null, costUsd: null });
    const [unpriced] = figuresOfCalls([call({ costUsd: null, outputTokens: 30 })]);
    expect(unpriced).toMatchObject({ costUsd: null, inputTokens: null, outputTokens: { value: 30 } });
  });

  it('counts tokens by the whole time of a call', () => {
    expect(tokensPerSecondOf(call({ outputTokens: 30, totalMs: 500 }))).toBe(60);
    expect(tokensPerSecondOf(call({ totalMs: 500 }))).toBeUndefined();
  });
});

describe('the warnings of a result', () => {
  const { warmup, startedAt, outcome, stopReason, totalMs, costUsd, ...left } = call({});

  it.each([
    [{}, undefined],
    [{ eventLoopDelayP99Ms: 1.5 }, 'up to 1.5 ms late'],
    [{ spend: { spentUsd: 0.5, assumedUsd: 0.25 } }, '$0.2500 of the spend are worst cases'],
    [{ spend: { spentUsd: 1.5, assumedUsd: 0 } }, 'The cap of $1.00 was passed'],
    [{ prices: pricesOf({ fast: null, slow: null }) }, 'No price is known for fast, slow'],
    [{ skipped: [{ ...left, reason: 'spend-cap' as const }] }, '1 call was not made, because it might have'],
    [{ skipped: [{ ...left, reason: 'interrupted' as const }] }, '1 call was not made, because the run was'],
  ])('for %j: %s', (fields, expected) => {
    const warnings = warningsOf({ ...base, ...fields }, []);
    expect(warnings).toEqual(expected === undefined ? [] : [expect.stringContaining(expected)]);
  });
});
