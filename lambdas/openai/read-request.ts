import { MAX_HISTORY_CHARACTERS, MAX_HISTORY_TURNS, type Turn } from '../../contract/conversation';
import type { SystemMessages } from '../../contract/openai';
import { isBlank, MAX_QUESTION_CHARACTERS } from '../../contract/question';
import { characters, textFault } from '../tier/parse-request';
import { RefusedRequest } from './errors';

/** What a caller asks for. */
export interface CompletionRequest {
  readonly model: string;
  readonly question: string;
  readonly history: readonly Turn[];
  /** Turns that no model is told, whatever its window: there are too many. */
  readonly dropped: number;
  /** What the caller's application adds to the rule's own system prompt. */
  readonly system?: string;
  readonly maxTokens?: number;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Parameters that were sent, and are the operator's to set. */
  readonly ignored: readonly string[];
}

/** The longest conversation that is told whole has 1,400,000, where all of it is written as JSON escapes. */
const MAX_BODY_CHARACTERS = 1_500_000;

/** As much as a rule's own prompt may have. */
const MAX_SYSTEM_CHARACTERS = 8_000;

/** What changes nothing of what is asked for, nor of what comes back. */
const HARMLESS = new Set([
  'user',
  'safety_identifier',
  'metadata',
  'prompt_cache_key',
  'prompt_cache_retention',
  'service_tier',
  'parallel_tool_calls',
]);

/**
 * How a model puts its words together is the operator's to set. Most clients send some of these by themselves, and there
 * are models that refuse a whole question for them: passed on, a caller could make a rule look misconfigured.
 */
const OF_THE_RULE = new Set([
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'seed',
  'reasoning_effort',
  'verbosity',
]);

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;
const isOneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);

/** What is not served, and the values that ask for nothing of it. */
const NOT_SERVED: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: isOneOf(1),
  stop: isEmpty,
  logprobs: isOneOf(false),
  top_logprobs: isOneOf(0),
  logit_bias: isEmpty,
  tools: isEmpty,
  tool_choice: isOneOf('none', 'auto'),
  functions: isEmpty,
  function_call: isOneOf('none', 'auto'),
  response_format: (value) => (value as { readonly type?: unknown }).type === 'text',
  modalities: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'text',
  store: isOneOf(false),
  audio: () => false,
  prediction: () => false,
  web_search_options: () => false,
};

/** @throws RefusedRequest */
export function readCompletionRequest(body: string, systemMessages: SystemMessages): CompletionRequest {
  const { model, messages, stream, stream_options, max_tokens, max_completion_tokens, ...others } =
    parseObject(body);
  if (model === undefined) throw missing('model');
  if (typeof model !== 'string') throw wrongType('model', 'a string');
  if (messages === undefined) throw missing('messages');
  const ignored = Object.entries(others).flatMap(([name, value]) => readOther(name, value));
  const maxTokens = Math.min(
    readLimit('max_tokens', max_tokens),
    readLimit('max_completion_tokens', max_completion_tokens),
  );
  return {
    model,
    ...readMessages(messages, systemMessages),
    ...(maxTokens < Infinity && { maxTokens }),
    stream: readFlag('stream', stream),
    includeUsage: readIncludeUsage(stream_options),
    ignored,
  };
}

/** By null, clients say that they leave a parameter out. */
function parseObject(body: string): Readonly<Record<string, unknown>> {
  if (body.length > MAX_BODY_CHARACTERS) {
    const message = `The body is too large: it has at most ${MAX_BODY_CHARACTERS} characters.`;
    throw new RefusedRequest(null, 'body_too_large', message, 413);
  }
  let sent: unknown;
  try {
    sent = JSON.parse(body);
  } catch {
    throw new RefusedRequest(null, 'invalid_json', 'The body must be one JSON object.');
  }
  if (!isObject(sent)) throw new RefusedRequest(null, 'invalid_json', 'The body must be a JSON object.');
  return Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== null));
}

function readOther(name: string, value: unknown): readonly string[] {
  if (HARMLESS.has(name)) return [];
  if (OF_THE_RULE.has(name)) return [name];
  const asksForNothing = Object.hasOwn(NOT_SERVED, name) ? NOT_SERVED[name] : undefined;
  const param = name.slice(0, 64);
  if (asksForNothing === undefined) {
    throw new RefusedRequest(param, 'unknown_parameter', `Unknown parameter: ${param}.`);
  }
  if (asksForNothing(value)) return [];
  throw new RefusedRequest(param, 'unsupported_parameter', `${param} is not served here: leave it out.`);
}

function readLimit(name: string, value: unknown): number {
  if (value === undefined) return Infinity;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) {
    throw wrongType(name, 'a whole number above 0');
  }
  return value;
}

function readFlag(name: string, value: unknown): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'boolean') throw wrongType(name, 'true or false');
  return value;
}

function readIncludeUsage(options: unknown): boolean {
  if (options === undefined) return false;
  if (!isObject(options)) throw wrongType('stream_options', 'an object');
  return readFlag('stream_options.include_usage', options.include_usage ?? undefined);
}

