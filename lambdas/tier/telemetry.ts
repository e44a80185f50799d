import type { Tier, Usage } from '../../contract/api';
import type { FailureClass } from '../../contract/bedrock-failures';
import type { Source } from '../../contract/workflow';

export type Level = 'INFO' | 'WARN' | 'ERROR';

/** Fields name and count things; a customer's text and a model's answer are never among them. */
export interface LogLine {
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes one structured line. */
export type Log = (level: Level, message: string, fields: LogLine['fields']) => void;

/** What is logged of an error: its name, where that is a plain one. All else may quote a secret, or a customer. */
export function nameOf(error: unknown): string {
  const { name } = (error ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' && /^[A-Za-z]\w{0,63}$/.test(name) ? name : 'unknown';
}

export interface Metrics {
  /**
   * An answer went out: one line has what is logged of it and all its metrics, for the region as a whole and by what
   * it came from.
   * @param from absent where no model answered; the latency is of the attempt that did, and what it used of the time
   * until the tier's deadline is in percent, where that bounds it
   * @param isOfCaller its caller alone can have brought about that no model answered
   */
  countAnswer(
    tier: Tier,
    source: Source,
    line: LogLine,
    from?: {
      readonly model: string;
      readonly latencyMs: number;
      readonly deadlineUsed?: number | undefined;
      readonly usage: Usage;
    },
    isOfCaller?: boolean,
  ): void;
  /**
   * A stream broke off in the middle of its answer: one line as of an answer, which it was not.
   * @param isOfCaller who can have brought it about alone
   */
  countInterruption(tier: Tier, line: LogLine, isOfCaller: boolean): void;
  /** The guardrail stopped a question or an answer, or masked some of it: an answer, which is counted as well. */
  countIntervention(tier: Tier): void;
  countRetry(model: string): void;
  countFallback(tier: Tier, reason: string): void;
  countTransition(model: string, to: string): void;
  /** A failure that does not pass by itself; `questions`, where callers can bring it about. */
  countAttention(of: 'model' | 'questions'): void;
  /** A caller was refused, whose tokens of the day are spent: one line for both, who asks in a loop makes many. */
  countTokensSpent(line: LogLine): void;
  /** A caller's tokens could not be looked up or counted. */
  readonly countUsageFailure: () => void;
  /** A circuit could not be read or written. */
  readonly countCircuitStoreFailure: () => void;
  /** A conversation could not be read or kept. */
  readonly countConversationFailure: () => void;
  /** The rules could not be asked for, or not be read. */
  readonly countConfigurationFailure: () => void;
}

/** One call of a model, which has ended, or which its circuit has spared. */
export interface ModelCall {
  readonly model: string;
  readonly tier: Tier;
  /** Counts from 1; 0 where it was not called: its circuit was open, or too little time was left. */
  readonly attempt: number;
  /** Epoch milliseconds. */
  readonly began: number;
  readonly firstSignMs?: number | undefined;
  readonly failure?: FailureClass | 'circuit_open';
  readonly reply?: { readonly stopReason: string; readonly usage: Usage };
}

/** Puts a call into the request's trace, where that is recorded. */
export type TraceModelCall = (call: ModelCall) => void;
