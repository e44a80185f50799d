import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { CommandError } from '../../command/errors';
import { containerOf, CONTAINER_NAMES, csvHeader, peek } from './container';
import { LineSplitter, parseJson, readLine, type Line } from './line-reader';
import { KINDS, type Problem } from './problem';
import { MAX_LINE_BYTES } from './record-counts';

/** A record of a file, whatever the file is. */
export interface SourceRecord {
  readonly value: unknown;
  /** Where it begins, from 1; of what was unpacked. */
  readonly line: number;
}

type Report = (problem: Problem) => void;

/**
 * Reads a file record by record, in memory that does not grow with it: JSON Lines, a JSON array, JSON over several
 * lines or CSV, in UTF-8 or UTF-16, compressed by gzip or not.
 * @throws CommandError for a file of another kind, or one that breaks off
 */
export async function* recordsOf(
  source: AsyncIterable<Buffer>,
  report: Report,
): AsyncGenerator<SourceRecord> {
  const { head, all } = await peek(source);
  const container = containerOf(head);
  switch (container) {
    case 'gzip':
      yield* recordsOf(unpacked(all), report);
      break;
    case 'utf-16':
      yield* recordsOf(inUtf8(all, head), report);
      break;
    case 'csv':
      yield* csvRecords(all, csvHeader(head.toString('utf8').replace(/^\ufeff/, '')) ?? ',');
      break;
    case 'json-array':
    case 'pretty-printed-json':
      yield* objectsOf(all, report);
      break;
    case undefined:
      yield* linesOf(all, report);
      break;
    default:
      throw new CommandError(`The file ${CONTAINER_NAMES[container]}. ${KINDS[container].advice}`);
  }
}

async function* unpacked(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* Readable.from(chunks).pipe(createGunzip()) as AsyncIterable<Buffer>;
  } catch (error) {
    throw new CommandError('The file is gzip, and cannot be unpacked to its end. Compress it again.', 1, {
      cause: error,
    });
  }
}

async function* inUtf8(chunks: AsyncIterable<Buffer>, head: Buffer): AsyncGenerator<Buffer> {
  const isBigEndian = head[0] === 0xfe || head[0] === 0;
  const decoder = new TextDecoder(isBigEndian ? 'utf-16be' : 'utf-16le');
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* linesOf(chunks: AsyncIterable<Buffer>, report: Report): AsyncGenerator<SourceRecord> {
  const lines: Line[] = [];
  const splitter = new LineSplitter(MAX_LINE_BYTES, (line) => lines.push(line));
  function* read(): Generator<SourceRecord> {
    for (const line of lines.splice(0)) {
      const json = readLine(line, report);
      if (json) yield { value: json.value, line: line.number };
    }
  }
  for await (const chunk of chunks) {
    splitter.write(chunk);
    yield* read();
  }
  splitter.end();
  yield* read();
}

const [NEWLINE, QUOTE, BACKSLASH, OPEN, CLOSE] = [0x0a, 0x22, 0x5c, 0x7b, 0x7d];

/** The outermost objects, whatever is between them. */
async function* objectsOf(chunks: AsyncIterable<Buffer>, report: Report): AsyncGenerator<SourceRecord> {
  let [depth, line, start, inString, isEscaped] = [0, 1, 1, false, false];
  let parts: Buffer[] = [];
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === NEWLINE) line += 1;
      if (inString) {
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (byte === OPEN && (depth += 1) === 1) [from, start] = [at, line];
      else if (byte === CLOSE && (depth -= 1) === 0) {
        const json = Buffer.concat([...parts, chunk.subarray(from, at + 1)]).toString('utf8');
        parts = [];
        const value = parseJson(json, start, report);
        if (value !== undefined) yield { value, line: start };
      }
    }
    if (depth > 0) parts.push(chunk.subarray(from));
    if (parts.reduce((sum, { length }) => sum + length, 0) > MAX_LINE_BYTES) break;
  }
  if (depth > 0)
    report({ kind: 'invalid-json', line: start, path: '$', detail: 'is not JSON: an object has no end' });
}

async function* csvRecords(chunks: AsyncIterable<Buffer>, delimiter: string): AsyncGenerator<SourceRecord> {
  const parser = Readable.from(chunks).pipe(
    parse({
      bom: true,
      columns: true,
      delimiter,
      info: true,
      skip_empty_lines: true,
      max_record_size: MAX_LINE_BYTES,
    }),
  );
  let line = 2;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      yield { value: record, line };
      line = info.lines + 1;
    }
  } catch (error) {
    const { code = '', lines = line } = error as { code?: string; lines?: number };
    throw new CommandError(
      `The file is CSV that cannot be read from line ${lines} on (${code}). ` +
        'Every row has to have the columns of the first; a text with a delimiter, a quote or a newline stands in quotes.',
      1,
      { cause: error },
    );
  }
}

interface CsvRecord {
  readonly record: unknown;
  readonly info: { readonly lines: number };
}