type Conversation = Pick<CompletionRequest, 'question' | 'history' | 'dropped' | 'system'>;

interface Said {
  readonly isUser: boolean;
  readonly texts: string[];
}

function readMessages(messages: unknown, systemMessages: SystemMessages): Conversation {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw wrongType('messages', 'an array of at least one message');
  }
  const system: string[] = [];
  const said: Said[] = [];
  for (const [index, message] of (messages as readonly unknown[]).entries()) {
    const param = `messages[${index}]`;
    if (!isObject(message)) throw wrongType(param, 'an object with "role" and "content"');
    switch (message.role) {
      case 'system':
      case 'developer':
        if (isSilent(message.content)) break;
        if (systemMessages === 'refuse') throw systemRefused(param);
        system.push(readContent(param, message.content));
        break;
      case 'user':
      case 'assistant': {
        if (!isEmpty(message.tool_calls ?? [])) throw toolCalls(param);
        const isUser = message.role === 'user';
        if (!isUser && isSilent(message.content)) break;
        const text = readContent(param, message.content);
        const last = said.at(-1);
        // Models take questions and answers by turns alone.
        if (last?.isUser === isUser) last.texts.push(text);
        else said.push({ isUser, texts: [text] });
        break;
      }
      default: {
        const text = `${param}.role must be system, developer, user or assistant.`;
        throw new RefusedRequest(`${param}.role`, 'invalid_value', text);
      }
    }
  }
  return converse(
    said.map(({ isUser, texts }) => ({ isUser, text: joined(texts) })),
    joined(system),
  );
}

/** Frameworks send a system message without a text, and hand back the answer of which nothing came. */
const isSilent = (content: unknown): boolean =>
  content === undefined ||
  content === null ||
  (typeof content === 'string' ? isBlank(content) : isEmpty(content));

const joined = (texts: readonly string[]): string => texts.join('\n\n');

function converse(
  said: readonly { readonly isUser: boolean; readonly text: string }[],
  system: string,
): Conversation {
  if (said[0]?.isUser !== true) {
    throw invalidMessages('The first message but the system’s must be of the role user.');
  }
  const question = said.at(-1);
  if (question?.isUser !== true) {
    throw invalidMessages('The last message must be of the role user: no answer is continued for a caller.');
  }
  refuseTooLong('The last message', question.text, MAX_QUESTION_CHARACTERS);
  refuseTooLong('What the system is told', system, MAX_SYSTEM_CHARACTERS);
  const turns = said.flatMap(({ isUser, text }, index) => {
    const answer = said[index + 1];
    return isUser && answer !== undefined ? [{ question: text, answer: answer.text }] : [];
  });
  const history = latest(turns);
  return {
    question: question.text,
    history,
    dropped: turns.length - history.length,
    ...(system !== '' && { system }),
  };
}

/** These clients send a conversation whole, however long it has become: its oldest turns are left out here. */
function latest(turns: readonly Turn[]): readonly Turn[] {
  let room = MAX_HISTORY_CHARACTERS;
  let first = turns.length;
  for (const { question, answer } of turns.slice(-MAX_HISTORY_TURNS).toReversed()) {
    room -= characters(question) + characters(answer);
    if (room < 0) break;
    first -= 1;
  }
  return turns.slice(first);
}

function readContent(param: string, content: unknown): string {
  const field = `${param}.content`;
  const text = Array.isArray(content) ? readParts(field, content) : content;
  if (typeof text !== 'string') throw wrongType(field, 'a text, or an array of parts of the type text');
  const fault = textFault(text);
  if (fault !== undefined) throw new RefusedRequest(field, 'invalid_value', `${field} ${fault}`);
  return text;
}

function readParts(field: string, parts: readonly unknown[]): string {
  return parts
    .map((part, index) => {
      const at = `${field}[${index}]`;
      if (!isObject(part)) throw wrongType(at, 'an object with "type" and "text"');
      if (part.type !== 'text') {
        throw new RefusedRequest(
          `${at}.type`,
          'invalid_value',
          `${at}.type must be text: no other is served.`,
        );
      }
      if (typeof part.text !== 'string') throw wrongType(`${at}.text`, 'a string');
      return part.text;
    })
    .join('\n');
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const missing = (param: string) =>
  new RefusedRequest(param, 'missing_required_parameter', `Missing required parameter: ${param}.`);

const wrongType = (param: string, what: string) =>
  new RefusedRequest(param, 'invalid_type', `${param} must be ${what}.`);

const invalidMessages = (message: string) => new RefusedRequest('messages', 'invalid_value', message);

function refuseTooLong(what: string, text: string, limit: number): void {
  if (characters(text) <= limit) return;
  const message = `${what} must have at most ${limit} characters.`;
  throw new RefusedRequest('messages', 'string_above_max_length', message);
}

const toolCalls = (param: string) =>
  new RefusedRequest(`${param}.tool_calls`, 'unsupported_parameter', 'Calls of tools are not served here.');

const systemRefused = (param: string) =>
  new RefusedRequest(
    `${param}.role`,
    'unsupported_value',
    'System messages are refused here: what the assistant is told of itself is the operator’s to say.',
  );
