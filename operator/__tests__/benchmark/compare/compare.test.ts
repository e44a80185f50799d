import { compare } from '../../../benchmark/compare/compare';
import { comparisonText } from '../../../benchmark/compare/comparison-text';
import type { Call } from '../../../benchmark/result/result';
import { HAIKU, NOVA, sampleResult, SONNET, type Behaviour, type SampleOptions } from '../sample-result';
import { textOf, widthOf } from '../../terminal';

const usual: Behaviour = { medianMs: 800, costUsd: 0.001, met: () => 3 };
const runs = 5;
const before = sampleResult({
  models: { [SONNET]: usual, [NOVA]: usual },
  ...{ questionsPerType: 24, runs, seed: 1 },
});
const sonnet = (changed: Partial<Behaviour>, options: Partial<SampleOptions>) =>
  sampleResult({ models: { [SONNET]: { ...usual, ...changed } }, ...options });
const primaryRow = ({ primary }: ReturnType<typeof compare>, name: string) =>
  primary.find(({ metric }) => metric.name === name);
const verdicts = ({ primary }: ReturnType<typeof compare>, model: string) =>
  Object.fromEntries(
    primary.filter((row) => row.model === model).map(({ metric, verdict }) => [metric.name, verdict]),
  );

describe('two results', () => {
  it('of the same models differ within noise', () => {
    const models = { [SONNET]: usual, [NOVA]: usual };
    const after = sampleResult({ models, questionsPerType: 24, runs, seed: 2 });
    expect(new Set(compare(before, after).primary.map(({ verdict }) => verdict))).toEqual(
      new Set(['within noise']),
    );
  });

  it('of a model that became slower, cheaper, better and less reliable say so, and of no other', () => {
    const changed: Behaviour = { medianMs: 1_400, costUsd: 0.0006, met: () => 4, errors: 0.4 };
    const models = { [SONNET]: changed, [NOVA]: usual };
    const after = sampleResult({ models, questionsPerType: 24, runs, seed: 2 });
    const comparison = compare(before, after);
    expect(verdicts(comparison, SONNET)).toMatchObject({
      'latency p50': 'worse',
      'cost of 1,000 answers': 'better',
      'expectations met': 'better',
      'throttled or failed': 'worse',
    });
    expect(new Set(Object.values(verdicts(comparison, NOVA)))).toEqual(new Set(['within noise']));
    const text = textOf(comparisonText(comparison));
    expect(text).toContain(`worse: latency p50 of ${SONNET} (general)`);
    expect(text).toContain('5 of 10 primary differences are beyond noise');
  });

  it('differ by what is seen at once, however many rows there are', () => {
    const many = {
      types: Array.from({ length: 7 }, (_, type) => `type-${type}`),
      ...{ regions: ['us-east-1', 'us-west-2'], apis: ['converse', 'converse-stream'] as const },
      ...{ questionsPerType: 2, runs: 4 },
    };
    const result = (medianMs: number, seed: number) =>
      sampleResult({
        models: { [SONNET]: { ...usual, medianMs }, [NOVA]: usual },
        ...{ ...many, apis: [...many.apis], seed },
      });
    const { rows, primary } = compare(result(9, 1), result(152, 2));
    expect(rows.length).toBeGreaterThan(500);
    const p50 = primary.filter(({ metric }) => metric.name === 'latency p50');
    const of = (model: string) =>
      new Set(p50.filter((row) => row.model === model).map(({ verdict }) => verdict));
    expect([of(SONNET), of(NOVA)]).toEqual([new Set(['worse']), new Set(['within noise'])]);
  });

  it('are not better for one question that is answered better each time', () => {
    const size = { questionsPerType: 24, runs: 3 };
    const quality = (met: Behaviour['met']) =>
      primaryRow(compare(sonnet({}, size), sonnet({ met }, { ...size, seed: 2 })), 'expectations met');
    expect(quality((question) => (question === 3 ? 4 : 3))).toMatchObject({ verdict: 'within noise' });
    expect(quality(() => 4)).toMatchObject({ verdict: 'better' });
  });

  it('are not better for many questions answered a little better, where a few like them may be lost', () => {
    const size = { questionsPerType: 8, runs: 9 };
    const comparison = compare(sonnet({}, size), sonnet({ met: () => 4 }, { ...size, seed: 2 }));
    const quality = primaryRow(comparison, 'expectations met');
    expect(quality).toMatchObject({ verdict: 'within noise', before: 0.75, after: 1 });
    expect(quality?.difference.lower).toBeLessThan(0);
  });

  it('are not better at p95 where slow answers begin just beyond it', () => {
    const result = (totalMs: (index: number) => number, seed: number) => {
      const sample = sonnet({}, { questionsPerType: 24, runs: 4, seed });
      return { ...sample, calls: sample.calls.map((call) => ({ ...call, totalMs: totalMs(call.index) })) };
    };
    // Of 96 answers, 92 tell the p95: four slow ones are beyond it, and five would be it.
    const comparison = compare(
      result((index) => 400 + index * 5, 1),
      result((index) => (index % 24 === 0 ? 5_000 : 400 + index), 2),
    );
    const p95 = primaryRow(comparison, 'latency p95');
    expect(p95).toMatchObject({ verdict: 'within noise', before: 855, after: 495 });
    expect(p95?.adjusted).toBeLessThan(0.05);
    expect(p95?.difference.upper).toBeGreaterThan(4_000);
  });

  it('of too few answers for a bounded p95 may be worse, and are not better', () => {
    const size = { questionsPerType: 12, runs: 4 };
    const [fast, slow] = [sonnet({ medianMs: 400 }, size), sonnet({ medianMs: 1_200 }, { ...size, seed: 2 })];
    expect(primaryRow(compare(fast, slow), 'latency p95')).toMatchObject({ verdict: 'worse' });
    expect(primaryRow(compare(slow, fast), 'latency p95')).toMatchObject({ verdict: 'too few answers' });
  });

  it('show of quality what was tested: the questions that both have scores of', () => {
    const size = { questionsPerType: 30, runs: 1 };
    const one = sonnet({ met: (question) => (question < 24 ? 2 : 0) }, size);
    const other = sonnet({ met: (question) => (question < 24 ? 0 : 4) }, { ...size, seed: 2 });
    // Six questions are scored once: by all answers the quality stays, by those that both have it falls.
    const unscored = new Set(
      one.calls.filter(({ questionId }) => Number(questionId.split('-')[1]) > 24).map(({ index }) => index),
    );
    const scores = one.quality.scores.filter(({ index }) => !unscored.has(index));
    const comparison = compare({ ...one, quality: { ...one.quality, scores } }, other);
    expect(primaryRow(comparison, 'expectations met')).toMatchObject({
      ...{ before: 0.5, after: 0, verdict: 'worse' },
      difference: { value: -0.5 },
    });
  });

  it('show nothing of quality where no question has scores in both', () => {
    const result = sonnet({}, { questionsPerType: 24, runs: 1 });
    const scored = (isMeant: (index: number) => boolean) => {
      const scores = result.quality.scores.filter(({ index }) => isMeant(index));
      return { ...result, quality: { ...result.quality, scores } };
    };
    const comparison = compare(
      scored((index) => index < 12),
      scored((index) => index >= 12),
    );
    expect(primaryRow(comparison, 'expectations met')).toBeUndefined();
    expect(primaryRow(comparison, 'latency p50')).toBeDefined();
  });

  it('say so where no difference could be beyond noise', () => {
    const few = { questionsPerType: 4, runs: 1 };
    const comparison = compare(sonnet({ medianMs: 9 }, few), sonnet({ medianMs: 152 }, { ...few, seed: 2 }));
    expect(new Set(comparison.primary.map(({ verdict }) => verdict))).toEqual(new Set(['too few answers']));
    expect(textOf(comparisonText(comparison))).toContain('too few answers for any difference, however large');
  });

  it('tell what else may have made them differ', () => {
    const [one, other] = [sonnet({}, { runs: 3 }), sonnet({}, { runs: 4 })];
    const { cautions } = compare(one, {
      ...other,
      startedAt: '2026-11-23T09:00:00.000Z',
      finishedAt: null,
      skipped: other.calls.slice(0, 9).map((call) => ({ ...call, reason: 'interrupted' })),
      prices: { ...other.prices, date: '2026-12-01' },
      quality: { ...other.quality, expectationsDigest: 'c'.repeat(64) },
    });
    expect(cautions.join('\n')).toMatch(
      /plans differ in runs[^]*Other things were expected[^]*2026-11-22 and 2026-12-01[^]*Of the second result, 9 planned calls were not made \(interrupted 9\)[^]*hours/,
    );
  });

  it('tell nothing of two hours where the questions were asked by turns', () => {
    const result = sonnet({}, { runs: 2 });
    expect(compare(result, result).cautions).toEqual([]);
  });

  it('tell of a region that refuses a model by now, of which nothing is compared', () => {
    const result = sonnet({}, { regions: ['us-east-1', 'us-west-2'], runs: 2 });
    const gone = ({ region }: Call): boolean => region === 'us-west-2';
    const { cautions } = compare(result, {
      ...result,
      calls: result.calls.filter((call) => !gone(call)),
      skipped: result.calls.filter(gone).map((call) => ({ ...call, reason: 'no-such-model' })),
    });
    expect(cautions.join('\n')).toContain(
      `Of the second result, 24 planned calls were not made (${SONNET} is not called in us-west-2 24)`,
    );
  });

  it('are compared on the questions in common', () => {
    const few = sonnet({}, { questionsPerType: 6, runs: 2 });
    const { rows } = compare(sonnet({}, { questionsPerType: 12, runs: 2 }), few);
    expect(rows.find(({ metric }) => metric.name === 'latency p50')).toBeDefined();
    expect(compare(few, few).rows.every(({ difference }) => difference.value === 0)).toBe(true);
  });

  it('fit a terminal of 80 columns', () => {
    const models = { [HAIKU]: { ...usual, medianMs: 12_345 }, [SONNET]: usual };
    const result = sampleResult({ models, apis: ['converse', 'converse-stream'], runs: 2 });
    const text = textOf(comparisonText(compare(result, result)), 80);
    expect(text).toMatch(new RegExp(`┌[^]*${HAIKU}[^]*┘`));
    expect(widthOf(text)).toBeLessThanOrEqual(80);
  });

  it('without anything in common are refused', () => {
    const one = sonnet({}, { runs: 1 });
    const other = sampleResult({ models: { [NOVA]: usual }, runs: 1 });
    expect(() => compare(one, other)).toThrow('nothing to compare');
  });
});
