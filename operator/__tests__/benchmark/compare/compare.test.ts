import { compare } from '../../../benchmark/compare/compare';
import { comparisonText } from '../../../benchmark/compare/comparison-text';
import { HAIKU, NOVA, sampleResult, SONNET, type Behaviour } from '../sample-result';

const usual: Behaviour = { medianMs: 800, costUsd: 0.001, met: () => 3 };
const runs = 5;
const before = sampleResult({ models: { [SONNET]: usual, [NOVA]: usual }, runs, seed: 1 });
const verdicts = ({ rows }: ReturnType<typeof compare>, model: string) =>
  Object.fromEntries(
    rows.filter((row) => row.model === model).map(({ metric, verdict }) => [metric.name, verdict]),
  );

describe('two results', () => {
  it('of the same models differ within noise', () => {
    const after = sampleResult({ models: { [SONNET]: usual, [NOVA]: usual }, runs, seed: 2 });
    expect(new Set(compare(before, after).rows.map(({ verdict }) => verdict))).toEqual(
      new Set(['within noise']),
    );
  });

  it('of a model that became slower, cheaper, better and less reliable say so, and of no other', () => {
    const changed: Behaviour = { medianMs: 1_400, costUsd: 0.0006, met: () => 4, errors: 0.4 };
    const after = sampleResult({ models: { [SONNET]: changed, [NOVA]: usual }, runs, seed: 2 });
    const comparison = compare(before, after);
    expect(verdicts(comparison, SONNET)).toMatchObject({
      'latency p50': 'worse',
      'tokens per second p50': 'worse',
      'cost of 1,000 answers': 'better',
      'expectations met': 'better',
      errors: 'worse',
      throttled: 'within noise',
    });
    expect(new Set(Object.values(verdicts(comparison, NOVA)))).toEqual(new Set(['within noise']));
    const text = comparisonText(comparison);
    expect(text).toContain(`worse: latency p50 of ${SONNET} (us-east-1, converse, general)`);
    expect(text).toContain('differences are beyond noise');
  });

  it('tell what else may have made them differ', () => {
    const models = { [SONNET]: usual };
    const one = sampleResult({ models, runs: 3 });
    const other = sampleResult({ models, runs: 4 });
    const { cautions } = compare(one, {
      ...other,
      finishedAt: null,
      prices: { ...other.prices, date: '2026-12-01' },
      quality: { ...other.quality, expectationsDigest: 'c'.repeat(64) },
    });
    expect(cautions.join('\n')).toMatch(
      /plans differ in runs[^]*Other things were expected[^]*2026-11-22 and 2026-12-01[^]*interrupted[^]*hours/,
    );
  });

  it('are compared on the questions in common', () => {
    const models = { [SONNET]: usual };
    const few = sampleResult({ models, questionsPerType: 6, runs: 2 });
    const { rows } = compare(sampleResult({ models, questionsPerType: 12, runs: 2 }), few);
    expect(rows.find(({ metric }) => metric.name === 'latency p50')).toBeDefined();
    expect(compare(few, few).rows.every(({ difference }) => difference.value === 0)).toBe(true);
  });

  it('fit a terminal of 80 columns', () => {
    const models = { [HAIKU]: { ...usual, medianMs: 12_345 }, [SONNET]: usual };
    const result = sampleResult({ models, apis: ['converse', 'converse-stream'], runs: 2 });
    const [table = ''] = /┌[^]*┘/.exec(comparisonText(compare(result, result))) ?? [];
    expect(table).toContain(HAIKU);
    expect(table.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('without anything in common are refused', () => {
    const one = sampleResult({ models: { [SONNET]: usual }, runs: 1 });
    const other = sampleResult({ models: { [NOVA]: usual }, runs: 1 });
    expect(() => compare(one, other)).toThrow('nothing to compare');
  });
});
