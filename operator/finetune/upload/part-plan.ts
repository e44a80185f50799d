/** S3's limits of a multipart upload. Source: S3 user guide, "Amazon S3 multipart upload limits". */
export const MIN_PART_BYTES = 5 * 2 ** 20;
export const MAX_PARTS = 10_000;

const MEBIBYTE = 2 ** 20;

/**
 * Bytes of every part but the last: as many as asked for, or more where the file would have too many parts. The
 * same file has the same parts in every run, so that a later one recognizes them.
 */
export function partBytesFor(fileBytes: number, askedFor: number): number {
  const needed = Math.ceil(fileBytes / MAX_PARTS / MEBIBYTE) * MEBIBYTE;
  return Math.max(askedFor, MIN_PART_BYTES, needed);
}
