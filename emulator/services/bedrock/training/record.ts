import { z } from 'zod';
import type { DatasetFormat } from '../tunable-models';

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
