import type { Plan } from '../result/plan';
import type { Call, PricesUsed, SkippedCall } from '../result/result';
import type { CallOutcome, ModelCaller } from './caller/model-caller';
import type { RunClock, Interruption } from './clock';
import { makeCall } from './make-call';
import { RateLimiter } from './rate-limiter';
import type { PlannedCall } from './schedule';
import type { Spend } from './spend/spend';
import { worstCaseUsd } from './spend/estimate';

interface RunOptions {
  readonly plan: Pick<Plan, 'concurrency' | 'rate' | 'deadlineMs' | 'inference'>;
  readonly prices: Pick<PricesUsed, 'entries'>;
  readonly spend: Spend;
  readonly call: ModelCaller;
  readonly clock: RunClock;
  readonly interruption: Interruption;
  /** What was found of models in regions; shared by the parts of a run. */
  readonly models: KnownModels;
  /** Told of each call that has ended, in that order. */
  readonly onCall: (call: Call) => void;
  /** Told of each call that was not made. */
  readonly onSkipped: (planned: PlannedCall, reason: SkippedCall['reason']) => void;
}

type Place = Pick<PlannedCall, 'model' | 'region'>;

/**
 * Which models Bedrock calls where. The first call of each goes alone: a mistyped name is asked once, however many
 * callers there are.
 */
export class KnownModels {
  private readonly firstCalls = new Map<string, Promise<unknown>>();
  private readonly answering = new Set<string>();
  private readonly refusals = new Map<string, Place & { readonly words: string }>();

  /** @param onUnusable told once of each, with Bedrock's own words */
  constructor(private readonly onUnusable: (place: Place, words: string) => void) {}

  get unusable(): readonly (Place & { readonly words: string })[] {
    return [...this.refusals.values()];
  }

  isUnusable = (place: Place): boolean => this.refusals.has(keyOf(place));

  /** Waits for another call, if that is the model's first one. */
  first(place: Place, call: () => Promise<void>): Promise<void> {
    const earlier = this.firstCalls.get(keyOf(place));
    if (earlier !== undefined) return earlier.then(call);
    const made = call();
    this.firstCalls.set(keyOf(place), made);
    return made;
  }

  heard(place: Place, outcome: CallOutcome): void {
    const key = keyOf(place);
    if (outcome.outcome === 'answered') this.answering.add(key);
    // What has answered is usable: a refusal since then is a failure like others.
    else if (outcome.unusableModel !== undefined && !this.answering.has(key) && !this.refusals.has(key)) {
      const { model, region } = place;
      this.refusals.set(key, { model, region, words: outcome.unusableModel });
      this.onUnusable(place, outcome.unusableModel);
    }
  }
}

const keyOf = ({ model, region }: Place): string => `${region} ${model}`;

/**
 * Makes calls in their order, as many at a time as the plan says: a closed loop, in which a slow model is asked less
 * often. What a call waits for before it is sent (its turn, the rate, the money) is no part of its latency.
 * @returns when all calls have ended or were skipped
 */
export async function runCalls(calls: readonly PlannedCall[], options: RunOptions): Promise<void> {
  const { plan, prices, spend, clock, interruption, models, onCall, onSkipped } = options;
  const limiter = new RateLimiter(plan.rate, clock);
  const queue = calls[Symbol.iterator]();

  const call =
    (planned: PlannedCall): ModelCaller =>
    async (request, signal) => {
      const outcome = await options.call(request, signal);
      models.heard(planned, outcome);
      return outcome;
    };

  const make = async (planned: PlannedCall): Promise<void> => {
    if (models.isUnusable(planned)) {
      onSkipped(planned, 'no-such-model');
      return;
    }
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
    for (const planned of queue) await models.first(planned, () => make(planned));
  };
  await Promise.all(Array.from({ length: plan.concurrency }, caller));
}
