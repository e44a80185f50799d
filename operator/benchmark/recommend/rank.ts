import type { ModelFigures } from './model-figures';
import type { Telling } from './tell-apart';
import { counted } from '../../command/words';

/** A model with its place among others. */
export interface Ranked {
  readonly figures: ModelFigures;
  /** Why it stands where it stands. */
  readonly reason: string;
}

export interface Ranking {
  /** The best first. */
  readonly ranked: readonly Ranked[];
  /** Why the first is not shown to be the right one, and what would show it; null where it is. */
  readonly doubt: { readonly reason: string; readonly advice: readonly string[] } | null;
}

/**
 * The order in which models should answer. Those come first that are shown to be worse than no other, and of them
 *
 * - if the operator has said which quality is enough, and all hold it: the one with the lowest cost for each good
 *   answer, and of equally cheap ones the fastest at p95;
 * - else the cheapest so, too, if none was seen to be better;
 * - else it is not shown which: whether the better one seen is better, the data cannot tell, and cheapness is no
 *   reason to think that it is not. The better one seen comes first then, with a doubt.
 * @param isEnough whether all candidates hold a quality that was asked for
 */
export function rank(
  candidates: readonly ModelFigures[],
  { isEnough, telling }: { readonly isEnough: boolean; readonly telling: Telling },
): Ranking {
  const { isWorse, seenBetter } = telling;
  const ranked: Ranked[] = [];
  let doubt: Ranking['doubt'] = null;
  let left = candidates;
  while (left.length > 0) {
    const undominated = left.filter((candidate) => !left.some((other) => isWorse(candidate, other)));
    // A judge may prefer in a circle, which decides nothing.
    const leaders = undominated.length > 0 ? undominated : left;
    const cheapest = leaders.reduce((one, other) => (isCheaper(other, one) ? other : one));
    const better = isEnough ? undefined : bestSeen(leaders.filter((other) => seenBetter(other, cheapest)));
    if (ranked.length === 0 && !isEnough) doubt = doubtOf(cheapest, better, leaders, telling);
    const chosen = better ?? cheapest;
    ranked.push({ figures: chosen, reason: reasonFor(chosen, { leaders, left, isEnough, seenBetter }) });
    left = left.filter((candidate) => candidate !== chosen);
  }
  return { ranked, doubt };
}

const qualityOf = ({ quality }: ModelFigures): number => quality?.value ?? -1;

const bestSeen = (models: readonly ModelFigures[]): ModelFigures | undefined =>
  models.toSorted((one, other) => qualityOf(other) - qualityOf(one))[0];

function isCheaper(one: ModelFigures, other: ModelFigures): boolean {
  const [cost, otherCost] = [one, other].map(({ costPer1kGood }) => costPer1kGood ?? Infinity);
  if (cost !== otherCost) return (cost ?? Infinity) < (otherCost ?? Infinity);
  return (one.p95Ms?.value ?? Infinity) < (other.p95Ms?.value ?? Infinity);
}

const ENOUGH = 'say by --min-quality which quality is enough: of models that hold it, the cheapest is taken';

/** Asking so many questions to see a difference says that there is hardly one. */
const MANY_QUESTIONS = 1_000;

function doubtOf(
  cheapest: ModelFigures,
  better: ModelFigures | undefined,
  leaders: readonly ModelFigures[],
  { canTell, questionsToTell }: Telling,
): Ranking['doubt'] {
  if (better === undefined) {
    const untold = leaders.find((other) => other !== cheapest && !canTell(cheapest, other));
    if (untold === undefined) return null;
    if (cheapest.quality === null && cheapest.duels.size === 0)
      return {
        reason: 'What the answers are worth is not known: no question of this type expects anything.',
        advice: ['give these questions something to `expect`, or a --judge', `${ENOUGH} (0: any)`],
      };
    return {
      reason: `${counted(cheapest.questions, 'question')} cannot tell whether ${untold.model} is better than ${cheapest.model}, however large the difference.`,
      advice: [
        `ask about ${counted(questionsToTell(cheapest, untold) ?? 0, 'question')} of this type`,
        ENOUGH,
      ],
    };
  }
  const questions = questionsToTell(cheapest, better);
  const ask =
    questions === null || questions > MANY_QUESTIONS
      ? []
      : [
          `ask about ${counted(questions, 'question')} of this type, not ${cheapest.questions}: they would tell the two apart`,
        ];
  return {
    reason: `${better.model} was seen to answer better than ${cheapest.model}, which costs less for each good answer, but ${counted(cheapest.questions, 'question')} cannot tell whether it is better.`,
    advice: [...ask, ENOUGH],
  };
}

function reasonFor(
  chosen: ModelFigures,
  {
    leaders,
    left,
    isEnough,
    seenBetter,
  }: Readonly<Record<'leaders' | 'left', readonly ModelFigures[]>> &
    Pick<Telling, 'seenBetter'> & { readonly isEnough: boolean },
): string {
  if (left.length === 1) return 'no other that fulfils the constraints is left';
  const known = leaders.some(({ costPer1kGood }) => costPer1kGood === null) ? ' known' : '';
  const how =
    chosen.costPer1kGood === null ? 'the fastest at p95' : `the lowest${known} cost for each good answer`;
  if (leaders.length === 1)
    return `its answers are shown to be better than those of the ${left.length === 2 ? 'other' : `${left.length - 1} others`}`;
  if (isEnough)
    return `${how} of ${leaders.length} that hold the quality asked for and are not shown to be worse than another`;
  if (leaders.some((other) => seenBetter(other, chosen))) return 'no other is preferred to it by everything';
  const isCheapest = !leaders.some((other) => isCheaper(other, chosen));
  return `no other was seen to answer better${isCheapest ? `, and ${how}` : ''}`;
}
