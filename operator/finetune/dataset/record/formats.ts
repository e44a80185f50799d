import type { DatasetFormat } from '../../../../contract/tunable-models';
import { isGiven, isObject, type JsonObject } from './fields';

const PAIRS = [
  ['question', 'answer'],
  ['input', 'output'],
  ['query', 'response'],
  ['question', 'response'],
  ['prompt', 'response'],
] as const;

/** The fields of a pair that is called something else than prompt and completion. */
export const pairOf = (record: JsonObject): readonly [string, string] | undefined =>
  PAIRS.find((names) => names.every((name) => name in record));

const has = (record: JsonObject, ...names: readonly string[]): boolean =>
  names.every((name) => name in record);

/** What Anthropic alone has beside text: OpenAI's tools are no parts of what is said. */
const ANTHROPIC_PARTS: readonly unknown[] = ['tool_use', 'tool_result', 'thinking', 'document'];

const hasAnthropicPart = ({ messages }: JsonObject): boolean =>
  Array.isArray(messages) &&
  messages.some(
    (message) =>
      isObject(message) &&
      Array.isArray(message.content) &&
      message.content.some((part) => isObject(part) && ANTHROPIC_PARTS.includes(part.type)),
  );

/** Text as OpenAI and Anthropic have it: a string, or parts that name their type; where a tool is called, nothing. */
const isUntyped = (content: unknown): boolean =>
  typeof content === 'string' ||
  !isGiven(content) ||
  (Array.isArray(content) && content.every((part) => isObject(part) && typeof part.type === 'string'));

const hasForeignMessages = ({ messages }: JsonObject): boolean =>
  Array.isArray(messages) &&
  messages.length > 0 &&
  messages.every((message) => isObject(message) && 'role' in message && isUntyped(message.content));

const hasCandidates = ({ messages }: JsonObject): boolean =>
  Array.isArray(messages) && messages.some((message) => isObject(message) && 'candidates' in message);

interface Format {
  /** As a person calls it. */
  readonly name: string;
  /** Where it shows. */
  readonly field: string;
  readonly matches: (record: JsonObject) => boolean;
}

/** Formats that people have datasets in; the first that matches. */
export const FOREIGN = {
  'labelled-answers': {
    name: 'an answer labelled good or bad (KTO)',
    field: 'label',
    matches: ({ label, ...record }) =>
      /^(?:true|false)$/i.test(String(label)) &&
      ['completion', 'response', 'messages'].some((name) => name in record),
  },
  'preference-pairs': {
    name: 'a pair of a preferred and a rejected answer (DPO)',
    field: '$',
    matches: (record) =>
      has(record, 'chosen', 'rejected') ||
      has(record, 'preferred_output', 'non_preferred_output') ||
      hasCandidates(record),
  },
  sharegpt: {
    name: 'ShareGPT’s conversations',
    field: 'conversations',
    matches: ({ conversations }) => Array.isArray(conversations),
  },
  'gemini-contents': {
    name: 'Gemini’s contents',
    field: 'contents',
    matches: ({ contents }) => Array.isArray(contents),
  },
  'anthropic-messages': {
    name: 'Anthropic’s messages',
    field: 'messages',
    matches: (record) => hasForeignMessages(record) && ('system' in record || hasAnthropicPart(record)),
  },
  'openai-chat': { name: 'OpenAI’s chat', field: 'messages', matches: hasForeignMessages },
  alpaca: {
    name: 'Alpaca’s instruction and output',
    field: 'instruction',
    matches: (record) => has(record, 'instruction', 'output'),
  },
  'model-request': {
    name: 'a request to a model, of a batch or of a log',
    field: '$',
    matches: (record) =>
      has(record, 'recordId', 'modelInput') ||
      has(record, 'custom_id', 'body') ||
      (isObject(record.input) && isObject(record.output)),
  },
  'other-pair': {
    name: 'a pair whose fields are not called prompt and completion',
    field: '$',
    matches: (record) => pairOf(record) !== undefined,
  },
  'plain-text': {
    name: 'a text without an answer',
    field: 'text',
    matches: ({ text, ...rest }) => typeof text === 'string' && Object.keys(rest).length === 0,
  },
} as const satisfies Record<string, Format>;

export type ForeignFormat = keyof typeof FOREIGN;

const FOREIGN_NAMES = Object.keys(FOREIGN) as ForeignFormat[];

/** The format that a record is in, right or wrong; undefined where it looks like none. */
export function formatOf(value: unknown): DatasetFormat | ForeignFormat | undefined {
  if (!isObject(value)) return undefined;
  const foreign = FOREIGN_NAMES.find((name) => (FOREIGN[name] as Format).matches(value));
  if (foreign !== undefined) return foreign;
  if ('messages' in value) return 'conversation';
  return 'prompt' in value || 'completion' in value ? 'prompt-completion' : undefined;
}
