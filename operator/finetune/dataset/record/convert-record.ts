import type { DatasetFormat } from '../../../../contract/tunable-models';
import { type Findings, isGiven, isObject, type JsonObject, shownName, typeName } from './fields';
import { FOREIGN, type ForeignFormat, formatOf, pairOf } from './formats';

interface Turn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly text: string;
  /** Where it was. */
  readonly path: string;
}

/** Ends the conversion of one record. */
class CannotConvert extends Error {
  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** What each format calls its speakers. */
const ROLES: ReadonlyMap<string, Turn['role']> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['gpt', 'assistant'],
  ['chatgpt', 'assistant'],
  ['model', 'assistant'],
]);

/**
 * Turns a record into what a base model is tuned on. Nothing is left out: what cannot be kept is reported.
 * @param dropped fields that are to be left out
 * @returns undefined where it cannot be converted
 */
export function convertRecord(
  value: unknown,
  target: DatasetFormat,
  findings: Findings,
  dropped: readonly string[] = [],
): unknown {
  const record = isObject(value) ? without(value, dropped) : value;
  const format = formatOf(record);
  if (format === target) return record;
  try {
    if (format === undefined || !isObject(record))
      throw new CannotConvert('$', 'is in no format that is known here');
    const turns = turnsOf(record, format);
    return target === 'conversation' ? conversationOf(turns) : pairFrom(turns);
  } catch (error) {
    if (!(error instanceof CannotConvert)) throw error;
    findings.add('cannot-convert', error.path, error.reason);
    return undefined;
  }
}

const without = (record: JsonObject, dropped: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(record).filter(([name]) => !dropped.includes(name)));

/** What says nothing, such as an empty cell of CSV. */
const isEmpty = (value: unknown): boolean =>
  !isGiven(value) || value === '' || (Array.isArray(value) && value.length === 0);

/** What a record's number or name is good for ends with its file. */
const NAMES_A_RECORD = 'id';

/** @throws CannotConvert for a field that would be lost */
function requireKnown(record: JsonObject, known: readonly string[], path: string): void {
  const strange = Object.keys(record).find(
    (name) => name !== NAMES_A_RECORD && !known.includes(name) && !isEmpty(record[name]),
  );
  if (strange !== undefined)
    throw new CannotConvert(`${path}${shownName(strange)}`, 'is not understood, and would be lost');
}

/** Beside what the system says; undefined for a format that is not converted. */
const fieldsOf = (record: JsonObject, format: DatasetFormat | ForeignFormat): readonly string[] | undefined =>
  FIELDS[format] ?? (format === 'other-pair' ? pairOf(record) : undefined);

const FIELDS: Readonly<Partial<Record<DatasetFormat | ForeignFormat, readonly string[]>>> = {
  'prompt-completion': ['prompt', 'completion'],
  conversation: ['schemaVersion', 'messages'],
  'openai-chat': ['messages'],
  'anthropic-messages': ['messages'],
  sharegpt: ['conversations'],
  'gemini-contents': ['systemInstruction', 'contents'],
  alpaca: ['instruction', 'input', 'output'],
};

function turnsOf(record: JsonObject, format: DatasetFormat | ForeignFormat): readonly Turn[] {
  for (const field of ['tools', 'functions', 'toolConfig'])
    if (isGiven(record[field])) throw new CannotConvert(field, 'names tools, which are not converted');
  const known = fieldsOf(record, format);
  if (known !== undefined) requireKnown(record, ['system', ...known], '');
  switch (format) {
    case 'conversation':
    case 'openai-chat':
    case 'anthropic-messages':
      return [
        ...systemOf(record.system, 'system'),
        ...turnsIn(record.messages, 'messages', 'role', 'content'),
      ];
    case 'sharegpt':
      return [...systemOf(record.system, 'system'), ...shareGptTurns(record.conversations)];
    case 'gemini-contents':
      return [
        ...systemOf(record.system, 'system'),
        ...systemOf(partsOf(record.systemInstruction), 'systemInstruction'),
        ...turnsIn(record.contents, 'contents', 'role', 'parts'),
      ];
    case 'alpaca':
      return [
        ...systemOf(record.system, 'system'),
        { role: 'user', text: alpacaPrompt(record), path: 'instruction' },
        said('assistant', record, 'output'),
      ];
    case 'prompt-completion':
    case 'other-pair': {
      const [question, answer] = pairOf(record) ?? ['prompt', 'completion'];
      const system = systemOf(record.system, 'system');
      return [...system, said('user', record, question), said('assistant', record, answer)];
    }
    default:
      throw new CannotConvert('$', `is ${FOREIGN[format].name}`);
  }
}

