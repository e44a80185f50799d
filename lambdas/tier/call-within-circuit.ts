import type { FailureClass } from '../../contract/bedrock-failures';
import type { Phase } from '../../contract/circuit';
import type { ModelRule } from '../../contract/model-config';
import { callModel, type CallResult } from './call-model';
import type { CallOutcome, CircuitBreaker } from './circuit/circuit-breaker';
import { converseInput, readReply, type ModelReply, type SendConverse } from './converse';
import { REACTIONS } from './reactions';
import type { Log, Metrics } from './telemetry';

/** One tier's try to answer. */
export interface TierCall {
  readonly tier: 'primary' | 'fallback';
  readonly rule: ModelRule;
  readonly question: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** What log lines of this request carry. */
  readonly seen: Readonly<Record<string, unknown>>;
}

export type TierCallResult = (
  | { readonly reply: ModelReply; /** Of the attempt that answered. */ readonly latencyMs: number }
  | { readonly failure: FailureClass | 'circuit_open' }
) & { readonly circuit: Phase };

export interface ModelAccess {
  readonly circuits: CircuitBreaker;
  readonly converse: SendConverse;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** Calls the tier's model if its circuit lets the call through, and tells the circuit how it ended. */
export async function callWithinCircuit(access: ModelAccess, call: TierCall): Promise<TierCallResult> {
  const model = call.rule[call.tier];
  const permit = await access.circuits.permit(model.modelId, call.deadline - Date.now());
  if (permit === undefined) return { failure: 'circuit_open', circuit: 'open' };
  let attemptBegan = 0;
  const result = await callModel({
    attempt: async (signal) => {
      attemptBegan = Date.now();
      return readReply(await access.converse(converseInput({ ...call, model }), signal));
    },
    deadline: call.deadline,
    onFailure: (failure, attempt) => {
      tellOperators(access, failure, {
        ...call.seen,
        circuit: permit.phase,
        failure,
        attempt,
        durationMs: Date.now() - attemptBegan,
      });
    },
    onRetry: () => {
      access.metrics.countRetry(model.modelId);
    },
    // A probe is one call.
    ...(permit.phase === 'half_open' && { maxRetries: 0 }),
  });
  const latencyMs = Date.now() - attemptBegan;
  await permit.settle(outcomeOf(result));
  return { ...result, latencyMs, circuit: permit.phase };
}

function tellOperators(
  { log, metrics }: ModelAccess,
  failure: FailureClass,
  fields: Readonly<Record<string, unknown>>,
): void {
  const { alarms } = REACTIONS[failure];
  log(alarms ? 'ERROR' : 'WARN', 'model_call_failed', fields);
  if (alarms) metrics.countAttention();
}

function outcomeOf(result: CallResult): CallOutcome {
  if ('reply' in result) return 'good';
  return REACTIONS[result.failure].counts ? 'bad' : 'void';
}
