import type { Constraints } from '../../../benchmark/recommend/constraints';
import { isChoice, recommend, type Recommendation } from '../../../benchmark/recommend/recommend';
import type { Judgement } from '../../../benchmark/quality/quality';
import { recommendationText as recommendationBlocks } from '../../../benchmark/recommend/recommendation-text';
import type { Call, SkippedCall } from '../../../benchmark/result/result';
import { HAIKU, NOVA, sampleResult, SONNET, type Behaviour } from '../sample-result';
import { textOf } from '../../terminal';

const recommendationText = (recommendations: readonly Recommendation[]) =>
  textOf(recommendationBlocks(recommendations));

const none: Constraints = { maxFailureRate: 0.05, differentVendors: false };
const NOVA_PRO = 'us.amazon.nova-pro-v1:0';
const perfect = (): number => 4;
const half = (): number => 2;

const best: Behaviour = { medianMs: 2_000, costUsd: 0.004, met: perfect };
const cheap: Behaviour = { medianMs: 500, costUsd: 0.0005, met: half };

const forModels = (
  models: Readonly<Record<string, Behaviour>>,
  constraints: Partial<Constraints> = {},
  options: object = {},
): Recommendation => {
  const [first] = recommend(sampleResult({ models, ...options }), { ...none, ...constraints });
  if (first === undefined) throw new Error('There is no recommendation.');
  return first;
};
const chosen = (recommendation: Recommendation) =>
  isChoice(recommendation)
    ? [recommendation.primary.figures.model, recommendation.fallback.figures.model]
    : recommendation.reason;

