import type { IncomingHttpHeaders } from 'node:http';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { Sha1, Sha256 } from '@aws-sdk/checksums/sha';
import { invalidRequest, notImplemented } from './errors';

/** Bytes go into `update`, the checksum comes out of `digest`. */
interface RunningChecksum {
  update(bytes: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
/** Over the whole object, or over the checksums of the parts that it was uploaded in. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

interface Algorithm {
  readonly start: () => RunningChecksum;
  /** bytes of a checksum */
  readonly length: number;
  /** what a multipart upload may ask for, its default first */
  readonly multipart: readonly [ChecksumType, ...ChecksumType[]];
}

/**
 * S3's further ones (MD5, SHA512, XXHASH64, XXHASH3, XXHASH128) are not emulated.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export const ALGORITHMS: Readonly<Record<ChecksumAlgorithm, Algorithm>> = {
  CRC32: { start: () => new Crc32(), length: 4, multipart: ['COMPOSITE', 'FULL_OBJECT'] },
  CRC32C: { start: () => new Crc32c(), length: 4, multipart: ['COMPOSITE', 'FULL_OBJECT'] },
  CRC64NVME: { start: () => new Crc64Nvme(), length: 8, multipart: ['FULL_OBJECT'] },
  SHA1: { start: () => new Sha1(), length: 20, multipart: ['COMPOSITE'] },
  SHA256: { start: () => new Sha256(), length: 32, multipart: ['COMPOSITE'] },
};

/** What S3 computes itself where the caller names none. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

export const isAlgorithm = (name: string): name is ChecksumAlgorithm => Object.hasOwn(ALGORITHMS, name);

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** base64 */
  readonly value: string;
}

/** A checksum as an object has it; a composite one's value ends in `-` and the number of parts. */
export interface ObjectChecksum extends Checksum {
  readonly type: ChecksumType;
}

/** The checksum of the parts' checksums, in their order. */
export async function compositeChecksum(
  algorithm: ChecksumAlgorithm,
  parts: readonly Checksum[],
): Promise<ObjectChecksum> {
  const running = ALGORITHMS[algorithm].start();
  running.update(Buffer.concat(parts.map(({ value }) => Buffer.from(value, 'base64'))));
  const value = Buffer.from(await running.digest()).toString('base64');
  return { algorithm, type: 'COMPOSITE', value: `${value}-${parts.length}` };
}

/** e.g. `x-amz-checksum-crc32` */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The element of S3's XML that holds it, e.g. `{ ChecksumCRC32: 'NhCmhg==' }`. */
export const checksumElement = ({ algorithm, value }: Checksum): Readonly<Record<string, string>> => ({
  [`Checksum${algorithm}`]: value,
});

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

/**
 * The checksum of an object in parts that a request's headers declare; a composite one may end in their number.
 * @throws AwsError as `expectedChecksum`
 */
export function declaredObjectChecksum(headers: IncomingHttpHeaders): ExpectedChecksum | undefined {
  const composite = Object.entries(headers).find(
    (entry): entry is [string, string] =>
      /^x-amz-checksum-(crc|sha)/.test(entry[0]) && typeof entry[1] === 'string' && entry[1].includes('-'),
  );
  if (composite === undefined) return expectedChecksum(headers);
  const [name, value] = composite;
  const expected = expectedChecksum({ ...headers, [name]: value.replace(/-\d+$/, '') });
  return expected && { ...expected, value };
}

/** S3 takes a composite checksum without its number of parts, too. */
export const sameObjectChecksum = (declared: string, { value }: ObjectChecksum): boolean =>
  declared === value || declared === value.replace(/-\d+$/, '');
