import { setTimeout as delay } from 'node:timers/promises';
import type { StopReason } from '@aws-sdk/client-bedrock-runtime';
import { AwsError } from '../http/aws-error';
import type { Hangup, Reply } from '../http/server';

/** What becomes of a stream of events that has begun well. */
export type StreamFate =
  /** nothing more comes, and the connection stays open */
  | 'silence'
  /** it ends as if it were complete */
  | 'end'
  /** the next event's checksum is wrong */
  | 'corrupt'
  /** an exception in an event of its own, by its member's name in the service's model; the status, 200, is out */
  | { readonly type: string; readonly message: string };

/** What a fault does to a request that it hits. */
export type FaultEffect =
  | {
      readonly kind: 'error';
      readonly status: number;
      /** exception name, as the service's protocol writes it */
      readonly type: string;
      readonly message: string;
      /** seconds, sent as the header `Retry-After` */
      readonly retryAfter?: number | undefined;
    }
  /** accepts the request and never answers */
  | { readonly kind: 'silence' }
  /** resets the connection (RST) before any byte of an answer */
  | { readonly kind: 'reset' }
  /** resets it after the headers and the first half of a valid body */
  | { readonly kind: 'cut' }
  /** answers as usual, `ms` milliseconds later */
  | { readonly kind: 'delay'; readonly ms: number }
  /** sends headers and then a byte every `ms` milliseconds, without end */
  | { readonly kind: 'drip'; readonly ms: number }
  /** answers 200 with a body that is none of the service's */
  | { readonly kind: 'body'; readonly contentType: string; readonly body: string }
  /** a model that ends like this; without a text, on the first half of what it would have said */
  | { readonly kind: 'answer'; readonly stopReason: StopReason; readonly text?: string }
  /** a stream that goes wrong after so many events, or before its last; a reply in one piece comes as usual */
  | { readonly kind: 'stream'; readonly events: number; readonly fate: StreamFate }
  /** the request is answered as usual, and the job that it starts fails with this message */
  | { readonly kind: 'job'; readonly failureMessage: string };

/** A call that has reached a service, as far as faults tell calls apart. */
interface InterceptedCall {
  /** model ID as the caller writes it */
  readonly model?: string;
}

/** What a service asks of each call that it receives: what is wrong with it, if anything. */
export type Intercept = (call?: InterceptedCall) => FaultEffect | undefined;

/** Numbers of an effect that a fault's request may set; only where the mode's row has them. */
export const EFFECT_FIELDS = ['ms', 'retryAfter', 'events'] as const;

export const error = (status: number, type: string, message: string) =>
  ({ kind: 'error', status, type, message }) as const;

/**
 * Answers a request under a fault's effect.
 * @param answer what the service would have answered; `answer`, `stream` and `job` effects are its own affair
 * @param signal aborted when the caller has hung up
 * @throws AwsError of an `error` effect, and whatever `answer` throws
 */
export async function withEffect(
  effect: FaultEffect | undefined,
  answer: () => Promise<Reply> | Reply,
  signal: AbortSignal,
): Promise<Reply | Hangup> {
  switch (effect?.kind) {
    case undefined:
    case 'answer':
    case 'stream':
    case 'job':
      return answer();
    case 'error':
      throw exception(effect);
    case 'silence':
    case 'reset':
      return effect.kind;
    case 'body':
      return { status: 200, headers: { 'content-type': effect.contentType }, body: effect.body };
    case 'drip':
      return { status: 200, body: blanks(effect.ms, signal) };
    case 'cut':
      return cutInHalf(await answer(), signal);
    case 'delay': {
      // Waits after the work, as the harder case for a caller who gives up: what was asked for has been done.
      const reply = await answer();
      await delay(effect.ms, undefined, { signal });
      return reply;
    }
  }
}

/**
 * A call within this process, under a fault's effect: returns where the service may go on.
 * @param errorOf words what the service answers as its caller sees it; effects that have no meaning here leave the
 * caller without an answer, which is an error to it
 * @throws what `errorOf` makes of it
 */
export async function passEffect(
  effect: FaultEffect,
  signal: AbortSignal | undefined,
  errorOf: (error: { readonly status: number; readonly type: string; readonly message: string }) => Error,
): Promise<void> {
  if (effect.kind === 'error') throw errorOf(effect);
  if (effect.kind === 'silence') return untilAborted(new Promise<never>(() => undefined), signal);
  if (effect.kind !== 'delay') {
    throw errorOf({ status: 503, type: 'ServiceUnavailable', message: 'The service does not answer.' });
  }
  await delay(effect.ms, undefined, { signal });
}

function exception({ status, type, message, retryAfter }: FaultEffect & { kind: 'error' }): AwsError {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return new AwsError(status, type, message, {}, headers);
}

/** A reset makes the caller's kernel drop what it has not handed over yet: it needs time to read the half. */
export const BEFORE_RESET_MS = 50;

/** Promises the whole body, sends the first half of it and resets the connection. */
function cutInHalf(reply: Reply, signal: AbortSignal): Reply {
  const { body } = reply;
  const whole = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
  return {
    ...reply,
    headers: { ...reply.headers, 'content-length': String(whole.length) },
    body: firstHalf(whole, signal),
  };
}

async function* firstHalf(whole: Buffer, signal: AbortSignal): AsyncGenerator<Buffer> {
  yield whole.subarray(0, whole.length / 2);
  await delay(BEFORE_RESET_MS, undefined, { signal });
  throw new Error('The reply ends here on purpose.');
}

/** Sends a blank every `ms` milliseconds: a valid beginning of any JSON document, and never more than that. */
async function* blanks(ms: number, signal: AbortSignal): AsyncGenerator<string> {
  for (;;) {
    yield ' ';
    await delay(ms, undefined, { signal });
  }
}

/** Waits for a result or for the signal, whichever comes first; rejects with the signal's reason. */
export async function untilAborted<Result>(
  result: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (!signal) return result;
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
