import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { Sha1, Sha256 } from '@aws-sdk/checksums/sha';

/** Bytes go into `update`, the checksum comes out of `digest`. */
export interface RunningChecksum {
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
