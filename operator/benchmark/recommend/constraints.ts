import { firstWhere, isAboveRate, isBelowRate, TAIL, type Estimate } from '../measure/statistics/rate';
import type { ModelFigures } from './model-figures';
import { counted } from '../../command/words';
import { percent } from '../figures/format';

/** What a model must fulfil to be recommended; what is left out does not matter. */
export interface Constraints {
  /** Milliseconds of total latency. */
  readonly maxP95Ms?: number;
  /** US dollars of 1,000 answers. */
  readonly maxCostPer1k?: number;
  /** Share of expectations met, 0 to 1; 0: it does not matter. */
  readonly minQuality?: number;
  /** Share of calls that were throttled or failed, 0 to 1. */
  readonly maxFailureRate: number;
  /** Whether a fallback must come from another vendor; else it is preferred. */
  readonly differentVendors: boolean;
}

/** Shown for a model without failures by 72 calls of a type, where no more than two are measured. */
export const DEFAULT_MAX_FAILURE_RATE = 0.05;

/** Why a model cannot be recommended. */
export interface Violation {
  /** As on the command line, e.g. `--max-p95`; null: nothing to loosen. */
  readonly constraint: string | null;
  /**
   * `broken`: the whole interval is beyond the limit. `not shown`: the limit lies within it, so that the model may keep
   * it or not.
   */
  readonly verdict: 'broken' | 'not shown';
  readonly reason: string;
  /** What the constraint would have to be for the model to pass; null: that would not help. */
  readonly wouldPass: number | null;
  /** What may show it, e.g. `--runs 9`; null: nothing that is likely to. */
  readonly remedy: string | null;
}

type Check = (figures: ModelFigures, constraints: Constraints) => Violation | false;

/**
 * How often, at most, one that breaks a limit passes among all models that are measured: the limits are held by
 * intervals whose ends leave out as much of it as is one model's share. A model has to break one limit only, and to
 * pass it, so that their number does not matter.
 */
const BREAKING_PASSES = 0.05;

/** What either end of an interval may leave out, of one of so many models. */
export const tailFor = (models: number): number => Math.min(TAIL, BREAKING_PASSES / models);

const UNLIMITED = { constraint: null, wouldPass: null, remedy: null } as const;

/** Each limit is held by the end of the interval that protects customers: what is promised should be kept. */
const CHECKS: readonly Check[] = [
  ({ refusedIn }) =>
    refusedIn.length > 0 && {
      ...{ ...UNLIMITED, verdict: 'broken' },
      reason: `Bedrock does not call it in ${refusedIn.join(' and ')}`,
    },
  ({ unaskedIn }) =>
    unaskedIn.length > 0 && {
      ...{ ...UNLIMITED, verdict: 'not shown' },
      reason: `it was not asked in ${unaskedIn.join(' and ')}`,
      remedy: 'the calls that were skipped (--resume)',
    },
  ({ answered, refusedIn, unaskedIn }) =>
    answered === 0 &&
    refusedIn.length + unaskedIn.length === 0 && {
      ...{ ...UNLIMITED, verdict: 'broken', reason: 'it answered no call' },
    },
  ({ quality }) =>
    quality?.value === 0 && {
      ...{ ...UNLIMITED, verdict: 'broken' },
      reason: 'no answer met anything that was expected: a good one would cost without end',
    },
  (figures, { maxP95Ms }) => {
    if (maxP95Ms === undefined || figures.answered === 0) return false;
    return atMost(figures.p95Ms, {
      ...{
        constraint: '--max-p95',
        name: 'p95',
        limit: maxP95Ms,
        show: (ms) => `${ms.toFixed(0)} ms`,
        digits: 0,
      },
      remedy: () =>
        figures.p95Ms?.interval.upper === null ? runsFor(callsToBoundP95(figures), figures) : 'more --runs',
    });
  },
  (figures, { maxCostPer1k }) => {
    if (maxCostPer1k === undefined || figures.answered === 0) return false;
    return atMost(figures.costPer1k, {
      ...{ constraint: '--max-cost-per-1k', name: 'cost of 1,000 answers', limit: maxCostPer1k },
      ...{ show: (usd) => `${usd.toFixed(4)} USD`, digits: 4 },
      remedy: () =>
        figures.costPer1k === null ? 'a --price for it, and tokens that Bedrock reports,' : 'more --runs',
    });
  },
  ({ quality, answered, tail }, { minQuality = 0 }) => {
    if (minQuality === 0 || answered === 0) return false;
    const constraint = '--min-quality';
    if (quality === null) {
      const reason = 'its quality is not known: no question of this type expects anything';
      return {
        constraint,
        verdict: 'not shown',
        reason,
        wouldPass: null,
        remedy: 'questions that `expect` something',
      };
    }
    const { value, interval } = quality;
    const [lower, upper] = [interval.lower ?? 0, interval.upper ?? 1];
    if (lower >= minQuality) return false;
    const isBroken = upper < minQuality;
    const enough = trialsToShow((trials) => isBelowRate(minQuality, value * trials, trials, tail));
    return {
      ...{ constraint, verdict: isBroken ? 'broken' : 'not shown', wouldPass: roundDown(lower) },
      reason: `${percent(value)} of expectations met [${percent(lower)}, ${percent(upper)}], ${
        isBroken ? 'less than' : 'not shown to be at least'
      } ${percent(minQuality)}`,
      remedy:
        value > minQuality && enough !== null ? `about ${counted(enough, 'question')} of this type` : null,
    };
  },
  (figures, { maxFailureRate }) => {
    const { failureRate, tail } = figures;
    if (failureRate === null) return false;
    return atMost(failureRate, {
      ...{ constraint: '--max-failure-rate', name: 'calls throttled or failed:', limit: maxFailureRate },
      ...{ show: percent, digits: 2 },
      remedy: () => {
        const calls = trialsToShow((trials) =>
          isAboveRate(maxFailureRate, failureRate.value * trials, trials, tail),
        );
        return calls === null ? 'more --runs' : runsFor(calls, figures);
      },
    });
  },
];

