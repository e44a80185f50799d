import { perThousand } from '../compare/metrics';
import {
  duel,
  meanScore,
  pairsOf,
  scoreByQuestion,
  scoresByCall,
  type ScoreOf,
} from '../figures/quality-figures';
import { groupBy } from '../group-by';
import { flawsOf } from '../quality/agreement';
import { mean } from '../measure/statistics/mean';
import { quantile } from '../measure/statistics/quantile';
import { clusteredRate, type Estimate } from '../measure/statistics/rate';
import type { JudgedResult } from '../result-file';
import type { Call } from '../result/result';

/** What a recommendation needs to know of a model for a request type: of several regions, the worst of each. */
export interface ModelFigures {
  readonly model: string;
  /** Questions that were asked. */
  readonly questions: number;
  /** Calls answered, in the region with the fewest. */
  readonly answered: number;
  /** null without answers. */
  readonly p95Ms: Estimate | null;
  /** US dollars; null also without a price. */
  readonly costPer1k: Estimate | null;
  /** US dollars for 1,000 good answers: `costPerGoodAnswer`. */
  readonly costPer1kGood: number | null;
  /** Share of expectations met; null where none was expected. */
  readonly quality: Estimate | null;
  /** Of throttled and failed calls; null without calls. */
  readonly failureRate: Estimate | null;
  /** By question, all regions together. */
  readonly scores: ReadonlyMap<string, number>;
  /** By other model, the judge's points of this one for each question. */
  readonly duels: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

/** The figures of all models for a request type, by the API that the assistant calls (Converse) where it was measured. */
export function modelFigures(result: JudgedResult, type: string): readonly ModelFigures[] {
  const api = result.plan.apis.includes('converse') ? 'converse' : 'converse-stream';
  const scoreOf = scoresByCall(result.quality.scores);
  return result.plan.models.map((model): ModelFigures => {
    const calls = result.calls.filter(
      (call) => !call.warmup && call.model === model && call.type === type && call.api === api,
    );
    const regions = groupBy(calls, ({ region }) => region);
    const answers = regions.map((there) => there.filter(({ outcome }) => outcome === 'answered'));
    const costs = regions.map((there) => costPerGoodAnswer(there, scoreOf));
    return {
      model,
      questions: groupBy(calls, ({ questionId }) => questionId).length,
      answered: regions.length === 0 ? 0 : Math.min(...answers.map(({ length }) => length)),
      p95Ms: worst(answers.map(p95Of)),
      costPer1k: worst(answers.map((there) => costOf(there, result.plan.seed))),
      costPer1kGood: costs.includes(null) ? null : Math.max(...costs.map((usd) => (usd ?? 0) * 1_000)),
      quality: worst(
        regions.map((there) => meanScore(there, scoreOf)),
        ({ interval, value }) => -(interval.lower ?? value),
      ),
      failureRate: worst(regions.map(failureRateOf)),
      scores: scoreByQuestion(calls, scoreOf),
      duels: duelsOf(model, result, type),
    };
  });
}

const p95Of = (answers: readonly Call[]): Estimate | null =>
  answers.length === 0 ? null : quantile(Float64Array.from(answers, ({ totalMs }) => totalMs).sort(), 95);

function costOf(answers: readonly Call[], seed: number): Estimate | null {
  const costs = answers.flatMap(({ costUsd }) => costUsd ?? []);
  return costs.length === 0 ? null : perThousand(mean(costs, { seed }));
}

/**
 * What all calls have cost, by what they were good for: an answer counts as the share of its expectations that it met
 * (as a whole one where nothing was expected), and a failure as nothing. A failure of unknown cost costs an answer.
 * @returns US dollars; null where a price is not known
 */
function costPerGoodAnswer(calls: readonly Call[], scoreOf: ScoreOf): number | null {
  const answered = calls.filter(({ outcome }) => outcome === 'answered');
  if (answered.some(({ costUsd }) => costUsd === null)) return null;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const usual = sum(answered.map(({ costUsd }) => costUsd ?? 0)) / answered.length;
  const good = sum(answered.map((call) => scoreOf(call) ?? 1));
  return good === 0 ? Infinity : sum(calls.map(({ costUsd }) => costUsd ?? usual)) / good;
}

const failureRateOf = (calls: readonly Call[]): Estimate =>
  clusteredRate(
    groupBy(calls, ({ questionId }) => questionId).map((asked) => ({
      events: asked.filter(({ outcome }) => outcome !== 'answered').length,
      trials: asked.length,
    })),
  );

/** The verdicts of a judge that was found to go by something else than the answers decide nothing. */
function duelsOf(model: string, result: JudgedResult, type: string): ModelFigures['duels'] {
  const { judge } = result.quality;
  const pairs = judge === null || flawsOf(judge).length > 0 ? [] : pairsOf(result, type);
  const others = result.plan.models.filter((other) => other !== model);
  return new Map(
    others
      .map((other) => [other, duel(pairs, model, other)] as const)
      .filter(([, points]) => points.size > 0),
  );
}

const upperEnd = ({ interval }: Estimate): number => interval.upper ?? Infinity;

/** @returns the largest by `badness`; null without any, or where one is not known */
const worst = (
  estimates: readonly (Estimate | null)[],
  badness: (estimate: Estimate) => number = upperEnd,
): Estimate | null =>
  estimates.reduce<Estimate | null | undefined>((one, other) => {
    if (one === undefined || other === null) return other;
    return one !== null && badness(other) > badness(one) ? other : one;
  }, undefined) ?? null;
