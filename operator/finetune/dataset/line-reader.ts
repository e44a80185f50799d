import { isUtf8 } from 'node:buffer';
import { duplicateKey } from './json-keys';
import type { Problem, ProblemKind } from './problem';
import { shownName } from './record/fields';

/**
 * No line that a model takes is longer: 300,000 tokens (Nova Lite and Pro) of 6 characters of 4 bytes are 7.2 MB.
 */
export const MAX_LINE_BYTES = 8 * 2 ** 20;

const NEWLINE = 0x0a;

/** A line without its newline. `bytes` is undefined where the line was too long to be kept. */
export interface Line {
  /** 1 for the first. */
  readonly number: number;
  readonly bytes: Buffer | undefined;
  /** Of the whole line, kept or not. */
  readonly length: number;
}

/**
 * Cuts chunks of bytes into lines. Node's own readline keeps a line whatever its length; this one lets go of a
 * line that grows too long, so that a file without newlines does not fill the memory.
 */
export class LineSplitter {
  private parts: Buffer[] = [];
  private length = 0;
  private number = 0;

  /** @param onLine gets each line; its bytes are only valid during the call */
  constructor(
    private readonly maxLineBytes: number,
    private readonly onLine: (line: Line) => void,
  ) {}

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.append(chunk.subarray(start, end));
      this.finishLine();
      start = end + 1;
    }
    if (start < chunk.length) this.append(chunk.subarray(start));
  }

  /** Ends the last line, where no newline does. */
  end(): void {
    if (this.length > 0) this.finishLine();
  }

  private append(part: Buffer): void {
    this.length += part.length;
    if (this.length > this.maxLineBytes) this.parts = [];
    else this.parts.push(part);
  }

  private finishLine(): void {
    const { parts, length } = this;
    this.number += 1;
    this.parts = [];
    this.length = 0;
    const [only] = parts;
    const joined = parts.length === 1 && only !== undefined ? only : Buffer.concat(parts);
    const bytes = length > this.maxLineBytes ? undefined : joined;
    this.onLine({ number: this.number, bytes, length });
  }
}

export const NOT_UTF8 = 'has bytes that are not UTF-8';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const CARRIAGE_RETURN = 0x0d;

/** A line that holds JSON. */
interface JsonLine {
  readonly value: unknown;
  /** Without what ends the line. */
  readonly bytes: Buffer;
}

/** @returns the line's JSON, where it holds any; what is wrong with the line itself is reported */
export function readLine(line: Line, report: (problem: Problem) => void): JsonLine | undefined {
  const add = (kind: ProblemKind, detail: string): JsonLine | undefined => {
    report({ kind, line: line.number, path: '$', detail });
    return undefined;
  };
  if (line.bytes === undefined)
    return add('line-too-long', `has ${line.length} bytes; ${MAX_LINE_BYTES} is the most a line may have`);
  let { bytes } = line;
  if (line.number === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) {
    add('byte-order-mark', 'begins with a byte order mark');
    bytes = bytes.subarray(3);
  }
  if (bytes.at(-1) === CARRIAGE_RETURN) {
    add('carriage-return', 'ends with \\r\\n');
    bytes = bytes.subarray(0, -1);
  }
  if (!isUtf8(bytes)) return add('invalid-utf8', NOT_UTF8);
  const text = bytes.toString('utf8');
  if (text.trim() === '') return add('blank-line', 'is blank');
  const value = parseJson(text, line.number, report);
  return value === undefined ? undefined : { value, bytes };
}

/** @returns undefined where the text is not JSON, which is reported, as a key that stands twice is */
export function parseJson(json: string, line: number, report: (problem: Problem) => void): unknown {
  try {
    const value: unknown = JSON.parse(json);
    const twice = duplicateKey(json);
    if (twice) report({ kind: 'duplicate-key', line, path: pathOf(twice), detail: 'stands twice' });
    return value;
  } catch (error) {
    if (json.includes('\0')) report({ kind: 'nul-character', line, path: '$', detail: 'has a NUL byte' });
    else report({ kind: 'invalid-json', line, path: '$', detail: `is not JSON${positionOf(error)}` });
    return undefined;
  }
}

const pathOf = (way: readonly (string | number)[]): string =>
  way
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${shownName(step)}`))
    .join('')
    .replace(/^\./, '');

/** The parser's message quotes the text around the fault: only the position is taken from it. */
function positionOf(error: unknown): string {
  const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  return position === undefined ? '' : `, from character ${Number(position) + 1} on`;
}
