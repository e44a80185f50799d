import type { ModelAnswer } from '../../contract/api';
import { apiResponse, type ApiResponse, type TierEvent } from '../../contract/workflow';
import { HALF_CHARACTER } from './converse';

/** What Step Functions carries from one state to the next, in bytes of JSON. */
export const STATE_LIMIT_BYTES = 262_144;

/** For what stands in the state beside the caller's body and the answer; AWS does not say how it counts. */
const MARGIN_BYTES = 8_192;

/** Bytes of a text as it lies in the state: a JSON string. */
const bytesInState = (text: string): number => Buffer.byteLength(JSON.stringify(text));

/**
 * The response with the answer, cut where the state machine could not carry it: the answer is JSON inside the JSON of
 * the state, so that a quotation mark of a model takes four bytes, beside the caller's own body.
 */
export function fitAnswer(answer: ModelAnswer, { body }: Pick<TierEvent, 'body'>): ApiResponse {
  const room = STATE_LIMIT_BYTES - MARGIN_BYTES - bytesInState(body);
  const whole = apiResponse(200, answer);
  // Each character takes seven bytes at most.
  if (whole.body.length * 7 <= room || bytesInState(whole.body) <= room) return whole;
  const cutAt = (length: number) =>
    apiResponse(200, { ...answer, answer: prefix(answer.answer, length), stopReason: 'size_limit' });
  let [fits, tooLong] = [0, answer.answer.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (bytesInState(cutAt(middle).body) <= room) fits = middle;
    else tooLong = middle;
  }
  return cutAt(fits);
}

/** Its first characters, and no half of a surrogate pair. */
const prefix = (text: string, length: number): string => text.slice(0, length).replace(HALF_CHARACTER, '');
