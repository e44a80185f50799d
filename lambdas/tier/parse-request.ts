import type { ErrorAnswer } from '../../contract/api';
import { MAX_HISTORY_CHARACTERS, MAX_HISTORY_TURNS, type Turn } from '../../contract/conversation';
import {
  DEFAULT_REQUEST_TYPE,
  MAX_ESCAPED_BODY,
  MAX_QUESTION_CHARACTERS,
  REQUEST_TYPE_PATTERN,
  isBlank,
} from '../../contract/question';
import type { TierEvent } from '../../contract/workflow';

export interface AssistantRequest {
  readonly question: string;
  readonly type: string;
  /** What was said before, as its caller tells it. */
  readonly history?: readonly Turn[];
  /** One that is kept here: a new one, or that with an id. */
  readonly conversation?: 'new' | { readonly id: string };
  /** What the caller's application adds to the rule's system prompt. */
  readonly system?: string | undefined;
  /** Tokens that the answer is to have at the most, where that is less than the rule's. */
  readonly maxTokens?: number | undefined;
}

export interface Refusal {
  readonly status: 400 | 404 | 413 | 429;
  readonly error: ErrorAnswer['error'];
  readonly retryAfterSeconds?: number;
}

/** Reads a caller's body; a refusal names the field at fault and what is allowed. */
export function parseRequest(event: Pick<TierEvent, 'body' | 'bodyTooLarge'>): AssistantRequest | Refusal {
  if (event.bodyTooLarge) {
    const message = `The body is too large: as JSON in ASCII, it has at most ${MAX_ESCAPED_BODY} characters, its history among them.`;
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
  const {
    question,
    type = DEFAULT_REQUEST_TYPE,
    history,
    conversation,
    conversationId,
    ...others
  } = body as Record<string, unknown>;
  if (question === undefined) return invalid('question', 'question is required.');
  if (typeof question !== 'string') return invalid('question', 'question must be a string.');
  const fault = textFault(question);
  if (fault !== undefined) return invalid('question', `question ${fault}`);
  if (characters(question) > MAX_QUESTION_CHARACTERS) {
    return invalid('question', `question must have at most ${MAX_QUESTION_CHARACTERS} characters.`);
  }
  if (typeof type !== 'string') return invalid('type', 'type must be a string.');
  if (!REQUEST_TYPE_PATTERN.test(type)) {
    return invalid('type', 'type must be 1 to 64 letters, digits, "_", "." or "-".');
  }
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const message =
      'This field is unknown; the body has "question" and, optionally, "type" and one of "history", "conversation" ' +
      'and "conversationId".';
    return invalid(unknown.slice(0, 64), message);
  }
  const request = { question, type };
  const [before, another] = Object.entries({ history, conversation, conversationId }).filter(
    ([, value]) => value !== undefined,
  );
  if (before === undefined) return request;
  if (another !== undefined) {
    return invalid(another[0], `${another[0]} must be left out where there is ${before[0]}.`);
  }
  if (history !== undefined) {
    const turns = parseHistory(history);
    return 'error' in turns ? turns : { ...request, history: turns };
  }
  if (conversation !== undefined) {
    if (conversation === 'new') return { ...request, conversation };
    return invalid('conversation', 'conversation must be "new"; conversationId goes on with one.');
  }
  if (typeof conversationId !== 'string')
    return invalid('conversationId', 'conversationId must be a string.');
  return { ...request, conversation: { id: conversationId } };
}

const SPEAKERS = ['user', 'assistant'] as const;

function parseHistory(history: unknown): readonly Turn[] | Refusal {
  if (!Array.isArray(history)) return invalid('history', 'history must be an array.');
  if (history.length > 2 * MAX_HISTORY_TURNS) {
    const message = `history must have at most ${MAX_HISTORY_TURNS} turns: leave out the oldest.`;
    return invalid('history', message);
  }
  const texts: string[] = [];
  for (const [index, entry] of (history as readonly unknown[]).entries()) {
    const field = `history[${index}]`;
    if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
      return invalid(field, `${field} must be an object with "role" and "text".`);
    }
    const { role, text, ...others } = entry as Record<string, unknown>;
    const speaker = SPEAKERS[index % 2];
    if (role !== speaker) {
      const message = `${field}.role must be "${speaker}": questions and answers come by turns.`;
      return invalid(`${field}.role`, message);
    }
    if (typeof text !== 'string') return invalid(`${field}.text`, `${field}.text must be a string.`);
    const fault = textFault(text);
    if (fault !== undefined) return invalid(`${field}.text`, `${field}.text ${fault}`);
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      return invalid(`${field}.${unknown.slice(0, 64)}`, `${field} has "role" and "text" only.`);
    }
    texts.push(text);
  }
  if (texts.length % 2 === 1) {
    const message =
      'history must end with an answer of the role "assistant": what is asked now is the question.';
    return invalid(`history[${texts.length - 1}].role`, message);
  }
  if (texts.reduce((sum, text) => sum + characters(text), 0) > MAX_HISTORY_CHARACTERS) {
    const message = `history must have at most ${MAX_HISTORY_CHARACTERS} characters: leave out the oldest turns.`;
    return invalid('history', message);
  }
  return texts.flatMap((question, index) => {
    const answer = texts[index + 1];
    return index % 2 === 0 && answer !== undefined ? [{ question, answer }] : [];
  });
}

export function textFault(text: string): string | undefined {
  if (isBlank(text)) return 'must have a visible character.';
  // A lone surrogate has no UTF-8 form: sent on, it would silently become another character.
  if (/\p{Surrogate}/u.test(text)) return 'must be valid Unicode: it has half of a surrogate pair.';
  return undefined;
}

export const isRefusal = (request: object): request is Refusal => 'error' in request;

const invalid = (field: string, message: string): Refusal => ({
  status: 400,
  error: { code: 'invalid_request', message, field },
});

/** Code points: what a caller takes for one character is one here, if it is written as one. */
export const characters = (text: string): number => text.length - (text.match(ASTRAL)?.length ?? 0);

const ASTRAL = /[\u{10000}-\u{10FFFF}]/gu;
