import { compare } from '../../benchmark/compare/compare';
import { pairedDifference } from '../../benchmark/compare/difference';
import type { Stratum } from '../../benchmark/compare/permutation-test';
import type { Constraints } from '../../benchmark/recommend/constraints';
import type { ModelFigures } from '../../benchmark/recommend/model-figures';
import { isChoice, recommend } from '../../benchmark/recommend/recommend';
import { tellApart } from '../../benchmark/recommend/tell-apart';
import { clusteredRate } from '../../benchmark/measure/statistics/rate';
import { randomFrom } from '../../statistics/shuffle';
import { HAIKU, NOVA, sampleResult, SONNET, type Behaviour } from './sample-result';

/** Decisions over many seeded results whose truth is known: every seed is fixed, so that each verdict is, too. */

const draws = (seed: number) => {
  const uniform = randomFrom(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
};

describe('the model recommended', () => {
  const limits: Constraints = {
    maxP95Ms: 1_000,
    minQuality: 0.7,
    maxFailureRate: 0.1,
    differentVendors: false,
  };

  /** Quality: the share of all questions of this kind that the model can answer at all. The p95 is 1.78 medians. */
  interface Law {
    readonly quality: number;
    readonly medianMs: number;
    readonly errors: number;
    readonly costUsd: number;
  }
  const good = { quality: 0.96, medianMs: 350, errors: 0.005, costUsd: 0.004 };
  const LAWS: Readonly<Record<string, Law>> = {
    [SONNET]: good,
    [NOVA]: { ...good, costUsd: 0.003 },
    // Each breaks one limit by little, and would be the cheapest.
    [HAIKU]: { ...good, quality: 0.66, costUsd: 0.0005 },
    'us.meta.slow': { ...good, medianMs: 600, costUsd: 0.0004 },
    'us.mistral.failing': { ...good, errors: 0.13, costUsd: 0.0003 },
  };
  const BREAKING = [HAIKU, 'us.meta.slow', 'us.mistral.failing'];

  function recommendedWith(seed: number, questionsPerType: number) {
    // A question is as hard for all of them: who can do less, fails at what the others may master.
    const { uniform } = draws(seed);
    const hardness = Array.from({ length: questionsPerType }, uniform);
    const models = Object.fromEntries(
      Object.entries(LAWS).map(([model, { quality, ...law }]): [string, Behaviour] => [
        model,
        { ...law, isFlat: true, met: (question) => ((hardness[question] ?? 1) < quality ? 4 : 0) },
      ]),
    );
    const [recommendation] = recommend(sampleResult({ models, questionsPerType, runs: 4, seed }), limits);
    return recommendation;
  }

  it('of 200 results breaks a constraint in at most 5 %, and is none where the data cannot tell', () => {
    const outcomes = Array.from({ length: 200 }, (_, seed) => recommendedWith(seed + 1, 24));
    const chosen = outcomes.filter((outcome) => outcome !== undefined).filter(isChoice);
    const broken = chosen.filter(({ primary, fallback }) =>
      [primary, fallback].some(({ figures }) => BREAKING.includes(figures.model)),
    );
    expect(broken.length).toBeLessThanOrEqual(10);
    // Good models are recommended mostly, and never told to be bad.
    expect(chosen.length).toBeGreaterThan(100);
    expect(
      outcomes.filter((outcome) => outcome && 'verdict' in outcome && outcome.verdict === 'none'),
    ).toEqual([]);
  });

  it('is none where five questions would have to show what they cannot', () => {
    for (let seed = 1; seed <= 10; seed += 1) {
      expect(recommendedWith(seed, 5)).toMatchObject({ verdict: 'not shown' });
    }
  });

  it('of ten, eight of which break a limit by a hair and cost least, breaks one in at most 5 % of 200 results', () => {
    // A p95 is 1.78 medians.
    const usual = { medianMs: 300, isFlat: true, met: () => 4 };
    const slow = { ...usual, medianMs: 565, costUsd: 0.0005 };
    const failing = { ...usual, costUsd: 0.0004, errors: 0.101 };
    const models: Record<string, Behaviour> = {
      [SONNET]: { ...usual, costUsd: 0.004 },
      [NOVA]: { ...usual, costUsd: 0.003 },
      ...Object.fromEntries(
        [slow, slow, slow, slow, failing, failing, failing, failing].map((law, number) => [
          `us.meta.near-${number}`,
          law,
        ]),
      ),
    };
    const chosen = Array.from({ length: 200 }, (_, seed) =>
      recommend(sampleResult({ models, questionsPerType: 24, runs: 5, seed: seed + 1 }), limits),
    )
      .flat()
      .filter(isChoice);
    const broken = chosen.filter(({ primary, fallback }) =>
      [primary, fallback].some(({ figures }) => figures.model.startsWith('us.meta.near')),
    );
    expect(broken.length).toBeLessThanOrEqual(10);
    expect(chosen.length).toBeGreaterThan(100);
  });
});

describe('of two models whose answers are equally good', () => {
  const figures = (model: string, scores: readonly number[]): ModelFigures => ({
    ...{ model, questions: scores.length, answered: 1, p95Ms: null, costPer1k: null, costPer1kGood: null },
    ...{ quality: null, failureRate: null, duels: new Map(), tail: 0.025, refusedIn: [], unaskedIn: [] },
    scores: new Map(scores.map((score, question) => [`q-${question}`, score])),
  });

  type Draw = (random: () => number) => readonly [number, number];
  const LAWS: readonly (readonly [name: string, draw: Draw])[] = [
    ['unlike each other', (random) => [Math.round(random() * 4) / 4, Math.round(random() * 4) / 4]],
    ['good at what the other fails at', (random) => (random() < 0.5 ? [1, 0] : [0, 1])],
    ['often a little worse, and rarely lost', (random) => [0.9, random() < 0.1 ? 0 : 1]],
    ['good at easy questions', (random) => (random() < 0.5 ? [1, 1] : [0, 0])],
  ];
  const CASES = LAWS.flatMap(([name, draw]) =>
    [4, 5, 6, 7, 8, 10].map((questions) => [name, questions, draw] as const),
  );
  /** 20 of 400 are 5 %; the standard deviation is 4.4. */
  const FIVE_PERCENT = 29;

  it.each(CASES)('%s, one is shown to be worse with %d questions in at most 5 %', (_, questions, draw) => {
    const { uniform } = draws(questions);
    const found = Array.from({ length: 400 }, (__, seed) => {
      const scores = Array.from({ length: questions }, () => draw(uniform));
      const [one, other] = ([0, 1] as const).map((place) =>
        figures(
          String(place),
          scores.map((score) => score[place]),
        ),
      ) as [ModelFigures, ModelFigures];
      const { isWorse } = tellApart([one, other], seed);
      return isWorse(one, other) || isWorse(other, one);
    }).filter(Boolean);
    expect(found.length).toBeLessThanOrEqual(FIVE_PERCENT);
  });

  it.each([4, 5, 6, 8, 10])(
    'a judge who tosses a coin over %d questions shows so in at most 5 %',
    (questions) => {
      const { uniform } = draws(questions);
      const found = Array.from({ length: 400 }, (_, seed) => {
        const points = Array.from({ length: questions }, () => (uniform() < 0.5 ? 1 : 0));
        const duelling = (model: string, other: string, of: (point: number) => number): ModelFigures => ({
          ...figures(model, []),
          duels: new Map([[other, new Map(points.map((point, question) => [`q-${question}`, of(point)]))]]),
        });
        const [one, other] = [duelling('a', 'b', (point) => point), duelling('b', 'a', (point) => 1 - point)];
        const { isWorse } = tellApart([one, other], seed);
        return isWorse(one, other) || isWorse(other, one);
      }).filter(Boolean);
      expect(found.length).toBeLessThanOrEqual(FIVE_PERCENT);
    },
  );

  it('a difference beyond doubt is found from six questions on, and never with five', () => {
    const found = [3, 4, 5, 6, 12].map((questions) => {
      const [best, worst] = [1, 0].map((score) =>
        figures(String(score), new Array<number>(questions).fill(score)),
      ) as [ModelFigures, ModelFigures];
      const { isWorse } = tellApart([best, worst], 1);
      return [isWorse(worst, best), isWorse(best, worst)];
    });
    expect(found).toEqual([
      ...new Array<boolean[]>(3).fill([false, false]),
      ...new Array<boolean[]>(2).fill([true, false]),
    ]);
  });
});

describe('the interval of a difference, question by question', () => {
  type Draw = (random: ReturnType<typeof draws>) => Stratum;
  const share =
    (losses: number, gains: number): Draw =>
    ({ uniform }) => {
      const fate = uniform();
      const [one, other] = fate < losses ? [1, 0] : fate < losses + gains ? [0, 1] : [1, 1];
      return { one: [one], other: [other] };
    };
  /** Answers to some questions are much longer than others', and each a little longer or shorter than the last. */
  const cost =
    (factor: number): Draw =>
    ({ normal }) => {
      const usual = Math.exp(0.5 * normal());
      const noise = (): number => 1 + 0.15 * normal();
      return { one: [usual * noise()], other: [usual * factor * noise()] };
    };
  const LAWS: readonly (readonly [name: string, of: 'amounts' | 'shares', truth: number, draw: Draw])[] = [
    ['a cost that stays', 'amounts', 0, cost(1)],
    ['a cost that rises', 'amounts', 0.3 * Math.exp(0.125), cost(1.3)],
    ['rare losses', 'shares', -0.05, share(0.05, 0)],
    ['losses and gains', 'shares', 0, share(0.2, 0.2)],
    ['everything changing', 'shares', 0, share(0.5, 0.5)],
    ['many gains', 'shares', 0.4, share(0.1, 0.5)],
  ];

  it.each(LAWS)('covers the truth with 6 to 24 questions: %s', (_, of, truth, draw) => {
    for (const questions of [6, 8, 12, 24]) {
      const random = draws(questions);
      const covered = Array.from({ length: 300 }, (__, seed) => {
        const strata = Array.from({ length: questions }, () => draw(random));
        const gains = strata.map(({ one, other }) => (other[0] ?? 0) - (one[0] ?? 0));
        const value = gains.reduce((sum, gain) => sum + gain, 0) / questions;
        const { lower, upper } = pairedDifference(value, strata, { of, seed });
        return (lower ?? -Infinity) <= truth && truth <= (upper ?? Infinity);
      }).filter(Boolean);
      // 285 are 95 %; the standard deviation is 3.8.
      expect(covered.length).toBeGreaterThanOrEqual(276);
    }
  });
});

it('the upper end of a failure rate holds where failures come by question', () => {
  const { uniform } = draws(3);
  // One question of ten is refused in half of its runs: 5 % of all calls.
  const clusters = () =>
    Array.from({ length: 20 }, () => {
      const isRefused = uniform() < 0.1;
      const runs = Array.from({ length: 10 }, () => isRefused && uniform() < 0.5);
      return { events: runs.filter(Boolean).length, trials: runs.length };
    });
  const results = Array.from({ length: 400 }, clusters).filter((result) =>
    result.some(({ events }) => events > 0),
  );
  const held = results.filter((result) => (clusteredRate(result).interval.upper ?? 1) >= 0.05);
  expect(held.length / results.length).toBeGreaterThan(0.94);
});

it('two results of the same model hardly ever differ beyond noise', () => {
  const usual: Behaviour = { medianMs: 800, costUsd: 0.001, met: () => 3, errors: 0.1 };
  const result = (seed: number) =>
    sampleResult({ models: { [SONNET]: usual }, questionsPerType: 8, runs: 3, seed });
  const found = Array.from({ length: 60 }, (_, seed) =>
    compare(result(seed + 1), result(seed + 1_001)).primary.filter(
      ({ verdict }) => verdict === 'better' || verdict === 'worse',
    ),
  ).filter((differences) => differences.length > 0);
  // 3 of 60 are 5 %; the standard deviation is 1.7.
  expect(found.length).toBeLessThanOrEqual(6);
});
