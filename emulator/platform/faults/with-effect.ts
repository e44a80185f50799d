import { setTimeout as delay } from 'node:timers/promises';
import { AwsError } from '../http/aws-error';
import type { Hangup, Reply } from '../http/server';
import { cutInHalf, dripping } from './broken-replies';
import type { FaultEffect } from './effects';

/**
 * Answers a request under a fault's effect.
 * @param answer what the service would have answered; `answer`, `stream` and `job` effects are its own affair
 * @param signal aborted when the caller has hung up
 * @throws AwsError of an `error` effect, and whatever `answer` throws
 */
export async function withEffect(
  effect: FaultEffect | undefined,
  answer: () => Promise<Reply>,
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
      return dripping(effect.ms, signal);
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

function exception({ status, type, message, retryAfter }: FaultEffect & { kind: 'error' }): AwsError {
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return new AwsError(status, type, message, {}, headers);
}
