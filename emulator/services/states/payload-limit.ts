import { StatesError } from './states-error';

/** Bytes of UTF-8 JSON; https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const PAYLOAD_LIMIT_BYTES = 262_144;

/**
 * @param what subject of the sentence, e.g. `The input of the state 'Answer'`
 * @throws StatesError `States.DataLimitExceeded`
 */
export function checkPayload(what: string, value: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > PAYLOAD_LIMIT_BYTES) {
    throw new StatesError(
      'States.DataLimitExceeded',
      `${what} has ${bytes} bytes, more than the service limit of ${PAYLOAD_LIMIT_BYTES}.`,
    );
  }
}
