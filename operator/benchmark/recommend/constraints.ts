import type { ModelFigures } from './model-figures';

/** What a model must fulfil to be recommended; what is left out does not matter. */
export interface Constraints {
  /** Milliseconds of total latency. */
  readonly maxP95Ms?: number;
  /** US dollars of 1,000 answers. */
  readonly maxCostPer1k?: number;
  /** Share of expectations met, 0 to 1. */
  readonly minQuality?: number;
  /** Share of calls that were throttled or failed, 0 to 1. */
  readonly maxFailureRate: number;
  /** Whether a fallback must come from another vendor; else it is preferred. */
  readonly differentVendors: boolean;
}

/** A model that fails this often beyond doubt is no model to recommend, whatever its answers are worth. */
export const DEFAULT_MAX_FAILURE_RATE = 0.05;

/** Why a model cannot be recommended. */
export interface Violation {
  /** As on the command line, e.g. `--max-p95`; null: nothing to loosen. */
  readonly constraint: string | null;
  readonly reason: string;
  /** What the constraint would have to be for the model to pass; null: that would not help. */
  readonly wouldPass: number | null;
  /** What else may help, e.g. `more --runs`. */
  readonly remedy?: string;
}

type Check = (figures: ModelFigures, constraints: Constraints) => Violation | false;

/** Latency and cost are held by the upper ends of their 95 % intervals: what is promised should be kept. */
const CHECKS: readonly Check[] = [
  ({ answered }) => answered === 0 && { constraint: null, reason: 'it answered no call', wouldPass: null },
  ({ answered, p95Ms }, { maxP95Ms }) =>
    maxP95Ms !== undefined &&
    answered > 0 &&
    atMost('--max-p95', 'p95', p95Ms, { limit: maxP95Ms, unit: ' ms', digits: 0 }),
  ({ answered, costPer1k }, { maxCostPer1k }) =>
    maxCostPer1k !== undefined &&
    answered > 0 &&
    atMost('--max-cost-per-1k', 'cost of 1,000 answers', costPer1k, {
      limit: maxCostPer1k,
      unit: ' USD',
      digits: 4,
    }),
  ({ answered, quality }, { minQuality }) => {
    if (minQuality === undefined || answered === 0) return false;
    const constraint = '--min-quality';
    if (quality === null) {
      return {
        constraint,
        reason: 'its quality is not known: no question of this type expects anything',
        wouldPass: null,
      };
    }
    if (quality.value >= minQuality) return false;
    const reason = `${percent(quality.value)} of expectations met, less than ${percent(minQuality)}`;
    return { constraint, reason, wouldPass: roundDown(quality.value) };
  },
  ({ failureRate }, { maxFailureRate }) => {
    const { value, interval } = failureRate;
    if ((interval.lower ?? 0) <= maxFailureRate) return false;
    const reason = `${percent(value)} of calls throttled or failed (at least ${percent(interval.lower ?? 0)}), more than ${percent(maxFailureRate)}`;
    return { constraint: '--max-failure-rate', reason, wouldPass: roundUp(interval.lower ?? 0, 2) };
  },
];

/** @returns every constraint that the model does not fulfil */
export const violations = (figures: ModelFigures, constraints: Constraints): readonly Violation[] =>
  CHECKS.map((check) => check(figures, constraints)).filter((violation) => violation !== false);

function atMost(
  constraint: string,
  name: string,
  figure: ModelFigures['p95Ms'],
  { limit, unit, digits }: { readonly limit: number; readonly unit: string; readonly digits: number },
): Violation | false {
  if (figure === null)
    return { constraint, reason: `its ${name} is not known`, wouldPass: null, remedy: 'a --price for it' };
  const { value, interval } = figure;
  const show = (amount: number): string => `${amount.toFixed(digits)}${unit}`;
  if (interval.upper === null) {
    const reason = `${name} ${show(value)}, but too few calls to say how high it may be`;
    return { constraint, reason, wouldPass: null, remedy: 'more --runs' };
  }
  if (interval.upper <= limit) return false;
  const reason = `${name} ${show(value)}, up to ${show(interval.upper)} (95 %), more than ${show(limit)}`;
  return { constraint, reason, wouldPass: roundUp(interval.upper, digits) };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
const roundUp = (value: number, digits: number): number =>
  Math.ceil(value * 10 ** digits - 1e-9) / 10 ** digits;
const roundDown = (share: number): number => Math.floor(share * 100 + 1e-9) / 100;
