import { formatOf } from './record/formats';
import type { ProblemKind } from './problem';

/** What a file may be before it is lines of JSON. */
export const CONTAINER_NAMES = {
  gzip: 'is compressed by gzip',
  'utf-16': 'is UTF-16',
  'utf-32': 'is UTF-32',
  'zip-archive': 'is a ZIP archive, as spreadsheets are, too',
  compressed: 'is compressed, and not by gzip',
  parquet: 'is Parquet',
  'git-lfs-pointer': 'is a pointer of Git LFS, and not what it points to',
  'json-array': 'is one JSON array',
  'wrapped-list': 'is one object with the records in a list of it',
  'pretty-printed-json': 'has records over several lines',
  csv: 'is CSV',
  'csv-columns': 'is CSV with columns that no format has',
} as const satisfies Partial<Record<ProblemKind, string>>;

export type Container = keyof typeof CONTAINER_NAMES;

/** Enough to tell what a file is. */
const HEAD_BYTES = 16 * 1_024;

const SIGNATURES: readonly (readonly [Container, string])[] = [
  ['gzip', '1f8b'],
  ['zip-archive', '504b0304'],
  ['parquet', '50415231'],
  // zstd, bzip2, xz, 7z
  ...['28b52ffd', '425a68', 'fd377a58', '377abcaf'].map((start) => ['compressed', start] as const),
  // Before UTF-16, whose mark little-endian UTF-32 begins with.
  ['utf-32', 'fffe0000'],
  ['utf-32', '0000feff'],
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
  if (text.startsWith('version https://git-lfs')) return 'git-lfs-pointer';
  // Of an array on each line, none is the whole file.
  if (/^\s*\[\s*\{/.test(text) && !/\]\s*\n\s*\[/.test(text)) return 'json-array';
  if (WRAPPED.test(text)) return 'wrapped-list';
  if (/^\s*\{\s*\r?\n\s*"/.test(text)) return 'pretty-printed-json';
  if (csvHeader(text)) return 'csv';
  return isHeader(firstLine(text)) ? 'csv-columns' : undefined;
}

/** Lists of records as exports have them, perhaps after fields that say whose they are. */
const WRAPPED =
  /^\s*\{(?:[^[\]{}]*,)?\s*"(?:data|rows|records|examples|items|samples|train)"\s*:\s*\[\s*[[{]/;

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

const cellsOf = (line: string, delimiter: string): readonly string[] =>
  line.split(delimiter).map((cell) => columnName(cell.trim().replace(/^"(.*)"$/, '$1')));

/** Several cells, each of which may be a column's name. */
const isHeader = (line: string): boolean =>
  DELIMITERS.map((delimiter) => cellsOf(line, delimiter)).some(
    (cells) => cells.length > 1 && cells.every((cell) => /^[\p{L}_][\p{L}\p{N}_ .-]{0,39}$/u.test(cell)),
  );

const DELIMITERS = [',', ';', '\t'] as const;

/** @returns the delimiter, where the first line names the columns of a format that is known */
export function csvHeader(text: string): string | undefined {
  const line = firstLine(text);
  if (/^\s*[{[]/.test(line)) return undefined;
  return DELIMITERS.find((delimiter) => {
    const columns = cellsOf(line, delimiter);
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
