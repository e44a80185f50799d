import type { FailureClass } from '../../contract/bedrock-failures';
import type { Phase } from '../../contract/circuit';
import type { ModelRule } from '../../contract/model-config';
import type { CallOutcome, CircuitBreaker } from '../circuit/circuit-breaker';
import { log } from '../log';
import { countAttention, countRetry } from '../metrics';
import { callModel, type CallResult } from './call-model';
import { converse, type ModelReply } from './converse';
import { REACTIONS } from './reactions';

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

/** Calls the tier's model if its circuit lets the call through, and tells the circuit how it ended. */
export async function callWithinCircuit(circuits: CircuitBreaker, call: TierCall): Promise<TierCallResult> {
  const model = call.rule[call.tier];
  const permit = await circuits.permit(model.modelId, call.deadline - Date.now());
  if (permit === undefined) return { failure: 'circuit_open', circuit: 'open' };
  let attemptBegan = 0;
  const result = await callModel({
    attempt: (signal) => {
      attemptBegan = Date.now();
      return converse({ model, rule: call.rule, question: call.question, signal });
    },
    deadline: call.deadline,
    onFailure: (failure, attempt) => {
      tellOperators(failure, {
        ...call.seen,
        circuit: permit.phase,
        failure,
        attempt,
        durationMs: Date.now() - attemptBegan,
      });
    },
    onRetry: () => {
      countRetry(model.modelId);
    },
    // A probe is one call.
    ...(permit.phase === 'half_open' && { maxRetries: 0 }),
  });
  const latencyMs = Date.now() - attemptBegan;
  await permit.settle(outcomeOf(result));
  return { ...result, latencyMs, circuit: permit.phase };
}

function tellOperators(failure: FailureClass, fields: Readonly<Record<string, unknown>>): void {
  const { alarms } = REACTIONS[failure];
  log(alarms ? 'ERROR' : 'WARN', 'model_call_failed', fields);
  if (alarms) countAttention();
}

function outcomeOf(result: CallResult): CallOutcome {
  if ('reply' in result) return 'good';
  return REACTIONS[result.failure].counts ? 'bad' : 'void';
}
