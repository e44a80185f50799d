import fc from 'fast-check';
import { randomFrom } from '../../../statistics/shuffle';
import { Benchmark, type MeasureOptions, type Progress } from '../../../benchmark/measure/benchmark';
import type { Answered, ModelCaller } from '../../../benchmark/measure/caller/model-caller';
import type { PlanSettings } from '../../../benchmark/measure/plan';
import { worstCaseUsd } from '../../../benchmark/measure/spend/estimate';
import type { BenchmarkResult } from '../../../benchmark/result/result';
import { PRICES, planOf, questions } from './fixture';
import { simulatedCaller, type ModelLaw } from './simulated-model';
import { VirtualClock } from './virtual-clock';

const LATENCY_MS = 100;
const ASKED = questions(2);

/** Ends each call after 100 ms, or when it is aborted. */
function steady(clock: VirtualClock, sent: { model: string; at: number }[] = []): ModelCaller {
  return async ({ model }, signal) => {
    const sentAt = clock.now();
    sent.push({ model, at: sentAt });
    await new Promise<void>((resolve) => {
      clock.after(LATENCY_MS, resolve);
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    const timing = { sentAt, endedAt: clock.now() };
    if (signal.aborted) {
      const { name } = signal.reason as Error;
      return { outcome: 'error', errorName: name, refused: false, timing };
    }
    const usage = { inputTokens: 10, outputTokens: 20 };
    return { outcome: 'answered', text: 'Yes.', stopReason: 'end_turn', usage, timing } satisfies Answered;
  };
}

interface Setup {
  readonly clock?: VirtualClock;
  readonly caller?: ModelCaller;
  readonly options?: Partial<MeasureOptions>;
}

async function measure(settings: Partial<PlanSettings>, setup: Setup = {}): Promise<BenchmarkResult> {
  const { clock = new VirtualClock(), caller = steady(clock), options = {} } = setup;
  const run = new Benchmark({ plan: planOf(settings, ASKED), questions: ASKED, prices: PRICES, clock });
  return clock.until(run.measure({ call: caller, ...options }));
}

describe('a run', () => {
  it('records what was measured and what it cost', async () => {
    const { calls, spend, finishedAt, warnings } = await measure({ models: ['fast'] });
    expect(calls).toHaveLength(2);
    expect(calls[0]).toEqual({
      index: 0,
      model: 'fast',
      region: 'us-east-1',
      api: 'converse-stream',
      questionId: expect.stringMatching(/^q[12]$/) as string,
      type: expect.stringMatching(/^(general|finance_deep)$/) as string,
      run: 1,
      warmup: false,
      startedAt: '2026-11-22T00:00:00.000Z',
      outcome: 'answered',
      stopReason: 'end_turn',
      totalMs: LATENCY_MS,
      inputTokens: 10,
      outputTokens: 20,
      costUsd: 0.00011,
      worstUsd: 0.001276,
      text: 'Yes.',
    });
    expect(spend).toEqual({ spentUsd: 0.00022, assumedUsd: 0 });
    expect(finishedAt).toBe('2026-11-22T00:00:00.200Z');
    expect(warnings.filter((warning) => !warning.includes('ms late'))).toEqual([]);
  });

  it.each([
    ['', 'max_tokens'],
    [' \u001f\u200b', 'end_turn'],
    ['{"a', 'malformed_model_output'],
  ])('counts %j, ended by %s, as a failure at its cost', async (text, stopReason) => {
    const clock = new VirtualClock();
    const answers = steady(clock);
    const caller: ModelCaller = async (request, signal) => {
      const usage = { inputTokens: 10, outputTokens: 20 };
      const { timing } = await answers(request, signal);
      return { outcome: 'answered', text, stopReason, usage, timing };
    };
    const { calls, spend } = await measure({ models: ['fast'] }, { clock, caller });
    expect(calls.map(({ outcome, errorName }) => [outcome, errorName])).toEqual([
      ['error', 'NoAnswer'],
      ['error', 'NoAnswer'],
    ]);
    expect(spend).toEqual({ spentUsd: 0.00022, assumedUsd: 0 });
  });

  it('has ended its warm-up calls before it measures', async () => {
    const { calls } = await measure({ warmup: 3, runs: 5, concurrency: 4 });
    expect(calls.map(({ warmup }) => warmup)).toEqual([
      ...Array.from({ length: 6 }, () => true),
      ...Array.from({ length: 20 }, () => false),
    ]);
  });

  it.each([1, 3, 8])('has %d calls under way, never more', async (concurrency) => {
    const clock = new VirtualClock();
    let [underWay, most] = [0, 0];
    const inner = steady(clock);
    const caller: ModelCaller = async (request, signal) => {
      underWay += 1;
      most = Math.max(most, underWay);
      return inner(request, signal).finally(() => {
        underWay -= 1;
      });
    };
    await measure({ runs: 10, concurrency }, { clock, caller });
    expect(most).toBe(concurrency);
  });

  it.each([
    ['never answered is asked once, however many callers there are', 0, 1],
    ['answered before is asked on', 3, 40],
  ])('a model that is refused and %s', async (_, answers, asked) => {
    const clock = new VirtualClock();
    const inner = steady(clock);
    let calls = 0;
    const caller: ModelCaller = async (request, signal) => {
      calls += 1;
      const outcome = await inner(request, signal);
      if (calls <= answers) return outcome;
      const { timing } = outcome;
      const refusal = { errorName: 'AccessDeniedException', unusableModel: 'No access.' };
      return { outcome: 'error', refused: true, timing, ...refusal };
    };
    const told: string[] = [];
    const progress: Progress[] = [];
    const onUnusable = (_place: object, words: string): void => {
      told.push(words);
    };
    const { skipped, warnings } = await measure(
      { models: ['fast'], runs: 20, concurrency: 8 },
      { clock, caller, options: { onUnusable, onProgress: (each) => progress.push(each) } },
    );
    expect([calls, skipped.length]).toEqual([asked, 40 - asked]);
    // What is left out was not made.
    expect(progress.at(-1)).toMatchObject({ done: asked, total: asked });
    expect(told).toEqual(asked === 1 ? ['No access.'] : []);
    expect(warnings.some((warning) => warning.includes('does not call fast: "No access."'))).toBe(
      asked === 1,
    );
  });

  it('ends a call at its deadline, as an error of unknown cost', async () => {
    const { calls, spend } = await measure({ models: ['fast'], deadlineMs: 30 });
    expect(calls[0]).toMatchObject({
      outcome: 'error',
      errorName: 'DeadlineExceeded',
      totalMs: 30,
      costUsd: null,
    });
    expect(spend.assumedUsd).toBeGreaterThan(0);
    expect(spend.assumedUsd).toBe(spend.spentUsd);
  });

  it('tells how far it is, how long the rest takes and what it has cost', async () => {
    const told: Progress[] = [];
    await measure({ warmup: 1 }, { options: { onProgress: (progress) => told.push(progress) } });
    expect(told.map(({ done, total }) => `${done}/${total}`).join(' ')).toBe('1/6 2/6 3/6 4/6 5/6 6/6');
    expect(told.map(({ remainingMs }) => remainingMs)).toEqual([500, 400, 300, 200, 100, 0]);
    expect(told.at(-1)?.spentUsd).toBeGreaterThan(0);
  });

  it('keeps its rates, of all models and of each', async () => {
    const sent: { model: string; at: number }[] = [];
    const clock = new VirtualClock();
    const rate = { total: 10, perModel: 4 };
    await measure({ rate, runs: 10, concurrency: 20 }, { clock, caller: steady(clock, sent) });
    const gaps = (times: readonly number[]) => times.slice(1).map((at, index) => at - (times[index] ?? NaN));
    expect(sent).toHaveLength(40);
    expect(Math.min(...gaps(sent.map(({ at }) => at)))).toBeGreaterThanOrEqual(100);
    for (const model of ['fast', 'slow']) {
      const times = sent.filter((one) => one.model === model).map(({ at }) => at);
      expect(Math.min(...gaps(times))).toBeGreaterThanOrEqual(250);
    }
  });

  it('gives calls under way their grace when it is stopped, and says what is missing', async () => {
    const stopped = await stoppedAt(250, 1_000);
    expect(stopped.calls).toHaveLength(6);
    expect(stopped.skipped).toHaveLength(14);
    expect(stopped.spend.assumedUsd).toBe(0);
    expect(stopped.finishedAt).toBeNull();
    expect(stopped.warnings.join()).toContain('14 calls were not made, because the run was interrupted');
  });

  it('ends them after it, and charges them at their worst case', async () => {
    const stopped = await stoppedAt(250, 10);
    expect(stopped.calls).toHaveLength(4);
    expect(stopped.skipped).toHaveLength(16);
    expect(stopped.spend.assumedUsd).toBeGreaterThan(0);
  });

  async function stoppedAt(ms: number, graceMs: number): Promise<BenchmarkResult> {
    const clock = new VirtualClock();
    const stop = new AbortController();
    clock.after(ms, () => {
      stop.abort();
    });
    const options = { signal: stop.signal, graceMs };
    return measure({ runs: 5, concurrency: 2 }, { clock, options });
  }
});

describe('a run with a cap', () => {
  const law = (latency: number): ModelLaw => ({
    throttleRate: 0.1,
    errorRate: 0.1,
    total: { mu: latency, sigma: 1 },
    firstText: { min: 0.1, max: 0.9 },
    outputTokens: { min: 1, max: 200 },
  });

  function worstOf(model: string): number {
    const [price, question] = [PRICES.entries[model], ASKED[0]];
    return price && question ? worstCaseUsd(price, question) : NaN;
  }

  it('never costs more, however its calls go, and says what was left out', async () => {
    const settings = fc.record({
      seed: fc.nat(),
      concurrency: fc.integer({ min: 1, max: 12 }),
      maxCostUsd: fc.double({ min: 0.0055, max: 0.05, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(settings, async ({ seed, concurrency, maxCostUsd }) => {
        const clock = new VirtualClock();
        const caller = simulatedCaller({ fast: law(5), slow: law(6) }, clock, randomFrom(seed));
        const plan = { seed, concurrency, maxCostUsd, runs: 8 };
        const { calls, skipped, spend, warnings } = await measure(plan, { clock, caller });
        const known = calls.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
        // What an error of the service has cost is unknown: it may be all that it could.
        const unknown = calls.filter(({ costUsd }) => costUsd === null).map(({ model }) => worstOf(model));
        const worst = unknown.reduce((sum, usd) => sum + usd, 0);
        expect(known + worst).toBeLessThanOrEqual(maxCostUsd + 1e-9);
        expect(spend.assumedUsd).toBeCloseTo(worst, 7);
        expect(spend.spentUsd).toBeCloseTo(known + worst, 7);
        expect(spend.spentUsd).toBeLessThanOrEqual(maxCostUsd);
        expect(calls.length + skipped.length).toBe(32);
        const said = warnings.some((warning) => warning.includes('might have passed the cap'));
        expect(said).toBe(skipped.length > 0);
      }),
      { numRuns: 40 },
    );
  });
});
