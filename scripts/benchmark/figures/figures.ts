import { summarize, summaryOf, type Summary } from '../measure/statistics/summary';
import type { Estimate } from '../measure/statistics/estimate';
import { groupBy } from '../group-by';
import type { JudgedResult } from '../result-file';
import type { Call } from '../result/result';
import { meanScore, pairsOf, scoresByCall, winRate, type WinRate } from './quality-figures';

/** A summary of measured calls with the quality of their answers. */
export interface Figures extends Summary {
  /** Share of expectations met; null where nothing was expected. */
  readonly score: Estimate | null;
  /** Against all other models in the region; null without a judge. */
  readonly judged: WinRate | null;
}

/** The figures of a result, in the order of `summarize`. */
export function figuresOf(result: JudgedResult): readonly Figures[] {
  const measured = result.calls.filter(({ warmup }) => !warmup);
  return summarize(result).map((summary) => {
    const { model, region, api, type } = summary;
    const calls = measured.filter(
      (call) =>
        call.model === model &&
        call.region === region &&
        call.api === api &&
        (type === null || call.type === type),
    );
    return withQuality(result, calls, summary);
  });
}

/** One for each model, region and API, of a single request type. */
export function figuresOfType(result: JudgedResult, type: string): readonly Figures[] {
  const measured = result.calls.filter((call) => !call.warmup && call.type === type);
  return groupBy(measured, ({ model, region, api }) => JSON.stringify([model, region, api])).map((calls) =>
    withQuality(result, calls, summaryOf(calls, type, { seed: result.plan.seed })),
  );
}

function withQuality(result: JudgedResult, calls: readonly Call[], summary: Summary): Figures {
  const { quality } = result;
  const pairs = pairsOf(result, summary.type).filter(({ region }) => region === summary.region);
  return {
    ...summary,
    score: meanScore(calls, scoresByCall(quality.scores)),
    judged: winRate(pairs, summary.model),
  };
}

/** Request types of the measured calls, in their order in the plan. */
export function typesOf({ plan, calls }: JudgedResult): readonly string[] {
  const typeOf = new Map(calls.map(({ questionId, type }) => [questionId, type]));
  return [...new Set(plan.questions.ids.flatMap((id) => typeOf.get(id) ?? []))];
}
