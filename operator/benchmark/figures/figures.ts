import { summarize, summaryOf, type Summary } from '../measure/statistics/summary';
import type { Estimate } from '../measure/statistics/rate';
import { groupBy } from '../../statistics/group-by';
import { tally } from './format';
import type { JudgedResult } from '../result-file';
import type { Call } from '../result/result';
import { meanScore, pairsOf, scoresByCall, winRate, type WinRate } from './quality-figures';
import { counted } from '../../command/words';

/** A summary of measured calls with the quality of their answers. */
export interface Figures extends Summary {
  /** Share of expectations met; null where nothing was expected. */
  readonly score: Estimate | null;
  /** Against all other models in the region; null without a judge. */
  readonly judged: WinRate | null;
}

/** The figures of a result in the plan's order, which calls do not have: they were made in a random one. */
export function figuresOf(result: JudgedResult): readonly Figures[] {
  const measured = result.calls.filter(({ warmup }) => !warmup);
  const figures = summarize(result).map((summary) => {
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
  return inPlanOrder(figures, result);
}

/** One for each model, region and API, of a single request type. */
export function figuresOfType(result: JudgedResult, type: string): readonly Figures[] {
  const measured = result.calls.filter((call) => !call.warmup && call.type === type);
  const groups = groupBy(measured, ({ model, region, api }) => JSON.stringify([model, region, api]));
  const figures = groups.map((calls) =>
    withQuality(result, calls, summaryOf(calls, type, { seed: result.plan.seed })),
  );
  return inPlanOrder(figures, result);
}

function inPlanOrder(figures: readonly Figures[], result: JudgedResult): readonly Figures[] {
  const { models, regions, apis } = result.plan;
  const types = typesOf(result);
  const places = ({ model, region, api, type }: Figures): readonly number[] => [
    models.indexOf(model),
    regions.indexOf(region),
    apis.indexOf(api),
    // -1, the first, for all types together.
    types.indexOf(type ?? ''),
  ];
  return figures.toSorted((one, other) => {
    const [left, right] = [places(one), places(other)];
    const differing = left.findIndex((place, index) => place !== right[index]);
    return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
  });
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

/** Which calls have no figures; null where every planned one was made. */
export function skippedText(skipped: JudgedResult['skipped']): string | null {
  if (skipped.length === 0) return null;
  const counts: Record<string, number> = {};
  for (const { reason, model, region } of skipped) {
    const why = reason === 'no-such-model' ? `${model} is not called in ${region}` : reason;
    counts[why] = (counts[why] ?? 0) + 1;
  }
  return `${counted(skipped.length, 'planned call was', 'planned calls were')} not made (${tally(counts)})`;
}

/** Request types of the planned calls, made or skipped, in their order in the plan. */
export function typesOf({ plan, calls, skipped }: JudgedResult): readonly string[] {
  const typeOf = new Map([...calls, ...skipped].map(({ questionId, type }) => [questionId, type]));
  return [...new Set(plan.questions.ids.flatMap((id) => typeOf.get(id) ?? []))];
}
