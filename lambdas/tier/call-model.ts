import { setTimeout as sleep } from 'node:timers/promises';
import { classifyFailure, type FailureClass } from '../../contract/bedrock-failures';
import type { ModelReply } from './converse';
import { REACTIONS } from './reactions';

export type CallResult = { readonly reply: ModelReply } | { readonly failure: FailureClass };

export interface CallOptions {
  /** One attempt; its signal aborts at the deadline. */
  readonly attempt: (signal: AbortSignal) => Promise<ModelReply>;
  /** Epoch milliseconds at which the call must have ended, retries included. */
  readonly deadline: number;
  /** @default - as many as the table of reactions says */
  readonly maxRetries?: number;
  /** Told of each attempt that failed, `attempt` counting from 1. */
  readonly onFailure: (failure: FailureClass, attempt: number) => void;
  /** In [0, 1): the jitter of a back-off. */
  readonly random?: () => number;
  /** Told before each further attempt. */
  readonly onRetry?: () => void;
}

/** Back-off before the second attempt, spread over its whole length. */
const BACKOFF_MS = 400;

/** With less time than this left, a call is not worth starting. */
const USEFUL_CALL_MS = 300;

/** Calls a model within a deadline. The system's only retries of a model happen here, as the table says. */
export async function callModel(options: CallOptions): Promise<CallResult> {
  const { attempt, deadline, onFailure, maxRetries = Infinity, random = Math.random } = options;
  for (let count = 1; ; count += 1) {
    const left = deadline - Date.now();
    if (left < USEFUL_CALL_MS) return { failure: 'timeout' };
    // Not AbortSignal.timeout, whose timer would live on for the whole deadline after each answer.
    const abort = new AbortController();
    const timer = setTimeout(() => {
      abort.abort();
    }, left);
    try {
      return { reply: await attempt(abort.signal) };
    } catch (error) {
      const failure = classifyFailure(error, abort.signal.aborted);
      onFailure(failure, count);
      const delay = retryAfterMs(error, Date.now()) ?? BACKOFF_MS * random();
      const retryFits = Date.now() + delay + USEFUL_CALL_MS <= deadline;
      const retries = Math.min(REACTIONS[failure].retries, maxRetries);
      if (count > retries || !retryFits) return { failure };
      await sleep(delay);
      options.onRetry?.();
    } finally {
      clearTimeout(timer);
    }
  }
}

/** @returns milliseconds that the service asks to wait, where its answer says so in seconds or as a date */
export function retryAfterMs(error: unknown, now: number): number | undefined {
  const headers = (error as { $response?: { headers?: Record<string, string> } } | undefined)?.$response
    ?.headers;
  const value = headers?.['retry-after'];
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
