import type { Hangup, Reply } from '../../../platform/http/server';
import type { FaultEffect } from '../../../platform/faults/effects';
import { withEffect } from '../../../platform/faults/with-effect';
import { cutInTheMiddle, drippingBytes, goingWrong } from './broken-stream';
import { EVENT_STREAM, type EventStream } from './event-stream';

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
