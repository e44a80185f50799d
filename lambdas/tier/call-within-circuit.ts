import type { FailureClass } from '../../contract/bedrock-failures';
import type { Phase } from '../../contract/circuit';
import type { Turn } from '../../contract/conversation';
import type { Guardrail } from '../../contract/guardrail';
import type { ModelRule } from '../../contract/model-config';
import type { Source } from '../../contract/workflow';
import { callModel, type Reader } from './call-model';
import type { CallOutcome, CircuitBreaker } from './circuit/circuit-breaker';
import type { AskedRule, Bedrock, ModelReply } from './converse';
import { REACTIONS } from './reactions';
import { nameOf, type Log, type Metrics, type ModelCall, type TraceModelCall } from './telemetry';

/** One tier's try to answer. */
export interface TierCall {
  readonly tier: 'primary' | 'fallback';
  readonly source: Source;
  readonly rule: ModelRule & AskedRule;
  readonly question: string;
  readonly turns: readonly Turn[];
  /** What the caller has been shown of an answer that broke off, to go on from. */
  readonly said?: string | undefined;
  /** A caller who reads along. */
  readonly reader?: Reader | undefined;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly onUsage: (tokens: number) => void;
  /** What log lines of this request carry. */
  readonly seen: Readonly<Record<string, unknown>>;
}

export type TierCallResult = (
  | { readonly reply: ModelReply; /** Of the attempt that answered. */ readonly latencyMs: number }
  | { readonly failure: FailureClass | 'circuit_open' }
) & { readonly circuit: Phase };

export interface ModelAccess {
  readonly circuits: CircuitBreaker;
  readonly bedrock: Bedrock;
  readonly unstreamed: Set<string>;
  readonly maxRetryAfterMs: number;
  readonly guardrail: Guardrail | undefined;
  /** Milliseconds that the tier has at the least. */
  readonly leastMs: number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where calls are traced. */
  readonly trace?: TraceModelCall | undefined;
}

/** Calls the tier's model if its circuit lets the call through, and tells the circuit how it ended. */
export async function callWithinCircuit(access: ModelAccess, call: TierCall): Promise<TierCallResult> {
  const { bedrock, unstreamed, maxRetryAfterMs, leastMs, guardrail } = access;
  const { rule, question, turns, said, reader, deadline, onUsage } = call;
  const model = rule[call.tier];
  const permit = await access.circuits.permit(model.modelId, deadline - Date.now(), call.source);
  let attempt = begin(0);
  const trace = (ended: Pick<ModelCall, 'failure' | 'reply'>) => {
    const { count, isTraced, ...times } = attempt;
    if (!isTraced)
      access.trace?.({ model: model.modelId, tier: call.tier, attempt: count, ...times, ...ended });
    attempt.isTraced = true;
  };
  if (permit === undefined) {
    trace({ failure: 'circuit_open' });
    return { failure: 'circuit_open', circuit: 'open' };
  }
  let outcome: CallOutcome = 'void';
  try {
    const result = await callModel({
      bedrock,
      unstreamed,
      maxRetryAfterMs,
      guardrail,
      leastMs,
      model,
      rule,
      question,
      turns,
      said,
      reader,
      deadline,
      onUsage,
      onAttempt: (count) => {
        attempt = begin(count);
        if (count > 1) access.metrics.countRetry(model.modelId);
      },
      onSign: () => {
        attempt.firstSignMs = Date.now() - attempt.began;
        permit.heard();
      },
      onFailure: (failure, count, error) => {
        const durationMs = Date.now() - attempt.began;
        trace({ failure });
        const fields = {
          ...call.seen,
          circuit: permit.phase,
          failure,
          // Somebody has to find out what it is.
          ...(failure === 'unknown' && { error: nameOf(error) }),
          attempt: count,
          durationMs,
        };
        tellOperators(access, { failure, source: call.source }, fields);
      },
      // A probe is one call.
      ...(permit.phase !== 'closed' && { maxRetries: 0 }),
    });
    outcome = result.failure === undefined ? 'good' : REACTIONS[result.failure].counts;
    const latencyMs = Date.now() - attempt.began;
    trace(result);
    const { phase: circuit } = permit;
    return 'reply' in result
      ? { reply: result.reply, latencyMs, circuit }
      : { failure: result.failure, circuit };
  } finally {
    // Whatever went wrong: a probe gives its lease back.
    await permit.settle(outcome);
  }
}

const begin = (count: number) => ({
  count,
  began: Date.now(),
  firstSignMs: undefined as number | undefined,
  isTraced: false,
});

function tellOperators(
  { log, metrics }: ModelAccess,
  { failure, source }: { readonly failure: FailureClass; readonly source: Source },
  fields: Readonly<Record<string, unknown>>,
): void {
  const { alarms, cause } = REACTIONS[failure];
  log(alarms ? 'ERROR' : 'WARN', 'model_call_failed', fields);
  if (!alarms) return;
  // Nobody chooses what the canary asks: what is refused of it, the rules have brought about.
  const byCallers = cause === 'load' || (cause === 'caller' && source === 'caller');
  metrics.countAttention(byCallers ? 'questions' : 'model');
}
