import type { ContentKind } from '../../../../contract/tunable-models';
import {
  type Findings,
  type JsonObject,
  isGiven,
  isObject,
  readList,
  readObject,
  readString,
  readText,
  under,
} from './fields';
import { reportReservedWords } from './reserved-words';
import { readToolConfig, ToolCalls } from './tools';

/** Who may say it: as AWS's dataset validator has it (amazon-nova-samples). */
const SAID_BY: Readonly<Record<ContentKind, 'user' | 'assistant'>> = {
  image: 'user',
  video: 'user',
  document: 'user',
  toolUse: 'assistant',
  toolResult: 'user',
  reasoningContent: 'assistant',
};

const CONTENT = Object.keys(SAID_BY) as ContentKind[];

/** What a record is read with. */
interface Reading {
  readonly findings: Findings;
  readonly takes: readonly ContentKind[];
  readonly calls: ToolCalls;
}

/**
 * `{schemaVersion?, system?: [{text}], toolConfig?, messages: [{role, content: [{text}]}]}`. `schemaVersion` may be any
 * string: Nova user guide, "Preparing data for fine-tuning Understanding models". It may be left out, and `system` be
 * empty: AWS's dataset validator, and its published samples.
 * @param takes content that the base model is tuned on, beside text
 */
export function readConversation(value: unknown, takes: readonly ContentKind[], findings: Findings): void {
  const record = readObject(value, '$', ['schemaVersion', 'system', 'toolConfig', 'messages'], findings);
  if (!record) return;
  if (isGiven(record.schemaVersion)) readString(record.schemaVersion, 'schemaVersion', findings);
  if (isGiven(record.system)) readSystem(record.system, findings);
  const names = isGiven(record.toolConfig) ? readToolConfig(record.toolConfig, findings) : undefined;
  const reading = { findings, takes, calls: new ToolCalls(names, findings) };
  const messages = readList(record.messages, 'messages', findings);
  const roles = messages.map((message, index) => readMessage(message, `messages[${index}]`, reading));
  reportRoleOrder(roles, findings);
  if (names !== undefined || reading.calls.any) reportTools(takes, findings);
}

function reportTools(takes: readonly ContentKind[], findings: Findings): void {
  if (takes.includes('toolUse')) findings.add('tool-content', 'messages', 'uses tools');
  else findings.add('unsupported-content', 'messages', 'uses tools; the base model is not tuned on them');
}

function readSystem(value: unknown, findings: Findings): void {
  if (Array.isArray(value) && value.length === 0) return;
  readList(value, 'system', findings).forEach((entry, index) => {
    const path = `system[${index}]`;
    const block = readObject(entry, path, ['text'], findings);
    const text = block && readString(block.text, under(path, 'text'), findings);
    if (text !== undefined) addTrained('system', text, under(path, 'text'), findings);
  });
}

function addTrained(part: string, text: string, path: string, findings: Findings): void {
  findings.addText(part, text, path);
  reportReservedWords(text, path, findings);
}

/** @returns the message's role, where it has a valid one */
function readMessage(value: unknown, path: string, reading: Reading): string | undefined {
  const { findings } = reading;
  const message = readObject(value, path, ['role', 'content'], findings);
  if (!message) return undefined;
  const rolePath = under(path, 'role');
  const role = readText(message.role, rolePath, findings);
  const known = role === 'user' || role === 'assistant' ? role : undefined;
  if (role !== undefined && !known) findings.add('role-order', rolePath, 'is neither user nor assistant');
  const contentPath = under(path, 'content');
  const blocks = readList(message.content, contentPath, findings);
  const before = findings.problems.length;
  blocks.forEach((block, index) => {
    readBlock(known, block, `${contentPath}[${index}]`, reading);
  });
  if (blocks.length > 0 && findings.problems.length === before) reportSilence(blocks, contentPath, findings);
  return known;
}

