import { z } from 'zod';
import { MAX_QUESTION_CHARACTERS } from '../../../contract/api';
import { REQUEST_TYPE_PATTERN } from '../../../contract/model-config';
import { PATTERN_FLAGS } from '../quality/pattern';

const phrases = z.array(z.string().trim().min(1).max(500)).min(1).max(50);
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
export const expectSchema = z
  .strictObject({
    /** Phrases that the answer has; letter case, white space and typographic quotes do not matter. */
    mustContain: phrases.optional(),
    mustNotContain: phrases.optional(),
    /** JavaScript regular expression (flags i and u) that matches somewhere in the answer. */
    pattern: z
      .string()
      .min(1)
      .max(500)
      .refine(isPattern, 'is no regular expression (flags i and u)')
      .optional(),
    /** JSON Schema, draft-07, of an answer that is JSON, alone or in the only fenced code block. */
    jsonSchema: z.record(z.string(), z.unknown()).optional(),
    /** Characters (Unicode code points), white space at both ends left out. */
    minLength: characters.optional(),
    maxLength: characters.optional(),
  })
  .refine(({ minLength = 0, maxLength = Infinity }) => minLength <= maxLength, 'minLength is above maxLength')
  .refine((expect) => Object.keys(expect).length > 0, 'expects nothing: leave it out');
export type Expect = z.infer<typeof expectSchema>;

/** One line of a questions file. */
export const questionSchema = z.strictObject({
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
