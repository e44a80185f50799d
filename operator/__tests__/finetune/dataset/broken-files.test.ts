import { gzipSync } from 'node:zlib';
import { KINDS, type ProblemKind } from '../../../finetune/dataset/problem';
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
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const SAID = 'messages[0].content[0].text';

type Broken = readonly [string, string | Buffer, ProblemKind, number, string];

/** Each is no JSON Lines of a format of Bedrock's: its name, the content, the only problem, its line and field. */
const FOREIGN: readonly Broken[] = [
  ['compressed by gzip', gzipSync(file(...good)), 'gzip', 0, '$'],
  ['in UTF-16', utf16(file(...good)), 'utf-16', 0, '$'],
  ['in UTF-16 without a byte order mark', utf16(file(...good)).subarray(2), 'utf-16', 0, '$'],
  ['in UTF-32', Buffer.from('fffe00007b000000', 'hex'), 'utf-32', 0, '$'],
  ['compressed by zstd', Buffer.from('28b52ffd24', 'hex'), 'compressed', 0, '$'],
  ['compressed by bzip2', 'BZh91AY', 'compressed', 0, '$'],
  ['compressed by xz', Buffer.from('fd377a585a00', 'hex'), 'compressed', 0, '$'],
  [
    'that Git LFS has left out',
    'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
    'git-lfs-pointer',
    0,
    '$',
  ],
  ['of records within an object', `{"version":1,"data":[${good.join(',')}]}`, 'wrapped-list', 0, '$'],
  ['of CSV with other columns', 'Frage;Antwort\nWo?;Hier.\n', 'csv-columns', 0, '$'],
  ['of a spreadsheet', Buffer.from('504b030414000600', 'hex'), 'zip-archive', 0, '$'],
  ['of Parquet', 'PAR1\x15\x04', 'parquet', 0, '$'],
  [
    'that is one JSON array',
    JSON.stringify(good.map((line) => JSON.parse(line) as unknown)),
    'json-array',
    0,
    '$',
  ],
  ['of records over several lines', JSON.stringify(conversation(), null, 2), 'pretty-printed-json', 0, '$'],
  ['of CSV', 'prompt,completion\nWhere is it?,On its way.\n', 'csv', 0, '$'],
  ['of CSV with capitals', 'Prompt,Completion\nWhere is it?,On its way.\n', 'csv', 0, '$'],
  [
    'with an answer labelled bad',
    withLine('{"prompt":"A","completion":"B","label":false}'),
    'labelled-answers',
    2,
    'label',
  ],
  ['of CSV with semicolons and quotes', '"question";"answer"\n"Where?";"Here."\n', 'csv', 0, '$'],
  [
    'with a record of OpenAI’s chat',
    withLine('{"messages":[{"role":"system","content":"S"},{"role":"user","content":"A"}]}'),
    'openai-chat',
    2,
    'messages',
  ],
  [
    'with a record of OpenAI’s chat in parts, which calls a tool',
    withLine(
      '{"messages":[{"role":"user","content":[{"type":"text","text":"A"}]},{"role":"assistant","content":null,"tool_calls":[]}]}',
    ),
    'openai-chat',
    2,
    'messages',
  ],
  [
    'with a record of Anthropic’s messages',
    withLine('{"system":"S","messages":[{"role":"user","content":"A"},{"role":"assistant","content":"B"}]}'),
    'anthropic-messages',
    2,
    'messages',
  ],
  [
    'with a record of ShareGPT',
    withLine('{"conversations":[{"from":"human","value":"A"},{"from":"gpt","value":"B"}]}'),
    'sharegpt',
    2,
    'conversations',
  ],
  [
    'with a record of Gemini',
    withLine('{"contents":[{"role":"user","parts":[{"text":"A"}]}]}'),
    'gemini-contents',
    2,
    'contents',
  ],
  [
    'with a record of Alpaca',
    withLine('{"instruction":"A","input":"","output":"B"}'),
    'alpaca',
    2,
    'instruction',
  ],
  [
    'with a pair to prefer',
    withLine('{"prompt":"A","chosen":"B","rejected":"C"}'),
    'preference-pairs',
    2,
    '$',
  ],
  [
    'with candidates, as Nova is taught preferences',
    withLine('{"messages":[{"role":"user","content":[{"text":"A"}]},{"role":"assistant","candidates":[]}]}'),
    'preference-pairs',
    2,
    '$',
  ],
  [
    'with a tool that Anthropic’s model uses',
    withLine(
      '{"messages":[{"role":"user","content":"A"},{"role":"assistant","content":[{"type":"tool_use","id":"t"}]}]}',
    ),
    'anthropic-messages',
    2,
    'messages',
  ],
  [
    'with a request of a batch',
    withLine('{"recordId":"1","modelInput":{"messages":[]}}'),
    'model-request',
    2,
    '$',
  ],
  [
    'with a model’s invocation log',
    withLine('{"schemaType":"ModelInvocationLog","input":{"inputBodyJson":{}},"output":{}}'),
    'model-request',
    2,
    '$',
  ],
  ['with a pair under other names', withLine('{"question":"A","answer":"B"}'), 'other-pair', 2, '$'],
  ['with a text alone', withLine('{"text":"A"}'), 'plain-text', 2, 'text'],
  ['with a prompt and its completion', withLine('{"prompt":"A","completion":"B"}'), 'other-format', 2, '$'],
];

