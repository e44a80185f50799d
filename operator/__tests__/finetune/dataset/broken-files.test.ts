import type { ProblemKind } from '../../../finetune/dataset/problem';
import { checkText, conversation, conversations, model } from './fixture';

const NOVA = model('amazon.nova-micro-v1:0:128k');
const [first = '', second = '', ...rest] = conversations(10);
const good = [first, second, ...rest];
const file = (...lines: readonly string[]) => `${lines.join('\n')}\n`;
const withLine = (line: string) => file(first, line, ...rest, second);
const changed = (change: (record: ReturnType<typeof conversation>) => void): string => {
  const record = conversation(99);
  change(record);
  return JSON.stringify(record);
};
const say = (text: string) =>
  changed(({ messages }) => {
    messages[0]?.content.splice(0, 1, { text });
  });

/** Each is broken in one way: its name, the content, the only problem, its line. */
const BROKEN: readonly (readonly [string, string | Buffer, ProblemKind, number])[] = [
  ['an empty file', '', 'too-few-records', 0],
  ['seven records', file(...good.slice(0, 7)), 'too-few-records', 0],
  ['20,001 records', file(...conversations(20_001)), 'too-many-records', 0],
  ['a byte order mark', `\u{feff}${file(...good)}`, 'byte-order-mark', 1],
  ['a line that ends with CRLF', withLine(`${conversations(11)[10] ?? ''}\r`), 'carriage-return', 2],
  ['a blank line', withLine(''), 'blank-line', 2],
  ['a line of white space', withLine(' \t'), 'blank-line', 2],
  ['a line of 9 MB', withLine(say('x'.repeat(9e6))), 'line-too-long', 2],
  ['Latin-1 text', Buffer.from(withLine(say('caf\u00e9')), 'latin1'), 'invalid-utf8', 2],
  ['a line cut off', withLine(second.slice(0, -5)), 'invalid-json', 2],
  ['two records on a line', withLine(`${second}${second}`), 'invalid-json', 2],
  ['a JSON array', withLine('[1]'), 'wrong-type', 2],
  ['a comment', withLine('// a comment'), 'invalid-json', 2],
  ['another format', withLine('{"prompt":"A","completion":"B"}'), 'other-format', 2],
  ['a mistyped field', withLine(`${second.slice(0, -1)},"mesages":[]}`), 'unknown-field', 2],
  ['a number as text', withLine(second.replace('"Where is order 2?"', '5')), 'wrong-type', 2],
  ['an empty text', withLine(say('')), 'empty-text', 2],
  ['an empty system list', withLine(changed((record) => (record.system = []))), 'empty-list', 2],
  ['another schema', withLine(changed((record) => (record.schemaVersion = 'v1'))), 'wrong-schema-version', 2],
  ['turns the wrong way round', withLine(changed((record) => record.messages.reverse())), 'role-order', 2],
  [
    'a conversation that ends with the user',
    withLine(changed((record) => record.messages.pop())),
    'role-order',
    2,
  ],
  [
    'an image',
    withLine(second.replace('"text":"Where', '"image":{},"text":"Where')),
    'unsupported-content',
    2,
  ],
  ['a reserved word', withLine(say('Assistant: hello')), 'reserved-word', 2],
  ['a record of 768,001 characters', withLine(say('x'.repeat(768_001))), 'record-too-long', 2],
  ['a copy', withLine(first), 'duplicate', 2],
  ['a copy with other white space', withLine(first.replaceAll(':', ' : ')), 'duplicate', 2],
];

describe('a broken file', () => {
  it.each(BROKEN)('with %s', async (_, content, kind, line) => {
    const { problems } = await checkText(content, { model: NOVA });
    expect(problems.total).toBe(1);
    expect(problems.listed).toEqual([expect.objectContaining({ kind, line })]);
  });

  it('is not that which has no newline at its end', async () => {
    expect((await checkText(file(...good).trimEnd(), { model: NOVA })).problems.total).toBe(0);
  });
});
