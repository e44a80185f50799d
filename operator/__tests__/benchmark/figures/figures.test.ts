import { randomFrom } from '../../../statistics/shuffle';
import { winRate } from '../../../benchmark/figures/quality-figures';
import { boundedMean } from '../../../benchmark/measure/statistics/rate';
import { columnsFor, COST_COLUMNS, LATENCY_COLUMNS } from '../../../benchmark/figures/columns';
import { figuresOf, figuresOfType } from '../../../benchmark/figures/figures';
import { summaryText } from '../../../benchmark/commands/report-measured';
import { HAIKU, NOVA, sampleResult, SONNET } from '../sample-result';
import { textOf, widthOf } from '../../terminal';

const behaviour = { medianMs: 500, costUsd: 0.002, met: (question: number) => (question === 0 ? 0 : 4) };
const result = sampleResult({
  models: { [SONNET]: behaviour, [NOVA]: { ...behaviour, costUsd: null } },
  ...{ types: ['general', 'finance_deep'], regions: ['us-east-1', 'us-west-2'], runs: 2 },
});

describe('figures', () => {
  it('stand in the plan’s order, all types of a model together first', () => {
    const shuffled = { ...result, calls: result.calls.toReversed() };
    const rows = figuresOf(shuffled).map(({ model, region, type }) => [model, region, type]);
    expect(rows.slice(0, 4)).toEqual([
      [SONNET, 'us-east-1', null],
      [SONNET, 'us-east-1', 'general'],
      [SONNET, 'us-east-1', 'finance_deep'],
      [SONNET, 'us-west-2', null],
    ]);
    expect(rows).toHaveLength(12);
  });

  it('score each question once, however often it was answered', () => {
    const often = result.calls.filter(({ questionId }) => questionId === 'general-1');
    const uneven = { ...result, calls: [...result.calls, ...often, ...often] };
    const [figures] = figuresOfType(uneven, 'general');
    expect(figures?.score?.value).toBeCloseTo(11 / 12, 12);
  });

  it('leave out columns that say nothing', () => {
    const one = figuresOf(sampleResult({ models: { [SONNET]: behaviour }, runs: 1 }));
    const heads = columnsFor(one, [...LATENCY_COLUMNS, ...COST_COLUMNS]).map(({ head }) => head);
    expect(heads).not.toContain('Region');
    expect(heads).not.toContain('Judge:\nwin rate');
    expect(heads.some((head) => head.startsWith('First token'))).toBe(false);
    expect(heads).toEqual(expect.arrayContaining(['Model', 'Answered', 'Cost of\n1,000 answers']));
  });

  it('are said in the terminal with their intervals, what is unknown by a dash', () => {
    const text = textOf(summaryText({ ...result, warnings: ['Look out.'] }));
    expect(text).toContain('$2.00');
    expect(text).toContain('–');
    expect(text).toContain('?]');
    expect(text).toContain('Note: Look out.');
    expect(text).toContain('prices of 2026-11-22');
  });
});

it('fit a terminal of 80 columns, however many groups there are', () => {
  const models = {
    [SONNET]: behaviour,
    [HAIKU]: { ...behaviour, medianMs: 12_345, throttled: 0.2, errors: 0.2 },
  };
  const regions = ['us-east-1', 'us-west-2'];
  const types = ['general', 'finance_deep'];
  const result = sampleResult({ models, regions, types, apis: ['converse', 'converse-stream'], runs: 2 });
  const text = textOf(summaryText(result), 80);
  expect(text).toMatch(new RegExp(`Latency[^]*${HAIKU}[^]*converse-stream`));
  expect(widthOf(text)).toBeLessThanOrEqual(80);
});

describe('a mean of scores', () => {
  it('claims no certainty where all are perfect', () => {
    const { value, interval } = boundedMean(new Array<number>(12).fill(1));
    expect(value).toBe(1);
    expect(interval.lower).toBeCloseTo(0.025 ** (1 / 12), 6);
    expect(interval.upper).toBe(1);
  });

  it('has an interval that covers the truth at least as often as it says', () => {
    const random = randomFrom(8);
    // Mostly perfect, with some thirds: mean 0.9 - 0.1 * 2 / 3.
    const draw = (): number => (random() < 0.1 ? 0 : random() < 0.1 / 0.9 ? 1 / 3 : 1);
    const truth = 0.8 + 0.1 / 3;
    const covering = Array.from({ length: 400 }, () => boundedMean(Array.from({ length: 12 }, draw))).filter(
      ({ interval }) => (interval.lower ?? 0) <= truth && truth <= (interval.upper ?? 1),
    );
    expect(covering.length / 400).toBeGreaterThanOrEqual(0.95);
  });
});

it('a win rate counts ties as halves and pairs without a verdict not at all', () => {
  const pair = { type: 'general', region: 'us-east-1', models: ['a', 'b'] as [string, string] };
  const skipped = { preferred: 'skipped' } as const;
  const verdicts = ['one', 'one', 'two', 'tie', null] as const;
  const pairs = verdicts.map((verdict, question) => ({
    ...{ ...pair, verdict, questionId: String(question) },
    orders: [skipped, skipped] as [typeof skipped, typeof skipped],
  }));
  expect(winRate(pairs, 'a')).toMatchObject({ wins: 2, losses: 1, ties: 1, rate: { value: 0.625 } });
  expect(winRate(pairs, 'b')).toMatchObject({ wins: 1, losses: 2, ties: 1, rate: { value: 0.375 } });
  expect(winRate(pairs, 'c')).toBeNull();
});