/** A turn says something: a text, or what stands for one. */
function reportSilence(blocks: readonly unknown[], path: string, findings: Findings): void {
  const objects = blocks.filter(isObject);
  if (objects.some((block) => CONTENT.some((kind) => isGiven(block[kind])))) return;
  const texts = objects.map(({ text }) => text).filter((text) => typeof text === 'string');
  const where = blocks.length === 1 ? `${path}[0].text` : path;
  if (texts.join('') === '') findings.add('empty-text', where, 'is empty');
  else if (texts.join('').trim() === '') findings.add('blank-text', where, 'has nothing but white space');
}

function readBlock(role: 'user' | 'assistant' | undefined, value: unknown, path: string, reading: Reading) {
  const { findings, takes } = reading;
  const block = readObject(value, path, ['text', ...CONTENT], findings);
  if (!block) return;
  const kinds = CONTENT.filter((kind) => isGiven(block[kind]));
  for (const kind of kinds) {
    const at = under(path, kind);
    if (!takes.includes(kind))
      findings.add('unsupported-content', at, 'is not what the base model is tuned on');
    else if (role !== undefined && SAID_BY[kind] !== role)
      findings.add('wrong-place', at, `is said by the ${SAID_BY[kind]} alone`);
    else readContent(kind, block[kind], at, reading);
  }
  if (kinds.length > 0 && !isGiven(block.text)) return;
  const text = readString(block.text, under(path, 'text'), findings);
  if (text !== undefined) addTrained(role ?? '', text, under(path, 'text'), findings);
}

function readContent(kind: ContentKind, value: unknown, path: string, { findings, calls }: Reading): void {
  switch (kind) {
    case 'toolUse':
      calls.readUse(value, path);
      break;
    case 'toolResult':
      calls.readResult(value, path);
      break;
    case 'reasoningContent':
      readReasoning(value, path, findings);
      break;
    default:
      readMedia(value, path, findings);
  }
  findings.addContent(kind, value);
}

/** Text alone: what is redacted or signed cannot be learnt from. */
function readReasoning(value: unknown, path: string, findings: Findings): void {
  const content = readObject(value, path, ['reasoningText'], findings);
  const at = under(path, 'reasoningText');
  const reasoning = content && readObject(content.reasoningText, at, ['text', 'signature'], findings);
  const text = reasoning && readText(reasoning.text, under(at, 'text'), findings);
  if (text !== undefined) addTrained('reasoning', text, under(at, 'text'), findings);
}

/** An object of S3; its bytes inside a record are not taken. */
function readMedia(value: unknown, path: string, findings: Findings): void {
  const media = readObject(value, path, ['format', 'source', 'name'], findings);
  if (!media) return;
  readText(media.format, under(path, 'format'), findings);
  const at = under(path, 'source.s3Location');
  const { s3Location }: JsonObject = isObject(media.source) ? media.source : {};
  const location = readObject(s3Location, at, ['uri', 'bucketOwner'], findings);
  const uri = location && readText(location.uri, under(at, 'uri'), findings);
  if (uri === undefined) return;
  if (uri.startsWith('s3://')) findings.add('media-content', path, 'is read from S3');
  else findings.add('wrong-type', under(at, 'uri'), 'does not begin with s3://');
}

/** One problem a record: after the first turn out of order, all that follow are, too. */
function reportRoleOrder(roles: readonly (string | undefined)[], findings: Findings): void {
  const wrong = roles.findIndex((role, index) => role !== undefined && role !== expectedRole(index));
  if (wrong !== -1) {
    findings.add('role-order', `messages[${wrong}].role`, `is not ${expectedRole(wrong)}, whose turn it is`);
  } else if (roles.length > 0 && roles.length % 2 === 1) {
    findings.add('role-order', `messages[${roles.length - 1}]`, 'is the last one, and not the assistant’s');
  }
}

const expectedRole = (index: number): string => (index % 2 === 0 ? 'user' : 'assistant');
