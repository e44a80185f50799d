import type { Api, Inference } from '../../result/plan';

export interface ModelRequest {
  readonly model: string;
  readonly region: string;
  readonly api: Api;
  readonly system?: string | undefined;
  readonly question: string;
  readonly maxTokens: number;
  readonly inference?: Inference | undefined;
}

/** Milliseconds of the engine's clock. */
export interface Timing {
  /** When the request, serialized and signed, was handed to the connection. */
  readonly sentAt: number;
  /** When the first piece of text of a stream was there. */
  readonly firstTextAt?: number | undefined;
  readonly endedAt: number;
}

/** As Bedrock reports them. */
export interface Usage {
  /** Without those of the cache. */
  readonly inputTokens: number;
  /** Reasoning included. */
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
}

export interface Answered {
  readonly outcome: 'answered';
  readonly timing: Timing;
  readonly text: string;
  readonly stopReason: string;
  readonly usage?: Usage | undefined;
}

export interface Failed {
  readonly outcome: 'throttled' | 'error';
  readonly timing: Timing;
  readonly errorName: string;
  readonly status?: number | undefined;
  /** Whether no model ran, so that it costs nothing: the service denied the request, or never saw it. */
  readonly refused: boolean;
  /** Bedrock's own words where it does not call this model there for us, whatever it is asked. */
  readonly unusableModel?: string | undefined;
}

export type CallOutcome = Answered | Failed;

/** One attempt to have one request answered; a failure is an outcome, too. It ends soon after the signal is aborted. */
export type ModelCaller = (request: ModelRequest, signal: AbortSignal) => Promise<CallOutcome>;
