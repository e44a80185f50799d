import { summaryOf, type Summary } from '../measure/statistics/summary';
import type { Estimate } from '../measure/statistics/rate';
import { countsOf, groupBy } from '../../statistics/group-by';
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

/**
 * The figures of a result, in the plan's order, which calls do not have: they were made in a random one. For each model,
 * region and API those of all calls, and of each request type where there are several.
 */
export function figuresOf(result: JudgedResult): readonly Figures[] {
  const figures = variantsOf(result.calls).flatMap((calls) => {
    const types = groupBy(calls, ({ type }) => type);
    return [
      figuresFor(result, calls, null),
      ...(types.length > 1 ? types.map((ofType) => figuresFor(result, ofType, ofType[0].type)) : []),
    ];
  });
  return inPlanOrder(figures, result);
}

/** One for each model, region and API, of a single request type. */
export function figuresOfType(result: JudgedResult, type: string): readonly Figures[] {
  const groups = variantsOf(result.calls.filter((call) => call.type === type));
  return inPlanOrder(
    groups.map((calls) => figuresFor(result, calls, type)),
    result,
  );
}

type Group = readonly [Call, ...Call[]];

/** The measured calls of each model in a region by an API. */
const variantsOf = (calls: readonly Call[]): readonly Group[] =>
  groupBy(
    calls.filter(({ warmup }) => !warmup),
    ({ model, region, api }) => JSON.stringify([model, region, api]),
  );

/** @param type null: all */
function figuresFor(result: JudgedResult, calls: Group, type: string | null): Figures {
  const [{ model, region }] = calls;
  const pairs = pairsOf(result, type).filter((pair) => pair.region === region);
  return {
    ...summaryOf(calls, type, { seed: result.plan.seed }),
    score: meanScore(calls, scoresByCall(result.quality.scores)),
    judged: winRate(pairs, model),
  };
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

/** Which calls have no figures; null where every planned one was made. */
export function skippedText(skipped: JudgedResult['skipped']): string | null {
  if (skipped.length === 0) return null;
  const reasons = skipped.map(({ reason, model, region }) =>
    reason === 'no-such-model' ? `${model} is not called in ${region}` : reason,
  );
  return `${counted(skipped.length, 'planned call was', 'planned calls were')} not made (${tally(countsOf(reasons))})`;
}

/** Request types of the planned calls, made or skipped, in their order in the plan. */
export function typesOf({ plan, calls, skipped }: JudgedResult): readonly string[] {
  const typeOf = new Map([...calls, ...skipped].map(({ questionId, type }) => [questionId, type]));
  return [...new Set(plan.questions.ids.flatMap((id) => typeOf.get(id) ?? []))];
}
