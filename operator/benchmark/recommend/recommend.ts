import { skippedText, typesOf } from '../figures/figures';
import type { JudgedResult } from '../result-file';
import { vendorOf } from '../../../contract/model-id';
import { tailFor, violations, type Constraints, type Violation } from './constraints';
import { modelFigures, shareMissed, type ModelFigures } from './model-figures';
import { rank, type Ranked, type Ranking } from './rank';
import { tellApart } from './tell-apart';

export interface Rejection {
  readonly figures: ModelFigures;
  readonly violations: readonly Violation[];
}

/** Which models should answer a request type. */
export interface Choice {
  readonly type: string;
  readonly primary: Ranked;
  readonly fallback: Ranked;
  /** What to know of the choice, e.g. that both models come from one vendor. */
  readonly notes: readonly string[];
  /** Models that fulfil the constraints and were not chosen, the best first. */
  readonly others: readonly Ranked[];
  readonly rejected: readonly Rejection[];
}

/** Why there is none, and what would help. */
export interface NoChoice {
  readonly type: string;
  /** `none`: no two models fulfil the constraints. `not shown`: the data cannot tell which two do, or are the best. */
  readonly verdict: 'none' | 'not shown';
  readonly reason: string;
  /** E.g. `--max-p95 1840 would let us.amazon.nova-pro-v1:0 in`. */
  readonly advice: readonly string[];
  /** Models that fulfil the constraints, in the order in which they were seen. */
  readonly others: readonly Ranked[];
  readonly rejected: readonly Rejection[];
}

export type Recommendation = Choice | NoChoice;

export const isChoice = (recommendation: Recommendation): recommendation is Choice =>
  'primary' in recommendation;

/** One recommendation for each request type that was measured. */
export const recommend = (result: JudgedResult, constraints: Constraints): readonly Recommendation[] =>
  typesOf(result).map((type) => {
    const models = modelFigures(result, type, tailFor(result.plan.models.length));
    const recommendation = recommendFor(type, models, constraints, result.plan.seed);
    const missing = skippedText(
      result.skipped.filter((call) => call.type === type && call.reason !== 'no-such-model'),
    );
    if (missing === null) return recommendation;
    return isChoice(recommendation)
      ? { ...recommendation, notes: [...recommendation.notes, `${missing}.`] }
      : { ...recommendation, advice: [...recommendation.advice, `make what is missing: ${missing}`] };
  });

/** @param seed of the test that tells qualities apart */
function recommendFor(
  type: string,
  models: readonly ModelFigures[],
  constraints: Constraints,
  seed: number,
): Recommendation {
  const judged = models.map((figures) => ({ figures, violations: violations(figures, constraints) }));
  const rejected = judged.filter((model) => model.violations.length > 0);
  const fitting = judged.filter((model) => model.violations.length === 0).map(({ figures }) => figures);
  const telling = tellApart(fitting, seed);
  const inOrder = (candidates: readonly ModelFigures[]): Ranking =>
    rank(candidates, { isEnough: constraints.minQuality !== undefined, telling });
  const { ranked, doubt } = inOrder(fitting);
  const open = rejected.filter(isOpen).map(({ figures }) => figures.model);
  const none = (verdict: NoChoice['verdict'], reason: string, advice: readonly string[]): NoChoice => ({
    ...{ type, verdict, reason, others: ranked, rejected },
    advice: [...advice, ...rejected.flatMap(loosening)],
  });
  const [primary, ...rest] = ranked;
  if (primary === undefined) {
    const [only, ...more] = open;
    if (only === undefined) return none('none', 'No model fulfils all constraints.', []);
    return more.length > 0
      ? none('not shown', 'No model is shown to fulfil all constraints.', [])
      : none('none', `Only ${only} may fulfil all constraints, and it needs a fallback.`, [NAME_MORE]);
  }
  if (doubt !== null) return none('not shown', doubt.reason, doubt.advice);

  const { model } = primary.figures;
  const foreign = rest.filter(({ figures }) => areForeign(figures.model, model));
  const isForeign = foreign.length > 0;
  const eligible = isForeign || constraints.differentVendors ? foreign : rest;
  // Who serves when the primary cannot takes the same evidence as the primary.
  const backup = inOrder(eligible.map(({ figures }) => figures));
  const [fallback] = backup.ranked;
  if (fallback === undefined) {
    const ofOthers = constraints.differentVendors ? ' of another vendor' : '';
    const without = rest.length > 0 ? ['leave --different-vendors out'] : [NAME_MORE];
    return open.some((other) => !constraints.differentVendors || areForeign(other, model))
      ? none(
          'not shown',
          `Only ${model} is shown to fulfil the constraints; no other model${ofOthers} is, as its fallback.`,
          [],
        )
      : none(
          'none',
          `Only ${model} could be the primary; no other model${ofOthers} fulfils the constraints as its fallback.`,
          without,
        );
  }
  if (backup.doubt !== null)
    return none(
      'not shown',
      `${model} is shown to be the right primary; as its fallback, ${backup.doubt.reason}`,
      backup.doubt.advice,
    );
  return {
    ...{ type, primary, rejected },
    fallback: isForeign ? { ...fallback, reason: foreignReason(fallback, rest) } : fallback,
    others: rest.filter((other) => other.figures !== fallback.figures),
    notes: [...notesOn(fallback, rest, isForeign), ...limitsOfEvidence(fitting)],
  };
}

