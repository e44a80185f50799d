import { createHash, type Hash } from 'node:crypto';

/** S3's limits of a multipart upload. Source: S3 user guide, "Amazon S3 multipart upload limits". */
export const MIN_PART_BYTES = 5 * 2 ** 20;
const MAX_PARTS = 10_000;

export const DEFAULT_PART_BYTES = 8 * 2 ** 20;

const MEBIBYTE = 2 ** 20;

/**
 * Bytes of every part but the last: as many as asked for, or more where the file would have too many parts. The
 * same file has the same parts in every run, so that a later one recognizes them.
 */
export function partBytesFor(fileBytes: number, askedFor: number): number {
  const needed = Math.ceil(fileBytes / MAX_PARTS / MEBIBYTE) * MEBIBYTE;
  return Math.max(askedFor, MIN_PART_BYTES, needed);
}

/** A part of a file, as S3 knows it. */
export interface PartDigest {
  /** 1 for the first. */
  readonly number: number;
  /** Of its first byte in the file. */
  readonly start: number;
  readonly length: number;
  /** SHA-256, base64. */
  readonly sha256: string;
}

/** Takes the digest of each part of a stream that passes. */
export class PartHasher {
  private readonly finished: PartDigest[] = [];
  private hash: Hash = createHash('sha256');
  private length = 0;
  private start = 0;

  constructor(private readonly partBytes: number) {}

  update(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      const taken = rest.subarray(0, this.partBytes - this.length);
      this.hash.update(taken);
      this.length += taken.length;
      if (this.length === this.partBytes) this.finishPart();
      rest = rest.subarray(taken.length);
    }
  }

  /** @returns all parts; nothing may follow */
  end(): readonly PartDigest[] {
    if (this.length > 0) this.finishPart();
    return this.finished;
  }

  /** What S3 reports for an object of these parts with a composite checksum: the digest of their digests. */
  get compositeChecksum(): string {
    const digests = this.finished.map(({ sha256 }) => Buffer.from(sha256, 'base64'));
    return `${createHash('sha256').update(Buffer.concat(digests)).digest('base64')}-${digests.length}`;
  }

  private finishPart(): void {
    const { start, length } = this;
    const sha256 = this.hash.digest('base64');
    this.finished.push({ number: this.finished.length + 1, start, length, sha256 });
    this.hash = createHash('sha256');
    this.start += length;
    this.length = 0;
  }
}
