import type { Plan } from '../result/plan';
import type { Call, PricesUsed, SkippedCall } from '../result/result';
import type { ModelCaller } from './caller/model-caller';
import type { RunClock, Interruption } from './clock';
import { makeCall } from './make-call';
import { RateLimiter } from './rate-limiter';
import type { PlannedCall } from './schedule';
import type { Spend } from './spend/spend';
import { worstCaseUsd } from './spend/estimate';

export interface RunOptions {
  readonly plan: Pick<Plan, 'concurrency' | 'rate' | 'deadlineMs' | 'inference'>;
  readonly prices: Pick<PricesUsed, 'entries'>;
  readonly spend: Spend;
  readonly call: ModelCaller;
  readonly clock: RunClock;
  readonly interruption: Interruption;
  /** By `modelIn`, models that Bedrock has been found not to have; what is found here is added. */
  readonly absent: Set<string>;
  /** Told once of each model and region, with Bedrock's own words. */
  readonly onAbsent: (planned: PlannedCall, words: string) => void;
  /** Told of each call that has ended, in that order. */
  readonly onCall: (call: Call) => void;
  /** Told of each call that was not made. */
  readonly onSkipped: (planned: PlannedCall, reason: SkippedCall['reason']) => void;
}

const modelIn = ({ model, region }: Pick<PlannedCall, 'model' | 'region'>): string => `${region} ${model}`;

/**
 * Makes calls in their order, as many at a time as the plan says: a closed loop, in which a slow model is asked less
 * often. What a call waits for before it is sent (its turn, the rate, the money) is no part of its latency.
 * @returns when all calls have ended or were skipped
 */
export async function runCalls(calls: readonly PlannedCall[], options: RunOptions): Promise<void> {
  const { plan, prices, spend, clock, interruption, onCall, onSkipped } = options;
  const limiter = new RateLimiter(plan.rate, clock);
  const queue = calls[Symbol.iterator]();

  const isAbsent = (planned: PlannedCall): boolean => {
    if (!options.absent.has(modelIn(planned))) return false;
    onSkipped(planned, 'no-such-model');
    return true;
  };
  const call =
    (planned: PlannedCall): ModelCaller =>
    async (request, signal) => {
      const outcome = await options.call(request, signal);
      if (outcome.outcome !== 'answered' && outcome.noSuchModel !== undefined) {
        if (!options.absent.has(modelIn(planned))) options.onAbsent(planned, outcome.noSuchModel);
        options.absent.add(modelIn(planned));
      }
      return outcome;
    };

  const make = async (planned: PlannedCall): Promise<void> => {
    if (isAbsent(planned)) return;
    const price = prices.entries[planned.model] ?? null;
    await limiter.take(planned.model, interruption.requested);
    if (interruption.requested.aborted) {
      onSkipped(planned, 'interrupted');
      return;
    }
    const reservation = await spend.reserve(price && worstCaseUsd(price, planned.question));
    if (reservation === null) {
      onSkipped(planned, 'spend-cap');
      return;
    }
    const made = await makeCall(planned, { ...options, call: call(planned), price, reservation });
    if (made === null) onSkipped(planned, 'interrupted');
    else onCall(made);
  };

  const caller = async (): Promise<void> => {
    for (const planned of queue) await make(planned);
  };
  await Promise.all(Array.from({ length: plan.concurrency }, caller));
}
