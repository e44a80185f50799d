import { z } from 'zod';
import { MAX_QUESTION_CHARACTERS, REQUEST_TYPE_PATTERN } from '../../../contract/question';
import { problemOf } from '../../../constructs/config/problem-of';
import { readText } from '../../command/files';
import { checkJsonSchema } from '../quality/json-schema';
import { plainPattern, plainText } from '../quality/plain-text';
import { PATTERN_FLAGS } from '../quality/timed-match';

const phrase = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => plainText(text) !== '', 'has nothing that is seen, and so would be in every answer');
const phrases = z.array(phrase).min(1).max(50);
const characters = z.int().min(0).max(100_000);

const isPattern = (source: string): boolean => {
  try {
    new RegExp(source, PATTERN_FLAGS);
    return true;
  } catch {
    return false;
  }
};

/** What an answer has to fulfil. Each phrase, and each other key, is one expectation. */
const expectSchema = z
  .strictObject({
    /** Phrases that the answer has, as it stands or in plain form (quality/plain-text.ts). */
    mustContain: phrases.optional(),
    mustNotContain: phrases.optional(),
    /** JavaScript regular expression (flags i and u) that matches somewhere in the answer, as it stands or in plain form. */
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine(isPattern, 'is no regular expression (flags i and u)')
      .refine(
        (source) => !isPattern(source) || isPattern(plainPattern(source)),
        'is no regular expression in plain form: write its typographic characters as \\u escapes, e.g. \\u2026',
      )
      .optional(),
    /** JSON Schema, by the draft that `$schema` names (2020-12), of an answer that is JSON, alone or in a code block. */
    jsonSchema: z.record(z.string(), z.unknown()).optional(),
    /** Characters (Unicode code points), white space at both ends left out. */
    minLength: characters.optional(),
    maxLength: characters.optional(),
  })
  .refine(({ minLength = 0, maxLength = Infinity }) => minLength <= maxLength, 'minLength is above maxLength')
  .refine((expect) => Object.keys(expect).length > 0, 'expects nothing: leave it out');
export type Expect = z.infer<typeof expectSchema>;

/** One line of a questions file. */
const questionSchema = z.strictObject({
  id: z.string().regex(/^[\w.-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, hyphens or underscores'),
  type: z.string().regex(REQUEST_TYPE_PATTERN, 'must be a request type: letters, digits, dots, hyphens'),
  question: z
    .string()
    .min(1)
    .refine(
      (text) => Array.from(text).length <= MAX_QUESTION_CHARACTERS,
      `has over ${MAX_QUESTION_CHARACTERS} characters`,
    ),
  /** System prompt; by default that of the request type's rule. */
  system: z.string().min(1).max(8_000).optional(),
  /** By default that of the request type's rule. */
  maxTokens: z.int().min(1).max(8_192).optional(),
  expect: expectSchema.optional(),
  /** What a good answer says, for a judge model. */
  reference: z.string().min(1).max(8_000).optional(),
});
export type Question = z.infer<typeof questionSchema>;

/** A value of the file, and where it stands. */
interface Entry {
  readonly where: string;
  readonly value: unknown;
}

const QUESTIONS_ADVICE =
  'Name a file of questions; what one looks like: npm run assistant -- benchmark run --help';

/**
 * Reads a questions file: a JSON array of questions, or JSON Lines.
 * @throws Error naming the file, and for each fault the line (JSON Lines) or number (JSON) and the field
 */
export function readQuestions(file: string): readonly Question[] {
  return parseQuestions(readText(file, QUESTIONS_ADVICE), file);
}

/**
 * @param name of the file, for messages; these quote no question
 * @throws Error as `readQuestions` does
 */
export function parseQuestions(text: string, name: string): readonly Question[] {
  const faults: string[] = [];
  const questions: Question[] = [];
  const firstUse = new Map<string, string>();
  for (const { where, value } of entriesOf(text.replace(/^\uFEFF/, ''), name)) {
    const parsed = questionSchema.safeParse(value);
    if (!parsed.success) {
      faults.push(...parsed.error.issues.map((issue) => `${where}: ${describe(issue)}`));
      continue;
    }
    const { id, expect } = parsed.data;
    const earlier = firstUse.get(id);
    if (earlier !== undefined) faults.push(`${where}: id: "${id}" is already that of ${earlier}`);
    firstUse.set(id, where);
    const schemaFault = expect?.jsonSchema === undefined ? undefined : checkJsonSchema(expect.jsonSchema);
    if (schemaFault !== undefined) faults.push(`${where}: expect.jsonSchema: ${schemaFault}`);
    questions.push(parsed.data);
  }
  if (faults.length > 0) throw new Error(`The questions file ${name} has faults:\n  ${faults.join('\n  ')}`);
  if (questions.length === 0) throw new Error(`The questions file ${name} has no questions.`);
  return questions;
}

const describe = (issue: z.core.$ZodIssue): string =>
  [issue.path.map(String).join('.'), problemOf(issue)].filter(Boolean).join(': ');

function entriesOf(text: string, name: string): readonly Entry[] {
  if (text.trimStart().startsWith('[')) {
    const values = parseJson(text, `The questions file ${name} is no JSON`);
    return (values as unknown[]).map((value, index) => ({ where: `question ${index + 1}`, value }));
  }
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), where: `line ${index + 1}` }))
    .filter(({ line }) => line !== '')
    .map(({ line, where }) => ({
      where,
      value: parseJson(line, `The questions file ${name}, ${where}: no JSON`),
    }));
}

/** The engine's own message may quote the text, so only its position is told, and it is no cause either. */
function parseJson(text: string, complaint: string): unknown {
  let message: string;
  try {
    return JSON.parse(text);
  } catch (error) {
    message = String(error);
  }
  const [position] = /at position \d+( \(line \d+ column \d+\))?/.exec(message) ?? [];
  throw new Error(`${complaint}${position === undefined ? '' : ` ${position}`}.`);
}
