import { AwsError } from '../../../platform/http/aws-error';
import { notImplemented } from './errors';

/** Bytes of an object, both ends included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Reads a `Range` header; undefined for the whole object, which a malformed header asks for, too (RFC 9110, 14.2).
 * @param size the object's bytes
 * @throws AwsError 416 InvalidRange
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  if (/^bytes=.*,/.test(header)) throw notImplemented('more than one range of bytes in a request');
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if ((first === '' && last === '') || (first !== '' && last !== '' && Number(last) < Number(first))) {
    return undefined;
  }
  const suffix = first === '';
  const start = suffix ? Math.max(0, size - Number(last)) : Number(first);
  const end = suffix || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end) {
    throw new AwsError(
      416,
      'InvalidRange',
      'The requested range is not satisfiable',
      { RangeRequested: header, ActualObjectSize: size },
      { 'content-range': `bytes */${size}` },
    );
  }
  return { start, end };
}