describe('a recommendation', () => {
  it('takes the best answers first', () => {
    expect(chosen(forModels({ [NOVA]: cheap, [SONNET]: best }))).toEqual([SONNET, NOVA]);
  });

  const almost: Behaviour = { ...cheap, met: (question) => (question === 3 ? 3 : 4) };

  it('does not fall to the cheapest where the data cannot tell, and says how many questions would', () => {
    const recommendation = forModels({ [NOVA]: almost, [SONNET]: best });
    expect(recommendation).toMatchObject({ verdict: 'not shown' });
    const text = recommendationText([recommendation]).replace(/\s+/g, ' ');
    expect(text).toContain(`NOT SHOWN. ${SONNET} was seen to answer better than ${NOVA}, which costs less`);
    expect(text).toMatch(/to go on: ask about \d+ questions of this type, not 12/);
  });

  it('takes the lowest cost for each good answer where the operator says which quality is enough', () => {
    const recommendation = forModels({ [NOVA]: almost, [SONNET]: best }, { minQuality: 0.6 });
    expect(chosen(recommendation)).toEqual([NOVA, SONNET]);
    expect(recommendationText([recommendation])).toContain(
      'the lowest cost for each good answer of 2 that hold',
    );
  });

  it('prices failures in: cheap answers that often do not come are dear', () => {
    const models = {
      [NOVA]: { ...best, costUsd: 0.003, errors: 0.4 },
      [SONNET]: best,
      [HAIKU]: { ...best, costUsd: 0.006 },
    };
    const recommendation = forModels(models, { maxFailureRate: 1 });
    expect(chosen(recommendation)).toEqual([SONNET, NOVA]);
  });

  it('takes no model of which nothing is expected, unless quality does not matter', () => {
    const result = sampleResult({ models: { [NOVA]: cheap, [SONNET]: best } });
    const unscored = { ...result, quality: { ...result.quality, scores: [] } };
    const [unknown] = recommend(unscored, none);
    expect(unknown).toMatchObject({
      verdict: 'not shown',
      reason: expect.stringContaining('is not known') as string,
    });
    expect(recommend(unscored, { ...none, minQuality: 0 }).map(chosen)).toEqual([[NOVA, SONNET]]);
  });

  describe('with a handful of questions', () => {
    const failing: Behaviour = { ...cheap, met: () => 0 };
    const few = { questionsPerType: 5, runs: 20 };

    it('is not the cheap model that fails all of 100 answers, not even as the fallback', () => {
      const models = { [NOVA]: failing, [SONNET]: best };
      expect(forModels(models, {}, few)).toMatchObject({ verdict: 'none' });
      const recommendation = forModels({ ...models, [HAIKU]: best }, { minQuality: 0.4 }, few);
      expect(chosen(recommendation)).toEqual([SONNET, HAIKU]);
      expect(recommendationText([recommendation])).toMatch(
        /rejected: .*nova.*\n.*no answer met anything that was expected/,
      );
    });

    it('is none of which all fail, however fast one of them is', () => {
      const recommendation = forModels({ [NOVA]: failing, [SONNET]: { ...failing, medianMs: 100 } }, {}, few);
      expect(chosen(recommendation)).toBe('No model fulfils all constraints.');
    });

    it('neither is it the cheaper one of two that answer as well as so few questions can show', () => {
      const recommendation = forModels({ [NOVA]: { ...best, costUsd: 0.001 }, [SONNET]: best }, {}, few);
      expect(recommendation).toMatchObject({ verdict: 'not shown' });
      const text = recommendationText([recommendation]).replace(/\s+/g, ' ');
      expect(text).toContain('5 questions cannot tell whether');
      expect(text).toContain('to go on: ask about 6 questions of this type');
    });

    it('neither is it with three of them, which can show nothing', () => {
      const almostFree = { ...failing, met: (question: number) => (question === 0 ? 4 : 0), costUsd: 1e-9 };
      const recommendation = forModels(
        { [NOVA]: almostFree, [SONNET]: best },
        {},
        { questionsPerType: 3, runs: 40 },
      );
      expect(recommendation).toMatchObject({ verdict: 'not shown' });
      expect(recommendationText([recommendation])).toMatch(/ask about \d+ questions of this type, not 3/);
    });

    it('is none where a quality is asked for that so few cannot show', () => {
      const recommendation = forModels({ [NOVA]: best, [SONNET]: best }, { minQuality: 0.8 }, few);
      expect(recommendation).toMatchObject({ verdict: 'not shown' });
      const text = recommendationText([recommendation]);
      expect(text).toContain(
        '100.0 % of expectations met [47.8 %, 100.0 %], not shown to be at least 80.0 %',
      );
      expect(text).toContain(`to go on: about 17 questions of this type may let ${NOVA} in`);
    });
  });

  it('takes the fastest where neither quality nor cost is known', () => {
    const unknown = { costUsd: null, met: perfect };
    const models = { [NOVA]: { ...unknown, medianMs: 900 }, [SONNET]: { ...unknown, medianMs: 300 } };
    expect(chosen(forModels(models))).toEqual([SONNET, NOVA]);
  });

  it('holds a cost for what was not seen, too: of 96 answers, dear ones of 3.8 % may all be missed', () => {
    const result = sampleResult({
      models: { [NOVA]: cheap, [SONNET]: { ...best, met: half } },
      ...{ questionsPerType: 24, runs: 4 },
    });
    const thinking = {
      ...result,
      calls: result.calls.map((call) => ({ ...call, costUsd: 0.001, worstUsd: 0.011 })),
    };
    const within = (maxCostPer1k: number) => recommend(thinking, { ...none, maxCostPer1k, minQuality: 0.1 });
    expect(1 - 0.025 ** (1 / 96)).toBeCloseTo(0.0377, 4);
    expect(within(1.38).map(isChoice)).toEqual([true]);
    expect(within(1.37)).toMatchObject([{ verdict: 'not shown' }]);
  });

  it('knows no cost where that of some answers is unknown, and says which model may be cheaper', () => {
    const result = sampleResult({ models: { [NOVA]: { ...best, costUsd: 0.001 }, [SONNET]: best } });
    const calls = result.calls.map((call, index) => ({
      ...call,
      costUsd: call.model === NOVA && index % 3 === 0 ? null : call.costUsd,
    }));
    const [limited] = recommend({ ...result, calls }, { ...none, maxCostPer1k: 50 });
    expect(limited).toMatchObject({ verdict: 'not shown', rejected: [{ figures: { model: NOVA } }] });
    const [free] = recommend({ ...result, calls }, none);
    expect(free && chosen(free)).toEqual([SONNET, NOVA]);
    const text = recommendationText(free ? [free] : []);
    expect(text).toContain('the lowest known cost for each good answer');
    expect(text).toContain(`note: What ${NOVA} costs is not known: it may be less`);
  });

  it('tells what its limits do not say of other questions', () => {
    const text = recommendationText([forModels({ [NOVA]: best, [SONNET]: best }, {}, { runs: 9 })]);
    expect(text).toContain('note: p95, cost and failures are of these 12 questions: of others, up to 26 %');
  });

  it('prefers a fallback of another vendor to a better one', () => {
    const models = { [SONNET]: best, [HAIKU]: { ...best, costUsd: 0.005 }, [NOVA]: cheap };
    const recommendation = forModels(models);
    expect(chosen(recommendation)).toEqual([SONNET, NOVA]);
    expect(recommendationText([recommendation])).toContain(
      `${HAIKU} ranks higher, but is not of another vendor`,
    );
    expect(recommendationText([recommendation])).toContain('why: the first in rank of another vendor');
  });

  it('takes one of the same vendor where there is no other, and warns', () => {
    const recommendation = forModels({ [SONNET]: best, [HAIKU]: { ...best, costUsd: 0.005 } });
    expect(chosen(recommendation)).toEqual([SONNET, HAIKU]);
    expect(recommendationText([recommendation])).toContain('they may fail together');
  });

  it('takes none of the same vendor where different ones are asked for', () => {
    const models = { [SONNET]: best, [HAIKU]: { ...best, costUsd: 0.005 } };
    const recommendation = forModels(models, { differentVendors: true });
    expect(chosen(recommendation)).toMatch('no other model of another vendor');
    expect(recommendationText([recommendation])).toContain('to go on: leave --different-vendors out');
  });

  it.each<[string, Partial<Constraints>, RegExp]>([
    ['p95', { maxP95Ms: 1_500 }, /--max-p95: p95 \d+ ms \[\d+ ms, \d+ ms\], more than 1500 ms/],
    [
      'cost',
      { maxCostPer1k: 1 },
      /--max-cost-per-1k: cost of 1,000 answers \d\.\d+ USD \[.+\], more than 1\.0000 USD/,
    ],
  ])('rejects by %s, with the figure', (_, constraints, reason) => {
    const models = { [SONNET]: best, [NOVA]: cheap, [NOVA_PRO]: { ...cheap, met: () => 3 } };
    const recommendation = forModels(models, constraints);
    expect(chosen(recommendation)).toEqual([NOVA_PRO, NOVA]);
    expect(recommendationText([recommendation])).toMatch(reason);
  });

  it('rejects by quality', () => {
    const models = { [SONNET]: best, [NOVA]: cheap, [HAIKU]: best };
    expect(chosen(forModels(models, { minQuality: 0.7 }))).toEqual([SONNET, HAIKU]);
  });

  it('rejects what throttles or fails too often beyond doubt, whatever its answers are worth', () => {
    const models = { [SONNET]: { ...best, throttled: 0.2, errors: 0.2 }, [NOVA]: cheap, [HAIKU]: cheap };
    const recommendation = forModels(models);
    expect(chosen(recommendation)).not.toContain(SONNET);
    expect(recommendationText([recommendation])).toMatch(
      /rejected: .*sonnet.*\n.*calls throttled or failed: .*more than 5\.0 %/,
    );
  });

  it.each([
    ['13 % seen', { errors: 0.13 }, {}, /failed: 1\d\.\d % \[.*\], not shown to be at most 5\.0 %/],
    [
      'none seen in 40 calls',
      {},
      { questionsPerType: 8, runs: 5 },
      /about 72 calls of this type \(--runs 9 with these questions\)/,
    ],
  ])('does not take %s for a failure rate of at most 5 %%', (_, failing, size, text) => {
    const models = { [SONNET]: { ...best, ...failing }, [NOVA]: { ...cheap, ...failing } };
    const recommendation = forModels(models, {}, { questionsPerType: 4, runs: 8, ...size });
    expect(recommendation).toMatchObject({ verdict: 'not shown' });
    expect(recommendationText([recommendation])).toMatch(text);
  });

  it('rejects what answered nothing, which no loosening helps', () => {
    const dead = { ...best, errors: 1 };
    const recommendation = forModels({ [SONNET]: dead, [NOVA]: dead }, { maxP95Ms: 1, minQuality: 0.5 });
    expect(chosen(recommendation)).toBe('No model fulfils all constraints.');
    expect(recommendationText([recommendation])).toMatch(
      /it answered no call[^]*No constraint can be loosened/,
    );
  });

  it('says what to loosen, so that it then passes', () => {
    const models = { [SONNET]: best, [NOVA]: cheap };
    const strict = forModels(models, { maxP95Ms: 100, minQuality: 0.9 });
    if (isChoice(strict)) throw new Error('Nothing should fit.');
    const advice = strict.advice.find((text) => text.includes(NOVA)) ?? '';
    const [, p95 = '', quality = ''] = /--max-p95 (\d+) and --min-quality (\S+) would let/.exec(advice) ?? [];
    const loosened = forModels(models, { maxP95Ms: Number(p95), minQuality: Number(quality) });
    expect(loosened.rejected.map(({ figures }) => figures.model)).toEqual([SONNET]);
  });

  it('promises no p95 by too few calls', () => {
    const recommendation = forModels({ [SONNET]: best, [NOVA]: cheap }, { maxP95Ms: 60_000 }, { runs: 2 });
    expect(recommendation).toMatchObject({ verdict: 'not shown' });
    const text = recommendationText([recommendation]);
    expect(text).toMatch(/to go on: about 72 calls .*--runs 6 .* may let .*sonnet/);
    expect(text).not.toContain('No constraint can be loosened');
  });

  const WEST = { regions: ['us-east-1', 'us-west-2'] };
  const without = (result: ReturnType<typeof sampleResult>, reason: SkippedCall['reason']) => {
    const isGone = ({ model, region }: Call): boolean => model === SONNET && region === 'us-west-2';
    return {
      ...result,
      calls: result.calls.filter((call) => !isGone(call)),
      skipped: result.calls.filter(isGone).map((call) => ({ ...call, reason })),
    };
  };

  it.each([
    ['no-such-model', 'none', 'Bedrock does not call it in us-west-2'],
    ['spend-cap', 'not shown', 'it was not asked in us-west-2'],
    ['interrupted', 'not shown', 'it was not asked in us-west-2'],
  ] as const)('takes no model for a region that never asked it: %s', (reason, verdict, text) => {
    const result = without(sampleResult({ models: { [SONNET]: best, [NOVA]: cheap }, ...WEST }), reason);
    const [recommendation] = recommend(result, none);
    expect(recommendation).toMatchObject({ verdict });
    expect(recommendationText(recommendation === undefined ? [] : [recommendation])).toContain(text);
  });

  it('says of a type that was never asked why it has none', () => {
    const result = sampleResult({ models: { [SONNET]: best, [NOVA]: cheap } });
    const skipped = result.calls.map((call) => ({ ...call, reason: 'spend-cap' as const }));
    const [recommendation] = recommend({ ...result, calls: [], skipped }, none);
    expect(recommendation).toMatchObject({
      verdict: 'not shown',
      advice: expect.arrayContaining([
        'make what is missing: 240 planned calls were not made (spend-cap 240)',
      ]) as string[],
    });
  });

  it('takes the evidence for a fallback, too: the cheaper of two that seem unlike is none', () => {
    const weak = { ...best, met: (question: number) => (question === 0 ? 2 : 1) };
    const models = {
      [SONNET]: best,
      [NOVA]: { ...weak, met: (question: number) => (question < 2 ? 2 : 1), costUsd: 0.002 },
      'us.meta.cheap': { ...weak, costUsd: 0.001 },
    };
    const recommendation = forModels(models);
    expect(recommendation).toMatchObject({ verdict: 'not shown' });
    expect(recommendationText([recommendation]).replace(/\s+/g, ' ')).toContain(
      `${SONNET} is shown to be the right primary; as its fallback, ${NOVA} was seen to answer better`,
    );
  });

  it('counts the worst region', () => {
    const models = { [SONNET]: best, [NOVA]: cheap, [HAIKU]: best };
    const regions = ['us-east-1', 'us-west-2'];
    const result = sampleResult({ models, regions });
    const slowInTheWest = {
      ...result,
      calls: result.calls.map((call) =>
        call.model === SONNET && call.region === 'us-west-2' ? { ...call, totalMs: call.totalMs * 9 } : call,
      ),
    };
    const constraints = { ...none, maxP95Ms: 9_000 };
    expect(recommend(result, constraints).map(chosen)).toEqual([[SONNET, NOVA]]);
    expect(recommend(slowInTheWest, constraints).map(chosen)).toEqual([[HAIKU, NOVA]]);
  });

  it('heeds a judge who clearly prefers one of two models with equal scores', () => {
    const models = { [NOVA]: { ...cheap, met: perfect }, [SONNET]: best };
    const result = sampleResult({ models });
    const said = { preferred: 'two', reason: '' } as const;
    const pairs = result.plan.questions.ids.map((questionId) => ({
      ...{ questionId, type: 'general', region: 'us-east-1', verdict: 'two' as const },
      ...{ models: [NOVA, SONNET] as [string, string], orders: [said, said] as [typeof said, typeof said] },
    }));
    const agreement = {
      pairs: 12,
      consistent: 1,
      kappa: null,
      firstPlace: 0.5,
      malformed: 0,
      failed: 0,
      skipped: 0,
    };
    const judge = {
      model: 'judge',
      rubric: '',
      spentUsd: 0,
      pairs,
      agreement,
      length: { pairs: 8, preferred: 0 },
    };
    const by = (said: Partial<Judgement>) =>
      recommend({ ...result, quality: { ...result.quality, judge: { ...judge, ...said } } }, none).map(
        chosen,
      );
    expect(recommend(result, none).map(chosen)).toEqual([[NOVA, SONNET]]);
    expect(by({})).toEqual([[SONNET, NOVA]]);
    // One that goes by length, or by chance, decides nothing.
    expect(by({ length: { pairs: 8, preferred: 3 } })).toEqual([[NOVA, SONNET]]);
    expect(by({ agreement: { ...agreement, consistent: 0.5, kappa: 0.2 } })).toEqual([[NOVA, SONNET]]);
  });
});
