import type { PartDigest } from './part-hasher';

/** A file that has been checked, and what S3 will call it once it is there. */
export interface LocalFile {
  readonly path: string;
  readonly size: number;
  readonly parts: readonly PartDigest[];
  /** S3's composite SHA-256 of these parts: the file's identity. */
  readonly checksum: string;
}
