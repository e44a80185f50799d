import { isUtf8 } from 'node:buffer';
import { MAX_LINE_BYTES, NOT_UTF8, parseJson } from './line-reader';
import type { Problem } from './problem';

/** A record of a file, whatever the file is. */
export interface SourceRecord {
  readonly value: unknown;
  /** Where it begins, from 1; of what was unpacked. */
  readonly line: number;
}

export type Report = (problem: Problem) => void;

const [NEWLINE, BLANK, QUOTE, BACKSLASH, OPEN, CLOSE] = [0x0a, 0x20, 0x22, 0x5c, 0x7b, 0x7d];
/** Byte by byte. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';
/** Enough to tell that something else is there. */
const MAX_BETWEEN = 10;

/** The outermost objects of JSON; what is beside them is an array's brackets and commas, or reported. */
export async function* objectsOf(
  chunks: AsyncIterable<Buffer>,
  isArray: boolean,
  report: Report,
): AsyncGenerator<SourceRecord> {
  let [depth, line, start, inString, isEscaped] = [0, 1, 1, false, false];
  let parts: Buffer[] = [];
  // What stands between two records, white space left out, and what may.
  let [between, due] = ['', isArray ? '[' : ''];
  const requireDue = (): void => {
    const beside = due === '' ? 'something stands' : `something else than "${due}" stands`;
    const detail = `is not JSON: ${beside} beside the records`;
    if (between !== due) report({ kind: 'invalid-json', line, path: '$', detail });
    [between, due] = ['', isArray ? ',' : ''];
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? NEWLINE;
      if (byte === NEWLINE) line += 1;
      else if (depth === 0 && byte > BLANK && byte !== OPEN && between.length < MAX_BETWEEN)
        between = `${between}${String.fromCharCode(byte)}`.replace(BYTE_ORDER_MARK, '');
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN && (depth += 1) === 1) {
        [from, start] = [at, line];
        requireDue();
      } else if (byte === CLOSE && (depth -= 1) === 0) {
        const bytes = Buffer.concat([...parts, chunk.subarray(from, at + 1)]);
        parts = [];
        if (!isUtf8(bytes)) report({ kind: 'invalid-utf8', line: start, path: '$', detail: NOT_UTF8 });
        const value = parseJson(bytes.toString('utf8'), start, report);
        if (value !== undefined) yield { value, line: start };
      }
    }
    if (depth > 0) parts.push(chunk.subarray(from));
    if (parts.reduce((sum, { length }) => sum + length, 0) > MAX_LINE_BYTES) break;
  }
  if (depth > 0)
    report({ kind: 'invalid-json', line: start, path: '$', detail: 'is not JSON: an object has no end' });
  else if (isArray && between === '')
    report({ kind: 'invalid-json', line, path: '$', detail: 'is not JSON: the array has no end' });
  else {
    due = isArray ? ']' : '';
    requireDue();
  }
}
