import { perThousand } from '../compare/metrics';
import { figuresOfType, type Figures } from '../figures/figures';
import { pairsOf, scoreByQuestion, scoresByCall, winRate, type WinRate } from '../figures/quality-figures';
import { groupBy } from '../group-by';
import { type Estimate, rate } from '../measure/statistics/rate';
import type { JudgedResult } from '../result-file';

/** What a recommendation needs to know of a model for a request type: of several regions, the worst of each. */
export interface ModelFigures {
  readonly model: string;
  /** Calls answered, in the region with the fewest. */
  readonly answered: number;
  /** null without answers. */
  readonly p95Ms: Estimate | null;
  /** US dollars; null also without a price. */
  readonly costPer1k: Estimate | null;
  /** Share of expectations met; null where none was expected. */
  readonly quality: Estimate | null;
  /** Of throttled and failed calls. */
  readonly failureRate: Estimate;
  /** By question, all regions together. */
  readonly scores: ReadonlyMap<string, number>;
  /** By other model, how this one fared against it with the judge. */
  readonly duels: ReadonlyMap<string, WinRate>;
}

/** The figures of all models for a request type, by the API that the assistant calls (Converse) where it was measured. */
export function modelFigures(result: JudgedResult, type: string): readonly ModelFigures[] {
  const api = result.plan.apis.includes('converse') ? 'converse' : 'converse-stream';
  const byModel = groupBy(
    figuresOfType(result, type).filter((figures) => figures.api === api),
    ({ model }) => model,
  );
  const scoreOf = scoresByCall(result.quality.scores);
  const measured = byModel.map((regions): ModelFigures => {
    const { model } = regions[0];
    const calls = result.calls.filter(
      (call) => call.model === model && call.type === type && call.api === api,
    );
    return {
      model,
      answered: Math.min(...regions.map(({ answered }) => answered)),
      p95Ms: worst(regions, ({ totalMs }) => totalMs?.p95 ?? null, upperEnd),
      costPer1k: worst(regions, ({ costUsd }) => perThousand(costUsd), upperEnd),
      quality: worst(
        regions,
        ({ score }) => score,
        ({ value }) => -value,
      ),
      failureRate: worst(regions, failureRateOf, ({ interval }) => interval.lower ?? 0) ?? rate(0, 1),
      scores: scoreByQuestion(calls, scoreOf),
      duels: duelsOf(model, result, type),
    };
  });
  const missing = result.plan.models.filter((model) => !measured.some((figures) => figures.model === model));
  return [...measured, ...missing.map(unmeasured)];
}

/** A model without any call, e.g. because Bedrock has none of this name. */
const unmeasured = (model: string): ModelFigures => ({
  ...{ model, answered: 0, p95Ms: null, costPer1k: null, quality: null, failureRate: rate(0, 1) },
  scores: new Map(),
  duels: new Map(),
});

function duelsOf(model: string, result: JudgedResult, type: string): ReadonlyMap<string, WinRate> {
  return new Map(
    result.plan.models.flatMap((other) => {
      const pairs = pairsOf(result, type).filter(
        ({ models }) => models.includes(model) && models.includes(other),
      );
      const duel = other === model ? null : winRate(pairs, model);
      return duel === null ? [] : [[other, duel] as const];
    }),
  );
}

const upperEnd = ({ interval }: Estimate): number => interval.upper ?? Infinity;

const failureRateOf = ({ calls, answered }: Figures): Estimate => rate(calls - answered, calls);

/** @returns the largest by `badness`; null where any region has none */
function worst(
  regions: readonly Figures[],
  read: (figures: Figures) => Estimate | null,
  badness: (estimate: Estimate) => number,
): Estimate | null {
  const estimates = regions.map(read);
  if (estimates.includes(null)) return null;
  return estimates.reduce((one, other) =>
    one === null || (other !== null && badness(other) > badness(one)) ? other : one,
  );
}
