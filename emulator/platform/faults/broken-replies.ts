import { setTimeout as delay } from 'node:timers/promises';
import type { Reply } from '../http/server';

/** A reset makes the caller's kernel drop what it has not handed over yet: it needs time to read the half. */
export const BEFORE_RESET_MS = 50;

/** Promises the whole body, sends the first half of it and resets the connection. */
export function cutInHalf(reply: Reply, signal: AbortSignal): Reply {
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
export function dripping(ms: number, signal: AbortSignal): Reply {
  return { status: 200, body: blanks(ms, signal) };
}

async function* blanks(ms: number, signal: AbortSignal): AsyncGenerator<string> {
  for (;;) {
    yield ' ';
    await delay(ms, undefined, { signal });
  }
}
