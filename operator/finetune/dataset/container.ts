import { formatOf } from './record/formats';
import type { ProblemKind } from './problem';

/** What a file is before it is lines of JSON. */
export type Container = Extract<
  ProblemKind,
  'gzip' | 'utf-16' | 'zip-archive' | 'parquet' | 'json-array' | 'pretty-printed-json' | 'csv'
>;

export const CONTAINER_NAMES: Readonly<Record<Container, string>> = {
  gzip: 'is compressed by gzip',
  'utf-16': 'is UTF-16',
  'zip-archive': 'is a ZIP archive, as spreadsheets are, too',
  parquet: 'is Parquet',
  'json-array': 'is one JSON array',
  'pretty-printed-json': 'has records over several lines',
  csv: 'is CSV',
};

/** Enough to tell what a file is. */
const HEAD_BYTES = 16 * 1_024;

const SIGNATURES: readonly (readonly [Container, string])[] = [
  ['gzip', '1f8b'],
  ['zip-archive', '504b0304'],
  ['parquet', '50415231'],
  ['utf-16', 'fffe'],
  ['utf-16', 'feff'],
];

/** @param head of the file, HEAD_BYTES of it where it has as many; undefined where it may be JSON Lines */
export function containerOf(head: Buffer): Container | undefined {
  const start = head.subarray(0, 4).toString('hex');
  const signed = SIGNATURES.find(([, signature]) => start.startsWith(signature));
  if (signed) return signed[0];
  // "{" and one zero byte beside it: UTF-16 without a byte order mark.
  if (/^(?:7b00|007b|5b00|005b)/.test(start)) return 'utf-16';
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  if (/^\s*\[\s*\{/.test(text)) return 'json-array';
  if (/^\s*\{\s*\r?\n\s*"/.test(text)) return 'pretty-printed-json';
  return csvHeader(text) ? 'csv' : undefined;
}

/** @returns the delimiter, where the first line names the columns of a format that is known */
export function csvHeader(text: string): string | undefined {
  const [line = ''] = text.split(/\r?\n/, 1);
  if (/^\s*[{[]/.test(line)) return undefined;
  return [',', ';', '\t'].find((delimiter) => {
    const columns = line.split(delimiter).map((cell) => columnName(cell.trim().replace(/^"(.*)"$/, '$1')));
    return (
      columns.length > 1 && formatOf(Object.fromEntries(columns.map((name) => [name, '']))) !== undefined
    );
  });
}

/** As formats have it: spreadsheets begin names with capitals. */
export const columnName = (cell: string): string => cell.trim().toLowerCase();

/** @returns the first bytes, and all of them */
export async function peek(
  chunks: AsyncIterable<Buffer>,
): Promise<{ readonly head: Buffer; readonly all: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const read: Buffer[] = [];
  for (let length = 0; length < HEAD_BYTES;) {
    const next = await iterator.next();
    if (next.done) break;
    read.push(next.value);
    length += next.value.length;
  }
  async function* all() {
    yield* read.splice(0);
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head: Buffer.concat(read).subarray(0, HEAD_BYTES), all: all() };
}
