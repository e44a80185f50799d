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

/** Its name, the content, the only problem, and its line and field. */
type Broken = readonly [string, string | Buffer, ProblemKind, number, string];

/** What is at fault as a whole. */
const asWhole = (files: readonly (readonly [string, string | Buffer, ProblemKind])[]): readonly Broken[] =>
  files.map((row) => [...row, 0, '$']);

/** Good records with one other line, which is at fault: as a whole, where no field is named. */
const inLine2 = (lines: readonly (readonly [string, string, ProblemKind, string?])[]): readonly Broken[] =>
  lines.map(([name, line, kind, path = '$']) => [name, withLine(line), kind, 2, path]);

/** Each is no JSON Lines of a format of Bedrock's. */
const FOREIGN: readonly Broken[] = [
  ...asWhole([
    ['compressed by gzip', gzipSync(file(...good)), 'gzip'],
    ['in UTF-16', utf16(file(...good)), 'utf-16'],
    ['in UTF-16 without a byte order mark', utf16(file(...good)).subarray(2), 'utf-16'],
    ['in UTF-32', Buffer.from('fffe00007b000000', 'hex'), 'utf-32'],
    ['compressed by zstd', Buffer.from('28b52ffd24', 'hex'), 'compressed'],
    ['compressed by bzip2', 'BZh91AY', 'compressed'],
    ['compressed by xz', Buffer.from('fd377a585a00', 'hex'), 'compressed'],
    [
      'that Git LFS has left out',
      'version https://git-lfs.github.com/spec/v1\noid sha256:0\n',
      'git-lfs-pointer',
    ],
    ['of records within an object', `{"version":1,"data":[${good.join(',')}]}`, 'wrapped-list'],
    ['of CSV with other columns', 'Frage;Antwort\nWo?;Hier.\n', 'csv-columns'],
    ['of a spreadsheet', Buffer.from('504b030414000600', 'hex'), 'zip-archive'],
    ['of Parquet', 'PAR1\x15\x04', 'parquet'],
    ['that is one JSON array', JSON.stringify(good.map((line) => JSON.parse(line) as unknown)), 'json-array'],
    ['of records over several lines', JSON.stringify(conversation(), null, 2), 'pretty-printed-json'],
    ['of CSV', 'prompt,completion\nWhere is it?,On its way.\n', 'csv'],
    ['of CSV with capitals', 'Prompt,Completion\nWhere is it?,On its way.\n', 'csv'],
    ['of CSV with semicolons and quotes', '"question";"answer"\n"Where?";"Here."\n', 'csv'],
  ]),
  ...inLine2([
    [
      'with an answer labelled bad',
      '{"prompt":"A","completion":"B","label":false}',
      'labelled-answers',
      'label',
    ],
    [
      'with a record of OpenAI’s chat',
      '{"messages":[{"role":"system","content":"S"},{"role":"user","content":"A"}]}',
      'openai-chat',
      'messages',
    ],
    [
      'with a record of OpenAI’s chat in parts, which calls a tool',
      '{"messages":[{"role":"user","content":[{"type":"text","text":"A"}]},{"role":"assistant","content":null,"tool_calls":[]}]}',
      'openai-chat',
      'messages',
    ],
    [
      'with a record of Anthropic’s messages',
      '{"system":"S","messages":[{"role":"user","content":"A"},{"role":"assistant","content":"B"}]}',
      'anthropic-messages',
      'messages',
    ],
    [
      'with a record of ShareGPT',
      '{"conversations":[{"from":"human","value":"A"},{"from":"gpt","value":"B"}]}',
      'sharegpt',
      'conversations',
    ],
    [
      'with a record of Gemini',
      '{"contents":[{"role":"user","parts":[{"text":"A"}]}]}',
      'gemini-contents',
      'contents',
    ],
    ['with a record of Alpaca', '{"instruction":"A","input":"","output":"B"}', 'alpaca', 'instruction'],
    ['with a pair to prefer', '{"prompt":"A","chosen":"B","rejected":"C"}', 'preference-pairs'],
    [
      'with candidates, as Nova is taught preferences',
      '{"messages":[{"role":"user","content":[{"text":"A"}]},{"role":"assistant","candidates":[]}]}',
      'preference-pairs',
    ],
    [
      'with a tool that Anthropic’s model uses',
      '{"messages":[{"role":"user","content":"A"},{"role":"assistant","content":[{"type":"tool_use","id":"t"}]}]}',
      'anthropic-messages',
      'messages',
    ],
    ['with a request of a batch', '{"recordId":"1","modelInput":{"messages":[]}}', 'model-request'],
    [
      'with a model’s invocation log',
      '{"schemaType":"ModelInvocationLog","input":{"inputBodyJson":{}},"output":{}}',
      'model-request',
    ],
    ['with a pair under other names', '{"question":"A","answer":"B"}', 'other-pair'],
    ['with a text alone', '{"text":"A"}', 'plain-text', 'text'],
    ['with a prompt and its completion', '{"prompt":"A","completion":"B"}', 'other-format'],
  ]),
];

