import { type JsonObject, readList, readObject, readText, typeName, under, type Findings } from './fields';
import { reportReservedWords } from './check-record';

const SCHEMA_VERSION = 'bedrock-conversation-2024';

/** Of a Converse content block; the check takes text alone. */
const OTHER_CONTENT = [
  'image',
  'video',
  'document',
  'toolUse',
  'toolResult',
  'reasoningContent',
  'guardContent',
];

/** `{schemaVersion, system?: [{text}], messages: [{role, content: [{text}]}]}` */
export function readConversation(value: unknown, findings: Findings): void {
  const record = readObject(value, '$', ['schemaVersion', 'system', 'messages'], findings);
  if (!record) return;
  readSchemaVersion(record, findings);
  if (record.system !== undefined) {
    readList(record.system, 'system', findings).forEach((block, index) => {
      readBlock('system', block, `system[${index}]`, findings);
    });
  }
  const messages = readList(record.messages, 'messages', findings);
  const roles = messages.map((message, index) => readMessage(message, `messages[${index}]`, findings));
  reportRoleOrder(roles, findings);
}

function readSchemaVersion({ schemaVersion }: JsonObject, findings: Findings): void {
  const path = 'schemaVersion';
  const version = readText(schemaVersion, path, findings);
  if (version !== undefined && version !== SCHEMA_VERSION)
    findings.add('wrong-schema-version', path, `is another than ${SCHEMA_VERSION}`);
}

/** @returns the message's role, where it has a valid one */
function readMessage(value: unknown, path: string, findings: Findings): string | undefined {
  const message = readObject(value, path, ['role', 'content'], findings);
  if (!message) return undefined;
  const rolePath = under(path, 'role');
  const role = readText(message.role, rolePath, findings);
  const known = role === 'user' || role === 'assistant';
  if (role !== undefined && !known) findings.add('role-order', rolePath, 'is neither user nor assistant');
  readList(message.content, under(path, 'content'), findings).forEach((block, index) => {
    readBlock(known ? role : '', block, `${under(path, 'content')}[${index}]`, findings);
  });
  return known ? role : undefined;
}

function readBlock(role: string, value: unknown, path: string, findings: Findings): void {
  const block = readObject(value, path, ['text', ...OTHER_CONTENT], findings);
  if (!block) return;
  const others = OTHER_CONTENT.filter((kind) => block[kind] !== undefined);
  for (const kind of others) findings.add('unsupported-content', under(path, kind), 'is not text');
  if (others.length > 0 && block.text === undefined) return;
  const textPath = under(path, 'text');
  const text = readText(block.text, textPath, findings);
  if (text === undefined) return;
  findings.addText(role, text);
  reportReservedWords(text, textPath, findings);
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

/** Whether a record looks like one, right or wrong. */
export function looksLikeConversation(value: unknown): boolean {
  return typeName(value) === 'an object' && 'messages' in (value as object);
}
