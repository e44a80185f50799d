import { perThousand } from '../compare/metrics';
import {
  duel,
  meanScore,
  pairsOf,
  meanByQuestion,
  scoresByCall,
  type ScoreOf,
} from '../figures/quality-figures';
import { groupBy } from '../../statistics/group-by';
import { flawsOf } from '../quality/agreement';
import { mean, type MeanOptions } from '../measure/statistics/mean';
import { quantile } from '../measure/statistics/quantile';
import { clusteredRate, type Estimate } from '../measure/statistics/rate';
import type { JudgedResult } from '../result-file';
import type { Call, SkippedCall } from '../result/result';
import { sumOf } from '../../statistics/mean';

/** What a recommendation needs to know of a model for a request type: of several regions, the worst of each. */
export interface ModelFigures {
  readonly model: string;
  /** What either end of the intervals leaves out at most. */
  readonly tail: number;
  /** Questions that were asked. */
  readonly questions: number;
  /** Calls answered, in the region with the fewest. */
  readonly answered: number;
  /** Regions whose Bedrock does not call the model. */
  readonly refusedIn: readonly string[];
  /** Regions in which it was not asked for another reason, e.g. the cap on the cost. */
  readonly unaskedIn: readonly string[];
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

/**
 * The figures of all models for a request type, by the API that the assistant calls (Converse) where it was measured.
 * @param tail of the intervals
 */
export function modelFigures(result: JudgedResult, type: string, tail: number): readonly ModelFigures[] {
  const api = result.plan.apis.includes('converse') ? 'converse' : 'converse-stream';
  const scoreOf = scoresByCall(result.quality.scores);
  return result.plan.models.map((model): ModelFigures => {
    const isOf = (call: Call | SkippedCall): boolean =>
      call.model === model && call.type === type && call.api === api;
    const calls = result.calls.filter((call) => !call.warmup && isOf(call));
    const refused = result.skipped.filter((call) => isOf(call) && call.reason === 'no-such-model');
    const refusedIn = [...new Set(refused.map(({ region }) => region))];
    // A region without calls is one of which nothing is known, and not one less to serve.
    const regions = result.plan.regions.map((name) => calls.filter(({ region }) => region === name));
    const answers = regions.map((there) => there.filter(({ outcome }) => outcome === 'answered'));
    const costs = regions.map((there) => costPerGoodAnswer(there, scoreOf));
    return {
      ...{ model, tail, refusedIn },
      unaskedIn: result.plan.regions.filter(
        (name, index) => regions[index]?.length === 0 && !refusedIn.includes(name),
      ),
      questions: groupBy(calls, ({ questionId }) => questionId).length,
      answered: Math.min(...answers.map(({ length }) => length)),
      p95Ms: worst(answers.map((there) => p95Of(there, tail))),
      costPer1k: worst(answers.map((there) => costOf(there, { seed: result.plan.seed, tail }))),
      costPer1kGood: costs.includes(null) ? null : Math.max(...costs.map((usd) => (usd ?? 0) * 1_000)),
      quality: worst(
        regions.map((there) => meanScore(there, scoreOf, tail)),
        ({ interval, value }) => -(interval.lower ?? value),
      ),
      failureRate: worst(regions.map((there) => failureRateOf(there, tail))),
      scores: meanByQuestion(calls, scoreOf),
      duels: duelsOf(model, result, type),
    };
  });
}

const p95Of = (answers: readonly Call[], tail: number): Estimate | null =>
  answers.length === 0
    ? null
    : quantile(Float64Array.from(answers, ({ totalMs }) => totalMs).sort(), 95, tail);

/**
 * The upper end holds for what was not seen, too: of so many answers, rare ones that use up their tokens (a model that
 * thinks) may all have been missed, and what was drawn says nothing of them.
 * @returns null where the cost of any answer is not known: it may be that of the dear ones
 */
function costOf(answers: readonly Call[], options: MeanOptions & { readonly tail: number }): Estimate | null {
  const costs = answers.flatMap(({ costUsd }) => costUsd ?? []);
  if (costs.length === 0 || costs.length < answers.length) return null;
  const { value, interval } = mean(costs, options);
  const worst = sumOf(answers.map(({ costUsd, worstUsd }) => worstUsd ?? costUsd ?? 0)) / answers.length;
  const missed = shareMissed(answers.length, options.tail);
  const upper = interval.upper === null ? null : Math.max(interval.upper, value + missed * (worst - value));
  return perThousand({ value, interval: { ...interval, upper } });
}

/** What may be the share of something that none of so many has shown. */
export const shareMissed = (seen: number, tail: number): number => 1 - tail ** (1 / seen);

/**
 * What all calls have cost, by what they were good for: an answer counts as the share of its expectations that it met
 * (as a whole one where nothing was expected), and a failure as nothing. A failure of unknown cost costs an answer.
 * @returns US dollars; null where a price is not known
 */
function costPerGoodAnswer(calls: readonly Call[], scoreOf: ScoreOf): number | null {
  const answered = calls.filter(({ outcome }) => outcome === 'answered');
  if (answered.some(({ costUsd }) => costUsd === null)) return null;
  const usual = sumOf(answered.map(({ costUsd }) => costUsd ?? 0)) / answered.length;
  const good = sumOf(answered.map((call) => scoreOf(call) ?? 1));
  return good === 0 ? Infinity : sumOf(calls.map(({ costUsd }) => costUsd ?? usual)) / good;
}

function failureRateOf(calls: readonly Call[], tail: number): Estimate | null {
  const clusters = groupBy(calls, ({ questionId }) => questionId).map((asked) => ({
    events: asked.filter(({ outcome }) => outcome !== 'answered').length,
    trials: asked.length,
  }));
  return clusters.length === 0 ? null : clusteredRate(clusters, tail);
}

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
