import * as z from 'zod/mini';
import type { ErrorAnswer } from '../../contract/api';
import { DEFAULT_REQUEST_TYPE, REQUEST_TYPE_PATTERN } from '../../contract/model-config';
import { isBlank, MAX_QUESTION_CHARACTERS } from '../../contract/question';
import type { TierEvent } from '../../contract/workflow';

export interface AssistantRequest {
  readonly question: string;
  readonly type: string;
}

export interface Refusal {
  readonly status: 400 | 413;
  readonly error: ErrorAnswer['error'];
}

const requestSchema = z.strictObject({
  question: z
    .string({
      error: (issue) => (issue.input === undefined ? 'question is required.' : 'question must be a string.'),
    })
    .check(
      z.refine((text) => !isBlank(text), 'question must have a visible character.'),
      z.refine(
        (text) => characters(text) <= MAX_QUESTION_CHARACTERS,
        `question must have at most ${MAX_QUESTION_CHARACTERS} characters.`,
      ),
      z.refine(
        (text) => isWellFormed(text),
        'question must be valid Unicode: it has half of a surrogate pair.',
      ),
    ),
  type: z._default(
    z
      .string('type must be a string.')
      .check(z.regex(REQUEST_TYPE_PATTERN, 'type must be 1 to 64 letters, digits, "_", "." or "-".')),
    DEFAULT_REQUEST_TYPE,
  ),
});

/** Reads a caller's body; a refusal names the field at fault and what is allowed. */
export function parseRequest(event: Pick<TierEvent, 'body' | 'bodyTooLarge'>): AssistantRequest | Refusal {
  if (event.bodyTooLarge) {
    const message = `The body is too large: a question has at most ${MAX_QUESTION_CHARACTERS} characters.`;
    return { status: 413, error: { code: 'body_too_large', message, field: 'body' } };
  }
  let body: unknown;
  try {
    body = JSON.parse(event.body);
  } catch {
    return invalid('body', 'The body must be one JSON object, such as {"question": "..."}.');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return invalid('body', 'The body must be a JSON object, such as {"question": "..."}.');
  }
  const parsed = requestSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const field = (issue.keys[0] ?? '').slice(0, 64);
    return invalid(field, 'This field is unknown; the body has "question" and, optionally, "type".');
  }
  return invalid(String(issue?.path[0] ?? 'body'), issue?.message ?? 'The body is not valid.');
}

export const isRefusal = (request: AssistantRequest | Refusal): request is Refusal => 'error' in request;

const invalid = (field: string, message: string): Refusal => ({
  status: 400,
  error: { code: 'invalid_request', message, field },
});

/** Code points: what a caller takes for one character is one here, if it is written as one. */
const characters = (text: string): number => text.length - (text.match(ASTRAL)?.length ?? 0);

const ASTRAL = /[\u{10000}-\u{10FFFF}]/gu;

/** A lone surrogate has no UTF-8 form: sent on, it would silently become another character. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);
