import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Hangup, Reply } from '../../../platform/http/server';
import type { FaultEffect } from '../../../platform/faults/effects';
import { withEffect } from '../../../platform/faults/with-effect';

/** A reset makes the caller's kernel drop what it has not handed over yet: it needs time to read the half. */
const BEFORE_RESET_MS = 50;

/**
 * Answers a request under a fault's effect, as `withEffect` does, with bodies of any size.
 * @throws AwsError of an `error` effect, and whatever `answer` throws
 */
export async function answerUnder(
  effect: FaultEffect | undefined,
  answer: () => Promise<Reply>,
  signal: AbortSignal,
): Promise<Reply | Hangup> {
  if (effect?.kind !== 'cut') return withEffect(effect, answer, signal);
  const reply = await answer();
  return reply.body instanceof Readable
    ? { ...reply, body: firstHalf(reply.body, Number(reply.headers?.['content-length']) / 2, signal) }
    : withEffect(effect, async () => Promise.resolve(reply), signal);
}

async function* firstHalf(body: Readable, bytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let left = Math.floor(bytes);
  for await (const piece of body as AsyncIterable<Uint8Array>) {
    yield piece.subarray(0, left);
    left -= Math.min(left, piece.length);
    if (left === 0) break;
  }
  await delay(BEFORE_RESET_MS, undefined, { signal });
  throw new Error('The reply ends here on purpose.');
}