const NAME_MORE = 'name more models in --models';

/** Whether the data leave open that the model fulfils the constraints. */
export const isOpen = ({ violations: violated }: Rejection): boolean =>
  violated.every(({ verdict }) => verdict === 'not shown');

function areForeign(one: string, other: string): boolean {
  const [vendor, otherVendor] = [vendorOf(one), vendorOf(other)];
  return vendor !== undefined && otherVendor !== undefined && vendor !== otherVendor;
}

/** Its rank is among all that are left, of which those of the primary's vendor were passed over. */
const foreignReason = (foreign: Ranked, rest: readonly Ranked[]): string =>
  foreign.figures === rest[0]?.figures
    ? `${rest[0].reason}; of another vendor than the primary`
    : 'the first in rank of another vendor than the primary';

function notesOn(fallback: Ranked, rest: readonly Ranked[], isForeign: boolean): readonly string[] {
  if (!isForeign)
    return ['Primary and fallback are not known to be of different vendors: they may fail together.'];
  if (fallback.figures === rest[0]?.figures) return [];
  return [`${rest[0]?.figures.model ?? ''} ranks higher, but is not of another vendor than the primary.`];
}

/** What the limits do not say, though each model that is left fulfils them. */
function limitsOfEvidence(fitting: readonly ModelFigures[]): readonly string[] {
  const unpriced = fitting.filter(({ costPer1kGood }) => costPer1kGood === null).map(({ model }) => model);
  const [{ questions, tail } = { questions: 1, tail: 1 }] = fitting;
  const missed = (shareMissed(questions, tail) * 100).toFixed(0);
  return [
    ...(unpriced.length === 0 || unpriced.length === fitting.length
      ? []
      : [
          `What ${unpriced.join(' and ')} costs is not known: it may be less. Measure with a --price for it.`,
        ]),
    `p95, cost and failures are of ${questions === 1 ? 'this question' : `these ${questions} questions`}: of others, up to ${missed} % may be ones that a model is slow at or fails, none of which was among these.`,
  ];
}

/** What each violated constraint takes: more data where that is likely to show it, else another limit. */
function loosening({ figures, violations: violated }: Rejection): readonly string[] {
  const changes = violated.map(
    ({ constraint, wouldPass, remedy }) =>
      remedy ?? (constraint === null || wouldPass === null ? null : `${constraint} ${wouldPass}`),
  );
  if (changes.includes(null)) return [];
  // A figure that is not there yet may turn out either way.
  const verb = violated.some(({ remedy }) => remedy !== null) ? 'may' : 'would';
  return [`${changes.join(' and ')} ${verb} let ${figures.model} in`];
}
