import { typesOf } from '../figures/figures';
import type { JudgedResult } from '../result-file';
import { vendorOf } from '../../../contract/model-id';
import { violations, type Constraints, type Violation } from './constraints';
import { modelFigures, type ModelFigures } from './model-figures';
import { rank, type Ranked } from './rank';

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
  readonly reason: string;
  /** E.g. `--max-p95 1840 would let us.amazon.nova-pro-v1:0 in`. */
  readonly loosen: readonly string[];
  readonly rejected: readonly Rejection[];
}

export type Recommendation = Choice | NoChoice;

export const isChoice = (recommendation: Recommendation): recommendation is Choice =>
  'primary' in recommendation;

/** One recommendation for each request type that was measured. */
export const recommend = (result: JudgedResult, constraints: Constraints): readonly Recommendation[] =>
  typesOf(result).map((type) =>
    recommendFor(type, modelFigures(result, type), constraints, result.plan.seed),
  );

/** @param seed of the test that tells qualities apart */
export function recommendFor(
  type: string,
  models: readonly ModelFigures[],
  constraints: Constraints,
  seed: number,
): Recommendation {
  const judged = models.map((figures) => ({ figures, violations: violations(figures, constraints) }));
  const rejected = judged.filter((model) => model.violations.length > 0);
  const fitting = judged.filter((model) => model.violations.length === 0).map(({ figures }) => figures);
  const [primary, ...rest] = rank(fitting, seed);
  const loosen = rejected.flatMap(advice);
  if (primary === undefined) return { type, reason: 'No model fulfils all constraints.', loosen, rejected };

  const vendor = vendorOf(primary.figures.model);
  const foreign = rest.find(({ figures }) => {
    const other = vendorOf(figures.model);
    return vendor !== undefined && other !== undefined && other !== vendor;
  });
  const fallback = foreign ?? (constraints.differentVendors ? undefined : rest[0]);
  if (fallback === undefined) {
    const ofOthers = constraints.differentVendors ? ' of another vendor' : '';
    const reason = `Only ${primary.figures.model} could be the primary; no other model${ofOthers} fulfils the constraints as its fallback.`;
    const without = rest.length > 0 ? ['leave --different-vendors out'] : ['name more models in --models'];
    return { type, reason, loosen: [...loosen, ...without], rejected };
  }
  return {
    ...{ type, primary, rejected },
    fallback: foreign ? { ...foreign, reason: foreignReason(foreign, rest) } : fallback,
    others: rest.filter((other) => other !== fallback),
    notes: notesOn(fallback, rest, foreign !== undefined),
  };
}

/** Its rank is among all that are left, of which those of the primary's vendor were passed over. */
const foreignReason = (foreign: Ranked, rest: readonly Ranked[]): string =>
  foreign === rest[0]
    ? `${foreign.reason}; of another vendor than the primary`
    : 'the first in rank of another vendor than the primary';

function notesOn(fallback: Ranked, rest: readonly Ranked[], isForeign: boolean): readonly string[] {
  if (!isForeign)
    return ['Primary and fallback are not known to be of different vendors: they may fail together.'];
  if (fallback === rest[0]) return [];
  return [`${rest[0]?.figures.model ?? ''} ranks higher, but is not of another vendor than the primary.`];
}

/** Loosening helps only where each constraint that was violated can be met. */
function advice({ figures, violations: violated }: Rejection): readonly string[] {
  const changes = violated.map(({ constraint, wouldPass, remedy = null }) =>
    constraint === null || wouldPass === null ? remedy : `${constraint} ${wouldPass}`,
  );
  if (changes.includes(null)) return [];
  // A figure that is not there yet may turn out either way.
  const verb = violated.some(({ remedy }) => remedy !== undefined) ? 'might' : 'would';
  return [`${changes.join(' and ')} ${verb} let ${figures.model} in`];
}
