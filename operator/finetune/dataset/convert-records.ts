import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { CommandError } from '../../command/errors';
import { columnName, containerOf, CONTAINER_NAMES, csvHeader, peek } from './container';
import { objectsOf, type Report, type SourceRecord } from './json-objects';
import { LineSplitter, MAX_LINE_BYTES, NOT_UTF8, readLine, type Line } from './line-reader';
import { KINDS } from './problem';
import { shownName } from './record/fields';

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
      yield* recordsOf(inUtf8(all, head, report), report);
      break;
    case 'csv':
      yield* csvRecords(
        inLines(all, report),
        csvHeader(head.toString('utf8').replace(/^\ufeff/, '')) ?? ',',
        report,
      );
      break;
    case 'json-array':
    case 'pretty-printed-json':
      yield* objectsOf(all, container === 'json-array', report);
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

/** What is no character becomes U+FFFD: the first is reported. */
async function* inUtf8(chunks: AsyncIterable<Buffer>, head: Buffer, report: Report): AsyncGenerator<Buffer> {
  const encoding = head[0] === 0xfe || head[0] === 0 ? 'utf-16be' : 'utf-16le';
  const [decoder, strict] = [new TextDecoder(encoding), new TextDecoder(encoding, { fatal: true })];
  let [line, isWhole] = [1, true];
  const decode = (chunk?: Buffer): Buffer => {
    const options = { stream: chunk !== undefined };
    const text = decoder.decode(chunk, options);
    try {
      if (isWhole) strict.decode(chunk, options);
    } catch {
      isWhole = false;
      const before = text.slice(0, Math.max(0, text.indexOf('\ufffd')));
      const detail = 'has half of a character';
      report({ kind: 'lone-surrogate', line: line + newlinesIn(before), path: '$', detail });
    }
    line += newlinesIn(text);
    return Buffer.from(text);
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

const newlinesIn = (text: string): number => text.split('\n').length - 1;

/** The same bytes; lines that are not UTF-8, which readers of text would mend in silence, are reported. */
async function* inLines(chunks: AsyncIterable<Buffer>, report: Report): AsyncGenerator<Buffer> {
  const splitter = new LineSplitter(MAX_LINE_BYTES, ({ bytes, number: line }) => {
    if (bytes !== undefined && !isUtf8(bytes))
      report({ kind: 'invalid-utf8', line, path: '$', detail: NOT_UTF8 });
  });
  for await (const chunk of chunks) {
    splitter.write(chunk);
    yield chunk;
  }
  splitter.end();
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

async function* csvRecords(
  chunks: AsyncIterable<Buffer>,
  delimiter: string,
  report: Report,
): AsyncGenerator<SourceRecord> {
  const columns = (cells: readonly string[]): string[] => {
    const names = cells.map((cell, index) => columnName(cell) || `column_${index + 1}`);
    for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
      report({ kind: 'duplicate-key', line: 1, path: shownName(name), detail: 'is the name of two columns' });
    return names;
  };
  const parser = Readable.from(chunks).pipe(
    parse({
      bom: true,
      columns,
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
