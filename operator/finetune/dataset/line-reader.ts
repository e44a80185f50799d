import { isUtf8 } from 'node:buffer';
import type { Line } from './line-splitter';
import { MAX_LINE_BYTES } from './record-limits';
import type { Problem, ProblemKind } from './problem';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const CARRIAGE_RETURN = 0x0d;

/** A line that holds JSON. */
export interface JsonLine {
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
  if (!isUtf8(bytes)) return add('invalid-utf8', 'has bytes that are not UTF-8');
  const text = bytes.toString('utf8');
  if (text.trim() === '') return add('blank-line', 'is blank');
  try {
    return { value: JSON.parse(text) as unknown, bytes };
  } catch (error) {
    return add('invalid-json', `is not JSON${positionOf(error)}`);
  }
}

/** The parser's message quotes the text around the fault: only the position is taken from it. */
function positionOf(error: unknown): string {
  const [, position] = /position (\d+)/.exec(error instanceof Error ? error.message : '') ?? [];
  return position === undefined ? '' : `, from character ${Number(position) + 1} on`;
}
