import type { ErrorAnswer } from '../../contract/api';
import {
  DEFAULT_REQUEST_TYPE,
  MAX_QUESTION_CHARACTERS,
  REQUEST_TYPE_PATTERN,
  isBlank,
} from '../../contract/question';
import type { TierEvent } from '../../contract/workflow';

export interface AssistantRequest {
  readonly question: string;
  readonly type: string;
}

export interface Refusal {
  readonly status: 400 | 413;
  readonly error: ErrorAnswer['error'];
}

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
  const { question, type = DEFAULT_REQUEST_TYPE, ...others } = body as Record<string, unknown>;
  if (question === undefined) return invalid('question', 'question is required.');
  if (typeof question !== 'string') return invalid('question', 'question must be a string.');
  if (isBlank(question)) return invalid('question', 'question must have a visible character.');
  if (characters(question) > MAX_QUESTION_CHARACTERS) {
    return invalid('question', `question must have at most ${MAX_QUESTION_CHARACTERS} characters.`);
  }
  if (!isWellFormed(question)) {
    return invalid('question', 'question must be valid Unicode: it has half of a surrogate pair.');
  }
  if (typeof type !== 'string') return invalid('type', 'type must be a string.');
  if (!REQUEST_TYPE_PATTERN.test(type)) {
    return invalid('type', 'type must be 1 to 64 letters, digits, "_", "." or "-".');
  }
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const message = 'This field is unknown; the body has "question" and, optionally, "type".';
    return invalid(unknown.slice(0, 64), message);
  }
  return { question, type };
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
