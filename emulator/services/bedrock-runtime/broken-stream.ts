import { setTimeout as delay } from 'node:timers/promises';
import { BEFORE_RESET_MS, untilAborted, withEffect } from '../../platform/faults/with-effect';
import type { FaultEffect, StreamFate } from '../../platform/faults/effects';
import type { Hangup, Reply } from '../../platform/http/server';
import type { EventStream } from './converse-stream';
import { EVENT_STREAM, exceptionFrame } from './event-stream';

/**
 * Answers a request with a stream of events, under a fault's effect.
 * @param answer what the service would have answered
 * @param signal aborted when the caller has hung up
 * @throws AwsError of an `error` effect, and whatever `answer` throws
 */
export async function withStreamEffect(
  effect: FaultEffect | undefined,
  answer: () => Promise<EventStream>,
  signal: AbortSignal,
): Promise<Reply | Hangup> {
  switch (effect?.kind) {
    case 'stream':
      return reply(goingWrong(await answer(), effect.events, effect.fate, signal));
    case 'cut':
      return reply(cutInTheMiddle(await answer(), signal));
    case 'drip':
      return reply(drippingBytes(await answer(), effect.ms, signal));
    default:
      return withEffect(effect, async () => reply((await answer()).frames), signal);
  }
}

const reply = (body: AsyncIterable<Uint8Array>): Reply => ({
  status: 200,
  headers: { 'content-type': EVENT_STREAM },
  body,
});

/**
 * A stream that goes wrong after `events` of its events, or before its last one where it has fewer.
 * @param signal aborted when the caller has hung up
 */
async function* goingWrong(
  { frames, count }: EventStream,
  events: number,
  fate: StreamFate,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const good = Math.min(events, count - 1);
  let sent = 0;
  for await (const frame of frames) {
    if (sent === good) {
      if (fate === 'silence') await never(signal);
      if (fate === 'end') return;
      if (typeof fate === 'object') {
        yield exceptionFrame({ type: fate.type, payload: { message: fate.message } });
        return;
      }
    }
    yield sent === good ? withWrongChecksum(frame) : frame;
    sent += 1;
  }
}

/** The last four bytes of a frame are the checksum of all others. */
const withWrongChecksum = (frame: Uint8Array): Uint8Array =>
  frame.map((byte, at) => (at === frame.length - 1 ? byte ^ 0xff : byte));

/** Half of the events and half of the next one; then the connection is reset. */
async function* cutInTheMiddle(
  { frames, count }: EventStream,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let left = Math.floor(count / 2);
  for await (const frame of frames) {
    yield left > 0 ? frame : frame.subarray(0, frame.length / 2);
    if (left === 0) break;
    left -= 1;
  }
  await delay(BEFORE_RESET_MS, undefined, { signal });
  throw new Error('The stream ends here on purpose.');
}

/** A byte every `ms` milliseconds; the last event never ends. */
async function* drippingBytes(
  { frames, count }: EventStream,
  ms: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const frame of frames) {
    left -= 1;
    for (let at = 0; at < frame.length - (left === 0 ? 1 : 0); at += 1) {
      yield frame.subarray(at, at + 1);
      await delay(ms, undefined, { signal });
    }
  }
  await never(signal);
}

const never = (signal: AbortSignal): Promise<never> =>
  untilAborted(new Promise<never>(() => undefined), signal);
