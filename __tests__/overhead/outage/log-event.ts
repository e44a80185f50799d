/** What the functions log of a model's failures and of its circuit; times are epoch milliseconds. */
export type LogEvent = CircuitTransition | FailedCall | Refusal;

export interface CircuitTransition {
  readonly kind: 'transition';
  readonly at: number;
  readonly model: string;
  readonly from: string;
  readonly to: string;
}

export interface FailedCall {
  readonly kind: 'failed_call';
  /** When the call began. */
  readonly at: number;
  readonly durationMs: number;
  readonly model: string;
  /** Phase of the circuit that let the call through: `half_open` for a probe. */
  readonly circuit: string;
  readonly failure: string;
}

/** A call that the circuit refused, by an instance that knew it to be open. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly at: number;
  readonly model: string;
}

/** Most lines are none of them, and are not worth parsing. */
const MARKS = ['"message":"circuit_transition"', '"message":"model_call_failed"', '"failure":"circuit_open"'];

interface LogLine {
  readonly message: string;
  readonly timestamp: string;
  readonly model: string;
  readonly from: string;
  readonly to: string;
  readonly circuit: string;
  readonly failure: string;
  readonly durationMs: number;
}

/** @returns undefined for every other line */
export function parseLogEvent(line: string): LogEvent | undefined {
  if (!MARKS.some((mark) => line.includes(mark))) return undefined;
  const { message, timestamp, model, ...fields } = JSON.parse(line) as LogLine;
  const at = Date.parse(timestamp);
  const { from, to, circuit, failure, durationMs } = fields;
  switch (message) {
    case 'circuit_transition':
      return { kind: 'transition', at, model, from, to };
    case 'model_call_failed':
      return { kind: 'failed_call', at: at - durationMs, durationMs, model, circuit, failure };
    default:
      return { kind: 'refusal', at, model };
  }
}