/** @returns every constraint that the model is not shown to fulfil */
export const violations = (figures: ModelFigures, constraints: Constraints): readonly Violation[] =>
  CHECKS.map((check) => check(figures, constraints)).filter((violation) => violation !== false);

interface Limit {
  readonly constraint: string;
  readonly name: string;
  readonly limit: number;
  readonly show: (amount: number) => string;
  /** Digits after the point to which a limit is told. */
  readonly digits: number;
  readonly remedy: () => string;
}

function atMost(
  figure: Estimate | null,
  { constraint, name, limit, show, digits, remedy }: Limit,
): Violation | false {
  if (figure === null) {
    const reason = `its ${name} is not known`;
    return { constraint, verdict: 'not shown', reason, wouldPass: null, remedy: remedy() };
  }
  const { value, interval } = figure;
  const { lower, upper } = interval;
  if (upper !== null && upper <= limit) return false;
  const isBroken = lower !== null && lower > limit;
  const ends = [lower, upper].map((end) => (end === null ? '?' : show(end)));
  return {
    ...{ constraint, verdict: isBroken ? 'broken' : 'not shown' },
    reason: `${name} ${show(value)} [${ends.join(', ')}], ${isBroken ? 'more than' : 'not shown to be at most'} ${show(limit)}`,
    wouldPass: upper === null ? null : roundUp(upper, digits),
    remedy: value < limit ? remedy() : null,
  };
}

/** Answers from which on the largest of them bounds a p95: fewer have none above it too often. */
const callsToBoundP95 = ({ tail }: ModelFigures): number => Math.ceil(Math.log(tail) / Math.log(0.95));

const runsFor = (calls: number, { questions }: ModelFigures): string =>
  `about ${counted(calls, 'call')} of this type (--runs ${Math.ceil(calls / Math.max(1, questions))} with these questions)`;

/** More than these are not asked for. */
const MANY_TRIALS = 100_000;

/** @returns the least number of trials that show something if the share stays what it is; null where hardly any do */
function trialsToShow(isShown: (trials: number) => boolean): number | null {
  if (!isShown(MANY_TRIALS)) return null;
  return firstWhere(1, MANY_TRIALS, isShown);
}

const roundUp = (value: number, digits: number): number =>
  Math.ceil(value * 10 ** digits - 1e-9) / 10 ** digits;
const roundDown = (share: number): number => Math.floor(share * 100 + 1e-9) / 100;