/** Each is broken in one way. */
const BROKEN: readonly Broken[] = [
  ['that is empty', '', 'too-few-records', 0, '$'],
  ['of seven records', file(...good.slice(0, 7)), 'too-few-records', 0, '$'],
  ['of 20,001 records', file(...conversations(20_001)), 'too-many-records', 0, '$'],
  ['with a blank line', withLine(''), 'blank-line', 2, '$'],
  ['with a line of white space', withLine(' \t'), 'blank-line', 2, '$'],
  ['with a line of 9 MB', withLine(say('x'.repeat(9e6))), 'line-too-long', 2, '$'],
  ['with Latin-1 text', Buffer.from(withLine(say('caf\u00e9')), 'latin1'), 'invalid-utf8', 2, '$'],
  ['with a line cut off', withLine(second.slice(0, -5)), 'invalid-json', 2, '$'],
  ['with two records on a line', withLine(`${second}${second}`), 'invalid-json', 2, '$'],
  ['with a NUL byte', withLine(second.replace('Where', 'Wh\0ere')), 'nul-character', 2, '$'],
  ['with an escaped NUL', withLine(say('A\0B')), 'nul-character', 2, SAID],
  ['with half of an emoji', withLine(say('A\ud83d')), 'lone-surrogate', 2, SAID],
  [
    'with a key that stands twice',
    withLine(second.replace('{"text":"Where', '{"text":"A","text":"Where')),
    'duplicate-key',
    2,
    SAID,
  ],
  ['with an array', withLine('[1]'), 'wrong-type', 2, '$'],
  ['with a comment', withLine('// a comment'), 'invalid-json', 2, '$'],
  [
    'with a mistyped field',
    withLine(second.replace('"messages"', '"mesages"')),
    'missing-field',
    2,
    'messages',
  ],
  ['with a number as text', withLine(second.replace('"Where is order 2?"', '5')), 'wrong-type', 2, SAID],
  ['with an empty text', withLine(say('')), 'empty-text', 2, SAID],
  [
    'with turns the wrong way round',
    withLine(changed((record) => record.messages.reverse())),
    'role-order',
    2,
    'messages[0].role',
  ],
  [
    'with a conversation that ends with the user',
    withLine(changed((record) => record.messages.pop())),
    'role-order',
    2,
    'messages[0]',
  ],
  [
    'with an image for a model of texts',
    withLine(second.replace('"text":"Where', '"image":{},"text":"Where')),
    'unsupported-content',
    2,
    'messages[0].content[0].image',
  ],
  ['with a reserved word', withLine(say('Assistant: hello')), 'reserved-word', 2, SAID],
  ['with a record of 128,003 words', withLine(say('word '.repeat(128_003))), 'record-too-long', 2, '$'],
];

/** Each is to be doubted in one way, and trains. */
const DOUBTED: readonly Broken[] = [
  ['with a byte order mark', `\u{feff}${file(...good)}`, 'byte-order-mark', 1, '$'],
  [
    'with a line that ends with CRLF',
    withLine(`${conversations(11)[10] ?? ''}\r`),
    'carriage-return',
    2,
    '$',
  ],
  ['with a copy', withLine(first), 'duplicate', 2, '$'],
  ['with a copy with other white space', withLine(first.replaceAll(':', ' : ')), 'duplicate', 2, '$'],
  ['with a field too many', withLine(`{"id":7,${say('A').slice(1)}`), 'unknown-field', 2, 'id'],
  ['with a blank text', withLine(say(' ')), 'blank-text', 2, SAID],
  [
    'with a word that a validator refuses',
    withLine(say('USER: hello <unk>')),
    'reserved-by-validator',
    2,
    SAID,
  ],
  ['with a record of 512,001 characters', withLine(say('x'.repeat(512_001))), 'perhaps-too-long', 2, '$'],
];

describe('a file that is not ready', () => {
  it.each([...FOREIGN, ...BROKEN])('%s is named by kind, line and field, with what to do', async (...row) => {
    const [, content, kind, line, path] = row;
    const { problems } = await checkText(content, { model: NOVA });
    expect(problems.byKind).toEqual({ [kind]: 1 });
    expect(problems.listed).toEqual([expect.objectContaining({ kind, line, path })]);
    expect(KINDS[kind].advice).toMatch(/^[A-Z].*[^ ]$/);
  });
});

describe('a file that is ready', () => {
  it.each(DOUBTED)('%s is doubted, by kind, line and field', async (_, content, kind, line, path) => {
    const { problems, warnings } = await checkText(content, { model: NOVA });
    expect(problems.total).toBe(0);
    expect(warnings.listed[0]).toMatchObject({ kind, line, path });
    expect(Object.keys(warnings.byKind)).toEqual(expect.arrayContaining([kind]));
  });

  it('needs no newline at its end', async () => {
    const { problems, warnings } = await checkText(file(...good).trimEnd(), { model: NOVA });
    expect([problems.total, warnings.total]).toEqual([0, 0]);
  });
});
