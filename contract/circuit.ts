/** When a circuit opens, for how long, and what closes it: `context.assistant.circuit` in cdktf.json. */
export interface CircuitSettings {
  /** Failures of all instances together, within the window, that open the circuit. */
  readonly failures: number;
  /** Share of an instance's own calls within the window that opens it, 0 to 1. */
  readonly failureRate: number;
  /** Calls that an instance must have made within the window before its rate says anything. */
  readonly minimumCalls: number;
  readonly windowSeconds: number;
  /** Until the first probe; doubled by each failed one. */
  readonly openSeconds: number;
  /**
   * By default 15: a model that was away for a minute is used again within 30 s of its return, which is one probe
   * that still met the silence, this back-off after it, and the next question. It costs one caller in 15 s the wait.
   */
  readonly maxOpenSeconds: number;
  /** Good probes in a row that close it. */
  readonly goodProbes: number;
}

/** A model's circuit in one region: an item of the table that all instances share. Times are epoch milliseconds. */
export interface Circuit {
  /** The table's key: the model's id as ModelConfig names it. */
  readonly model: string;
  /** Counts writes; each is made on condition that there was none since the item was read. */
  readonly version: number;
  /** An open circuit whose time is up is half-open: it lets one probe through. */
  readonly state: 'closed' | 'open';
  /** Failures since `windowStart`, while closed. */
  readonly failures: number;
  readonly windowStart: number;
  /** When the next probe may go, while open. */
  readonly openUntil: number;
  /** While open: from then on it counts as closed, since nobody has asked its model for a whole window. */
  readonly forgottenAt?: number;
  /** Failed probes since it opened: the exponent of the back-off. */
  readonly failedProbes: number;
  readonly goodProbes: number;
  /** How often good probes or an operator have closed it: a failure is of the time since one closing. */
  readonly closings: number;
  /** Whose probe is under way, and when it is taken for lost. */
  readonly lease?: { readonly owner: string; readonly until: number };
  /** An operator has opened it: no probe goes before an operator closes it. */
  readonly forced?: boolean;
}

/** Half-open: the time is up, and one probe at a time finds out whether the model is back. */
export type Phase = 'closed' | 'open' | 'half_open';

/** The circuit of a model that has never failed; the table has no item of it. */
export const untouched = (model: string): Circuit => ({
  model,
  version: 0,
  state: 'closed',
  failures: 0,
  windowStart: 0,
  openUntil: 0,
  failedProbes: 0,
  goodProbes: 0,
  closings: 0,
});

export function phaseOf(circuit: Circuit, now: number): Phase {
  const { state, openUntil, forced } = asOf(circuit, now);
  if (state === 'closed') return 'closed';
  return forced === true || now < openUntil ? 'open' : 'half_open';
}

/**
 * An open circuit knows as little of a whole window ago as a closed one. A fallback's, above all, is asked by nobody
 * while its primary serves: when that fails, all callers come at once, and one probe at a time would leave the rest
 * without an answer.
 */
export const asOf = (circuit: Circuit, now: number): Circuit =>
  now >= (circuit.forgottenAt ?? Infinity) ? closed(circuit) : circuit;

/** An operator's word: it holds whatever the circuit's state is, and an opening until the operator closes it. */
export function forced(circuit: Circuit, to: 'open' | 'closed'): Circuit {
  const version = circuit.version + 1;
  if (to === 'closed') return { ...closed(circuit), version };
  return { ...untouched(circuit.model), version, closings: circuit.closings, state: to, forced: true };
}

/** As if its model had never failed. */
export const closed = ({ model, version, closings }: Circuit): Circuit => ({
  ...untouched(model),
  version,
  closings: closings + 1,
});

/** The table's key, and the attribute by which DynamoDB forgets what nobody has touched for long. */
export const CIRCUIT_KEY = 'model';
export const CIRCUIT_TTL = 'expiresAt';

/** @returns the table's name, the same in each region */
export const circuitTableName = (project: string): string => `${project}-circuits`;
