import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { S3Location } from './customization-job';
import type { ObjectStore } from './options';
import type { TunableModel } from './tunable-models';

/** The longest record that is read, in bytes: 300,000 tokens of six characters of four bytes. AWS names no limit. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;

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
  model: TunableModel,
): Promise<Dataset> {
  const { records: limit, id } = model;
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
      const problem = problemOf(line, model);
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
 * AWS's own validators refuse other spellings, too; whether a job fails on them is unknown, and here it does not.
 */
const RESERVED = ['User:', 'Bot:', 'Assistant:', 'System:', '<image>', '<video>', '[EOS]'];

const words = z.string('must be a string').superRefine((value, context) => {
  const word = RESERVED.find((reserved) => value.includes(reserved));
  if (word !== undefined) {
    context.addIssue({ code: 'custom', message: `contains the reserved keyword ${word}` });
  }
});

const filled = z.string('must be a string').trim().min(1, 'must not be empty');
const members = z.record(z.string(), z.unknown(), 'must be an object');
/** Objects of S3 that a record names are not read. */
const media = z.object({
  source: z.object({ s3Location: z.object({ uri: z.string().startsWith('s3://') }) }),
});
const toolResult = z.object({ toolUseId: filled, content: z.array(members).min(1, 'must not be empty') });

const toolUse = z.object({ toolUseId: filled, name: filled, input: members });
const reasoningContent = z.object({ reasoningText: z.object({ text: words.min(1, 'must not be empty') }) });
const refused = z.never('is not supported').optional();

/**
 * A turn's content. AWS's validator passes over members that it does not know, and takes an empty text beside others.
 */
const contentOf = (role: 'user' | 'assistant', takes: TunableModel['takes']) => {
  const isUser = role === 'user';
  const ofUser = isUser && takes.includes('media') ? media.optional() : refused;
  const kinds = {
    image: ofUser,
    video: ofUser,
    document: ofUser,
    toolResult: isUser ? toolResult.optional() : refused,
    toolUse: isUser ? refused : toolUse.optional(),
    reasoningContent: !isUser && takes.includes('reasoning') ? reasoningContent.optional() : refused,
  };
  return z
    .array(z.object({ text: words.optional(), ...kinds }), 'must be an array')
    .refine((blocks) => blocks.some(saysSomething), 'must not be empty');
};

const saysSomething = (block: Readonly<Record<string, unknown>>): boolean =>
  Object.values(block).some((value) => value !== undefined && value !== '');

const messageOf = (role: 'user' | 'assistant', takes: TunableModel['takes']) =>
  z.object({ role: z.literal(role), content: contentOf(role, takes) });

const conversation = ({ takes }: Pick<TunableModel, 'takes'>) =>
  z.object({
    /** any string, or none: the same guide, and AWS's validator */
    schemaVersion: z.string('must be a string').nullish(),
    system: z.array(z.object({ text: words }), 'must be an array').nullish(),
    toolConfig: z.object({ tools: z.array(members).min(1, 'must not be empty') }).nullish(),
    messages: z
      .array(z.looseObject({ role: z.string() }), 'must be an array')
      .min(2, 'must have a turn of the user and one of the assistant')
      .superRefine((messages, context) => {
        const wrong = messages.findIndex(({ role }, at) => role !== (at % 2 === 0 ? 'user' : 'assistant'));
        if (wrong >= 0) {
          const message = `must be ${wrong % 2 === 0 ? 'user' : 'assistant'}: turns alternate, and the user's is first`;
          context.addIssue({ code: 'custom', path: [wrong, 'role'], message });
        } else if (messages.length % 2 === 1) {
          context.addIssue({ code: 'custom', message: 'must end with a turn of the assistant' });
        }
      })
      .pipe(z.array(z.discriminatedUnion('role', [messageOf('user', takes), messageOf('assistant', takes)]))),
  });

const text = z.string('must be a string').min(1, 'must not be empty');
const promptCompletion = z.strictObject({ prompt: text, completion: text });

/** Made once for each model: a file has thousands of records. */
const schemas = new Map<string, z.ZodType>();

function schemaOf(model: Pick<TunableModel, 'format' | 'takes' | 'id'>): z.ZodType {
  const known = schemas.get(model.id);
  if (known) return known;
  const schema = model.format === 'conversation' ? conversation(model) : promptCompletion;
  schemas.set(model.id, schema);
  return schema;
}

/**
 * What is wrong with a line of a dataset: a place in the record and the rule it breaks, never the text itself.
 * @returns undefined when nothing is
 */
export function problemOf(
  line: Buffer,
  model: Pick<TunableModel, 'format' | 'takes' | 'id'>,
): string | undefined {
  let record: unknown;
  try {
    record = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line));
  } catch {
    return 'is not valid JSON';
  }
  const result = schemaOf(model).safeParse(record);
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
