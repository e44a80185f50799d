import type { Plan } from '../result/plan';
import type { Call, PricesUsed, SkippedCall } from '../result/result';
import type { ModelCaller } from './caller/model-caller';
import type { RunClock } from './clock';
import type { Interruption } from './interruption';
import { makeCall } from './make-call';
import { RateLimiter } from './rate-limiter';
import type { PlannedCall } from './schedule';
import type { Spend } from './spend/spend';
import { worstCaseUsd } from './spend/worst-case';

export interface RunOptions {
  readonly plan: Pick<Plan, 'concurrency' | 'rate' | 'deadlineMs' | 'inference'>;
  readonly prices: Pick<PricesUsed, 'entries'>;
  readonly spend: Spend;
  readonly call: ModelCaller;
  readonly clock: RunClock;
  readonly interruption: Interruption;
  /** Told of each call that has ended, in that order. */
  readonly onCall: (call: Call) => void;
  /** Told of each call that was not made. */
  readonly onSkipped: (planned: PlannedCall, reason: SkippedCall['reason']) => void;
}

/**
 * Makes calls in their order, as many at a time as the plan says: a closed loop, in which a slow model is asked less
 * often. What a call waits for before it is sent (its turn, the rate, the money) is no part of its latency.
 * @returns when all calls have ended or were skipped
 */
export async function runCalls(calls: readonly PlannedCall[], options: RunOptions): Promise<void> {
  const { plan, prices, spend, clock, interruption, onCall, onSkipped } = options;
  const limiter = new RateLimiter(plan.rate, clock);
  const queue = calls[Symbol.iterator]();

  const make = async (planned: PlannedCall): Promise<void> => {
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
    const call = await makeCall(planned, { ...options, price, reservation });
    if (call === null) onSkipped(planned, 'interrupted');
    else onCall(call);
  };

  const caller = async (): Promise<void> => {
    for (const planned of queue) await make(planned);
  };
  await Promise.all(Array.from({ length: plan.concurrency }, caller));
}
