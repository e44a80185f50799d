import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { S3Location } from './customization-job';
import type { ObjectStore } from './options';
import type { DatasetFormat, TunableModel } from './tunable-models';

/** The longest record that is read, in bytes: five times six characters for each of 32,000 tokens. */
const MAX_RECORD_BYTES = 1024 * 1024;

/** Ends a job as Failed; the message is the job's `failureMessage`. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

export interface Dataset {
  readonly records: number;
  /** hexadecimal digest of its contents */
  readonly digest: string;
}

/**
 * Reads a dataset as Bedrock does before it trains: as a stream, up to the first record that is not as it has to be.
 * Wording where AWS publishes it: Bedrock user guide, "Troubleshooting model customization issues".
 * @throws DatasetError
 */
export async function readDataset(
  data: Pick<ObjectStore, 'get'>,
  { bucket, key }: S3Location,
  { format, records: limit, id }: TunableModel,
): Promise<Dataset> {
  const source = await data.get(bucket, key);
  if (source === undefined) {
    throw new DatasetError(`The specified key does not exist: Amazon S3 bucket ${bucket}, key ${key}.`);
  }
  const file = basename(key);
  const digest = createHash('sha256');
  let records = 0;
  try {
    for await (const line of linesOf(source, MAX_RECORD_BYTES)) {
      records += 1;
      if (records > limit.maximum) break;
      const problem = problemOf(line, format);
      if (problem !== undefined) {
        throw new DatasetError(
          `Unable to parse Amazon S3 file: ${file}. Data files must conform to JSONL format. Line ${records}: ${problem}.`,
        );
      }
      digest.update(line);
    }
  } catch (error) {
    if (error instanceof LineTooLongError) {
      throw new DatasetError(`Input size exceeded in file ${file} for record ${error.line}.`);
    }
    throw error;
  }
  if (records > limit.maximum) {
    throw new DatasetError(
      `${file} has more than ${limit.maximum} records, which is the most that ${id} takes.`,
    );
  }
  return { records, digest: digest.digest('hex') };
}

/** @throws DatasetError when a training set is too small; validation sets may have any size */
export function requireEnough({ records }: Dataset, { id, records: limit }: TunableModel): void {
  if (records >= Math.max(1, limit.minimum)) return;
  throw new DatasetError(
    `The training dataset has ${records} records, and ${id} needs at least ${limit.minimum}.`,
  );
}

/**
 * Words that end a job with a text that has one. The Nova user guide ("Preparing data for fine-tuning Understanding
 * models") speaks of prompts that start with one; a job here fails for one anywhere, the stricter of two readings.
 */
const RESERVED = ['User:', 'Bot:', 'Assistant:', 'System:', '<image>', '<video>', '[EOS]'];

const words = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .superRefine((value, context) => {
    const word = RESERVED.find((reserved) => value.includes(reserved));
    if (word !== undefined) {
      context.addIssue({ code: 'custom', message: `contains the reserved keyword ${word}` });
    }
  });

/** Pictures and videos, which some of the models take, are not emulated. */
const blocks = z.array(z.strictObject({ text: words }), 'must be an array').min(1, 'must not be empty');

const conversation = z.object({
  /** any string: the same guide */
  schemaVersion: z.string('must be a string'),
  system: blocks.optional(),
  messages: z
    .array(z.strictObject({ role: z.string(), content: blocks }), 'must be an array')
    .min(2, 'must have a turn of the user and one of the assistant')
    .superRefine((messages, context) => {
      const wrong = messages.findIndex(({ role }, at) => role !== (at % 2 === 0 ? 'user' : 'assistant'));
      if (wrong >= 0) {
        const message = `must be ${wrong % 2 === 0 ? 'user' : 'assistant'}: turns alternate, and the user's is first`;
        context.addIssue({ code: 'custom', path: [wrong, 'role'], message });
      } else if (messages.length % 2 === 1) {
        context.addIssue({ code: 'custom', message: 'must end with a turn of the assistant' });
      }
    }),
});

const text = z.string('must be a string').min(1, 'must not be empty');
const promptCompletion = z.strictObject({ prompt: text, completion: text });

const SCHEMAS: Readonly<Record<DatasetFormat, z.ZodType>> = {
  conversation,
  'prompt-completion': promptCompletion,
};

/**
 * What is wrong with a line of a dataset: a place in the record and the rule it breaks, never the text itself.
 * @returns undefined when nothing is
 */
export function problemOf(line: Buffer, format: DatasetFormat): string | undefined {
  let record: unknown;
  try {
    record = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line));
  } catch {
    return 'is not valid JSON';
  }
  const result = SCHEMAS[format].safeParse(record);
  const issue = result.error?.issues[0];
  return issue && `${issue.path.join('.') || 'record'} ${describe(issue)}`;
}

/** Names of unknown members are the customer's own, and stay out of the message. */
const describe = (issue: z.core.$ZodIssue): string =>
  issue.code === 'unrecognized_keys' ? 'has members that are not allowed' : issue.message;

const NEWLINE = 0x0a;

/** A line is longer than it may be. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';

  /** @param line its number, from 1 */
  constructor(readonly line: number) {
    super(`Line ${line} is too long.`);
  }
}

/**
 * The lines of a file, without their ends, never holding more of it than one line and one chunk.
 * A newline at the end of the file does not begin another line.
 * @param maxBytes the longest line allowed
 * @throws LineTooLongError
 */
export async function* linesOf(source: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let line = 1;
  const take = (piece: Buffer): void => {
    pendingBytes += piece.length;
    if (pendingBytes > maxBytes) throw new LineTooLongError(line);
    pending.push(piece);
  };
  for await (const chunk of source as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk);
    let from = 0;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
      take(bytes.subarray(from, at));
      yield Buffer.concat(pending);
      [pending, pendingBytes, from] = [[], 0, at + 1];
      line += 1;
    }
    take(bytes.subarray(from));
  }
  if (pendingBytes > 0) yield Buffer.concat(pending);
}