/** Each is broken in one way. */
const BROKEN: readonly Broken[] = [
  ...asWhole([
    ['that is empty', '', 'too-few-records'],
    ['of seven records', file(...good.slice(0, 7)), 'too-few-records'],
    ['of 20,001 records', file(...conversations(20_001)), 'too-many-records'],
  ]),
  ['with Latin-1 text', Buffer.from(withLine(say('caf\u00e9')), 'latin1'), 'invalid-utf8', 2, '$'],
  ...inLine2([
    ['with a blank line', '', 'blank-line'],
    ['with a line of white space', ' \t', 'blank-line'],
    ['with a line of 9 MB', say('x'.repeat(9e6)), 'line-too-long'],
    ['with a line cut off', second.slice(0, -5), 'invalid-json'],
    ['with two records on a line', `${second}${second}`, 'invalid-json'],
    ['with a NUL byte', second.replace('Where', 'Wh\0ere'), 'nul-character'],
    ['with an escaped NUL', say('A\0B'), 'nul-character', SAID],
    ['with half of an emoji', say('A\ud83d'), 'lone-surrogate', SAID],
    [
      'with a key that stands twice',
      second.replace('{"text":"Where', '{"text":"A","text":"Where'),
      'duplicate-key',
      SAID,
    ],
    ['with an array', '[1]', 'wrong-type'],
    ['with a comment', '// a comment', 'invalid-json'],
    ['with a mistyped field', second.replace('"messages"', '"mesages"'), 'missing-field', 'messages'],
    ['with a number as text', second.replace('"Where is order 2?"', '5'), 'wrong-type', SAID],
    ['with an empty text', say(''), 'empty-text', SAID],
    [
      'with turns the wrong way round',
      changed((record) => record.messages.reverse()),
      'role-order',
      'messages[0].role',
    ],
    [
      'with a conversation that ends with the user',
      changed((record) => record.messages.pop()),
      'role-order',
      'messages[0]',
    ],
    [
      'with an image for a model of texts',
      second.replace('"text":"Where', '"image":{},"text":"Where'),
      'unsupported-content',
      'messages[0].content[0].image',
    ],
    ['with a reserved word', say('Assistant: hello'), 'reserved-word', SAID],
    ['with a record of 128,003 words', say('word '.repeat(128_003)), 'record-too-long'],
  ]),
];

/** Each is to be doubted in one way, and trains. */
const DOUBTED: readonly Broken[] = [
  ['with a byte order mark', `\u{feff}${file(...good)}`, 'byte-order-mark', 1, '$'],
  ...inLine2([
    ['with a line that ends with CRLF', `${conversations(11)[10] ?? ''}\r`, 'carriage-return'],
    ['with a copy', first, 'duplicate'],
    ['with a copy with other white space', first.replaceAll(':', ' : '), 'duplicate'],
    ['with a field too many', `{"id":7,${say('A').slice(1)}`, 'unknown-field', 'id'],
    ['with a blank text', say(' '), 'blank-text', SAID],
    ['with a word that a validator refuses', say('USER: hello <unk>'), 'reserved-by-validator', SAID],
    ['with a record of 512,001 characters', say('x'.repeat(512_001)), 'perhaps-too-long'],
  ]),
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