const said = (role: Turn['role'], record: JsonObject, field: string): Turn => ({
  role,
  text: textOf(record[field], field),
  path: field,
});

function alpacaPrompt(record: JsonObject): string {
  const instruction = textOf(record.instruction, 'instruction');
  const input = isGiven(record.input) ? textOf(record.input, 'input') : '';
  return input.trim() === '' ? instruction : `${instruction}\n\n${input}`;
}

const partsOf = (value: unknown): unknown => (isObject(value) ? value.parts : value);

function systemOf(value: unknown, path: string): readonly Turn[] {
  if (!isGiven(value)) return [];
  const text = textOf(value, path);
  return text === '' ? [] : [{ role: 'system', text, path }];
}

function shareGptTurns(value: unknown): readonly Turn[] {
  const [first] = Array.isArray(value) ? (value as unknown[]) : [];
  return isObject(first) && 'role' in first
    ? turnsIn(value, 'conversations', 'role', 'content')
    : turnsIn(value, 'conversations', 'from', 'value');
}

function turnsIn(value: unknown, list: string, roleField: string, textField: string): readonly Turn[] {
  if (!Array.isArray(value)) throw new CannotConvert(list, `is ${typeName(value)} instead of an array`);
  return value.map((message: unknown, index) => {
    const path = `${list}[${index}]`;
    if (!isObject(message)) throw new CannotConvert(path, `is ${typeName(message)} instead of an object`);
    for (const field of ['tool_calls', 'function_call'])
      if (isGiven(message[field])) throw new CannotConvert(`${path}.${field}`, 'calls a tool');
    if (message.weight === 0)
      throw new CannotConvert(`${path}.weight`, 'is 0, and Bedrock learns from every answer');
    requireKnown(message, [roleField, textField, 'name', 'weight'], `${path}.`);
    const name = message[roleField];
    const role = typeof name === 'string' ? ROLES.get(name) : undefined;
    if (role === undefined)
      throw new CannotConvert(`${path}.${roleField}`, 'is neither user, assistant nor system');
    return { role, text: textOf(message[textField], `${path}.${textField}`), path };
  });
}

/** A string, or parts that hold text alone. */
function textOf(value: unknown, path: string): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) throw new CannotConvert(path, `is ${typeName(value)} instead of a text`);
  return value
    .map((part: unknown, index) => {
      if (typeof part === 'string') return part;
      const isText = isObject(part) && typeof part.text === 'string' && (part.type ?? 'text') === 'text';
      if (!isText) throw new CannotConvert(`${path}[${index}]`, 'is no text');
      return part.text as string;
    })
    .join('\n');
}

/** What the system says is said once, and first. */
function systemFirst(turns: readonly Turn[]) {
  const start = turns.findIndex(({ role }) => role !== 'system');
  const system = start === -1 ? turns : turns.slice(0, start);
  const talk = turns.slice(system.length);
  const late = talk.find(({ role }) => role === 'system');
  if (late) throw new CannotConvert(late.path, 'is of the system, in the midst of the conversation');
  return { system: system.map(({ text }) => text), talk };
}

function conversationOf(turns: readonly Turn[]) {
  const { system, talk } = systemFirst(turns);
  return {
    schemaVersion: 'bedrock-conversation-2024',
    ...(system.length > 0 && { system: system.map((text) => ({ text })) }),
    messages: talk.map(({ role, text }) => ({ role, content: [{ text }] })),
  };
}

function pairFrom(turns: readonly Turn[]) {
  const { system, talk } = systemFirst(turns);
  const [question, answer, more] = talk;
  if (question?.role !== 'user' || answer?.role !== 'assistant' || more)
    throw new CannotConvert(more?.path ?? '$', 'has to be one question and one answer for this base model');
  return { prompt: [...system, question.text].join('\n\n'), completion: answer.text };
}
