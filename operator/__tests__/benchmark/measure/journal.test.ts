import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { randomFrom } from '../../../statistics/shuffle';
import { Benchmark, type Progress } from '../../../benchmark/measure/benchmark';
import { readJournal } from '../../../benchmark/measure/journal';
import type { BenchmarkResult } from '../../../benchmark/result/result';
import { PRICES, planOf, pricesOf, questions } from './fixture';
import { simulatedCaller, type ModelLaw } from './simulated-model';
import { VirtualClock } from './virtual-clock';

const LAW: ModelLaw = {
  throttleRate: 0.1,
  errorRate: 0.1,
  total: { mu: 5, sigma: 1 },
  firstText: { min: 0.1, max: 0.9 },
  outputTokens: { min: 1, max: 200 },
};
const ASKED = questions(3);
const CAP = 0.2;
const PLAN = { runs: 4, concurrency: 3, warmup: 1, maxCostUsd: CAP };

describe('a journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  const file = join(folder, 'new', 'benchmark.jsonl');
  afterEach(() => {
    rmSync(join(folder, 'new'), { recursive: true, force: true });
  });

  let told: Progress[] = [];
  async function measure(resume: boolean, stopAt?: number, plan: object = PLAN): Promise<BenchmarkResult> {
    told = [];
    const clock = new VirtualClock();
    const stop = new AbortController();
    if (stopAt !== undefined) {
      clock.after(stopAt, () => {
        stop.abort();
      });
    }
    const journal = { file, resume };
    const benchmark = new Benchmark({
      plan: planOf(plan, ASKED),
      questions: ASKED,
      prices: PRICES,
      journal,
      clock,
    });
    const call = simulatedCaller({ fast: LAW, slow: LAW }, clock, randomFrom(stopAt ?? 1));
    const onProgress = (progress: Progress) => told.push(progress);
    return clock
      .until(benchmark.measure({ call, signal: stop.signal, graceMs: 50, onProgress }))
      .finally(() => {
        benchmark.close();
      });
  }

  const measuredOf = ({ calls }: Pick<BenchmarkResult, 'calls'>) => calls.filter(({ warmup }) => !warmup);

  it('lets a run go on where it was stopped, with every call measured once and the cap kept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1_500 }), async (stopAt) => {
        rmSync(file, { force: true });
        const first = await measure(false, stopAt);
        const whole = await measure(true);
        expect(measuredOf(whole).map(({ index }) => index)).toHaveLength(24);
        expect(new Set(measuredOf(whole).map(({ index }) => index)).size).toBe(24);
        expect(whole.calls.slice(0, first.calls.length)).toEqual(first.calls);
        expect(whole.spend.spentUsd).toBeGreaterThanOrEqual(first.spend.spentUsd);
        expect(whole.spend.spentUsd).toBeLessThanOrEqual(CAP);
        expect(whole.finishedAt).not.toBeNull();
        // What was made before it was resumed is done.
        for (const { done, total } of told.slice(-1)) expect(done).toBe(total);
      }),
      { numRuns: 20 },
    );
  });

  it('may end anywhere: what is whole counts, and what was reserved is spent', async () => {
    const whole = await measure(false);
    const text = readFileSync(file, 'utf8');
    const headerEnd = text.indexOf('\n') + 1;
    fc.assert(
      fc.property(fc.integer({ min: headerEnd, max: text.length }), (length) => {
        const { calls, spend } = readJournal(text.slice(0, length));
        expect(whole.calls.slice(0, calls.length)).toEqual(calls);
        const known = calls.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
        expect(spend.spentUsd).toBeGreaterThanOrEqual(known - 1e-7);
        expect(spend.spentUsd).toBeLessThanOrEqual(CAP + 1e-9);
      }),
    );
    writeFileSync(file, text.slice(0, Math.floor(text.length / 2)));
    expect(measuredOf(await measure(true))).toHaveLength(24);
    expect(() => readJournal(readFileSync(file, 'utf8'))).not.toThrow();
  });

  it('makes no call when nothing is left', async () => {
    const first = await measure(false);
    const again = await measure(true);
    expect(again.calls).toEqual(first.calls);
    expect(again.spend).toEqual(first.spend);
  });

  it.each([
    [{ runs: 5 }, 'runs differ'],
    [{ seed: 2, concurrency: 9 }, 'concurrency, seed differ'],
  ])('of another benchmark is refused: %p', async (other, said) => {
    await measure(false);
    await expect(measure(true, undefined, { ...PLAN, ...other })).rejects.toThrow(said);
  });

  it('of other prices is refused, too', async () => {
    await measure(false);
    const prices = pricesOf({ fast: { input: 2, output: 5 }, slow: { input: 3, output: 15 } });
    const resume = () =>
      new Benchmark({
        plan: planOf(PLAN, ASKED),
        questions: ASKED,
        prices,
        journal: { file, resume: true },
      });
    expect(resume).toThrow('prices differ');
  });

  it('is never overwritten', async () => {
    await measure(false);
    await expect(measure(false)).rejects.toThrow('exists already: resume it');
  });

  it.each([
    ['', 'Line 1 of the journal'],
    ['{"kind":"other"}\n', 'Line 1 of the journal'],
    ['secret answer\n', 'it is no JSON'],
  ])('%p is none', (text, said) => {
    expect(() => readJournal(text)).toThrow(said);
    expect(() => readJournal(text)).not.toThrow('secret');
  });
});
