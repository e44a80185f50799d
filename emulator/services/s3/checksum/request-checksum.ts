import type { IncomingHttpHeaders } from 'node:http';
import { invalidRequest, notImplemented } from '../http/errors';
import { ALGORITHMS, isAlgorithm, type ChecksumAlgorithm } from './algorithms';

/** A checksum that the caller has computed. */
export interface ExpectedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** base64; left out when it follows the body, as a trailer */
  readonly value?: string;
}

const PREFIX = 'x-amz-checksum-';
/** These share the prefix, and hold no checksum. */
const SETTINGS = ['algorithm', 'mode', 'type'].map((name) => PREFIX + name);

/**
 * The checksum that a request's headers declare.
 * @throws AwsError 400 InvalidRequest, 501 NotImplemented for an algorithm that is not emulated
 */
export function expectedChecksum(headers: IncomingHttpHeaders): ExpectedChecksum | undefined {
  const trailer = headers['x-amz-trailer'];
  const inHeaders = Object.keys(headers).filter(
    (name) => name.startsWith(PREFIX) && !SETTINGS.includes(name),
  );
  const names = [...inHeaders, ...(typeof trailer === 'string' ? [trailer.toLowerCase()] : [])];
  const [name, ...others] = names;
  if (others.length > 0) {
    throw invalidRequest(
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  if (name === undefined) {
    if (headers['x-amz-sdk-checksum-algorithm'] === undefined) return undefined;
    throw invalidRequest(
      'x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.',
    );
  }
  const algorithm = algorithmIn(name);
  const value = headers[name];
  return typeof value === 'string'
    ? { algorithm, value: requireChecksumValue(algorithm, value) }
    : { algorithm };
}

function algorithmIn(header: string): ChecksumAlgorithm {
  if (!header.startsWith(PREFIX)) {
    throw invalidRequest('The value specified in the x-amz-trailer header is not supported');
  }
  const algorithm = header.slice(PREFIX.length).toUpperCase();
  if (!isAlgorithm(algorithm)) throw notImplemented(`the checksum algorithm ${algorithm}`);
  return algorithm;
}

/** @throws AwsError 400 InvalidRequest where it cannot be a checksum of this algorithm */
export function requireChecksumValue(algorithm: ChecksumAlgorithm, value: string): string {
  if (Buffer.from(value, 'base64').length === ALGORITHMS[algorithm].length) return value;
  throw invalidRequest(`Value for ${PREFIX}${algorithm.toLowerCase()} header is invalid.`);
}
