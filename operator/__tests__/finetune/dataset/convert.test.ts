import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { convertCommand } from '../../../finetune/dataset/convert-command';
import { captureOutput } from '../../capture-output';
import { checkText, conversation, conversations, model } from './fixture';

const LLAMA = 'meta.llama3-1-8b-instruct-v1:0:128k';
const NOVA = 'amazon.nova-micro-v1:0:128k';
let folder: string;
let output: ReturnType<typeof captureOutput>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convert-'));
  output = captureOutput();
});
afterEach(() => {
  jest.restoreAllMocks();
});

const out = () => join(folder, 'out.jsonl');
async function convert(content: string | Buffer, ...args: readonly string[]): Promise<unknown[]> {
  const file = join(folder, 'in');
  writeFileSync(file, content);
  const command = convertCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  await command.parseAsync([file, '--out', out(), ...(args.length > 0 ? args : ['--model', NOVA])], {
    from: 'user',
  });
  return readFileSync(out(), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

const talk = (system: readonly string[], ...texts: readonly string[]) => ({
  schemaVersion: 'bedrock-conversation-2024',
  ...(system.length > 0 && { system: system.map((text) => ({ text })) }),
  messages: texts.map((text, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ text }],
  })),
});

const user = { role: 'user', content: 'Q' };
const assistant = { role: 'assistant', content: 'A' };
const OPENAI = {
  messages: [
    { role: 'system', content: 'S' },
    { role: 'user', content: [{ type: 'text', text: 'Q' }] },
    { ...assistant, refusal: null },
  ],
};

describe('a record of another format', () => {
  it.each<[string, unknown, unknown]>([
    ['OpenAI’s chat', OPENAI, talk(['S'], 'Q', 'A')],
    [
      'Anthropic’s messages',
      {
        system: 'S',
        messages: [user, { role: 'assistant', content: [{ type: 'text', text: 'A' }] }],
      },
      talk(['S'], 'Q', 'A'),
    ],
    [
      'ShareGPT',
      {
        conversations: [
          { from: 'system', value: 'S' },
          { from: 'human', value: 'Q' },
          { from: 'gpt', value: 'A' },
        ],
      },
      talk(['S'], 'Q', 'A'),
    ],
    [
      'Gemini, with a system prompt by another’s name, too',
      {
        system: 'R',
        systemInstruction: { parts: [{ text: 'S' }] },
        contents: [
          { role: 'user', parts: [{ text: 'Q' }] },
          { role: 'model', parts: [{ text: 'A' }] },
        ],
      },
      talk(['R', 'S'], 'Q', 'A'),
    ],
    [
      'Alpaca',
      { instruction: 'Translate', input: 'Hallo', output: 'Hello' },
      talk([], 'Translate\n\nHallo', 'Hello'),
    ],
    ['a pair', { question: 'Q', answer: 'A' }, talk([], 'Q', 'A')],
    ['Bedrock’s prompt and completion', { prompt: 'Q', completion: 'A' }, talk([], 'Q', 'A')],
    ['Bedrock’s conversation, which stays', conversation(7), conversation(7)],
  ])('becomes a conversation: %s', async (_, record, expected) => {
    expect(await convert(JSON.stringify(record))).toEqual([expected]);
  });

  it('becomes a prompt and a completion for a model that is tuned on them', async () => {
    expect(await convert(JSON.stringify(OPENAI), '--model', LLAMA)).toEqual([
      { prompt: 'S\n\nQ', completion: 'A' },
    ]);
  });

  it.each<[string, unknown, string]>([
    [
      'a call of a tool',
      { messages: [user, { role: 'assistant', content: null, tool_calls: [{}] }] },
      'messages[1].tool_calls: calls a tool',
    ],
    ['tools', { ...OPENAI, tools: [{}] }, 'tools: names tools'],
    [
      'an image',
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] },
      'messages[0].content[0]: is no text',
    ],
    [
      'a late system prompt',
      { messages: [...OPENAI.messages, { role: 'system', content: 'S' }] },
      'messages[3]: is of the system',
    ],
    [
      'an answer that is not to be learnt',
      { messages: [user, { ...assistant, weight: 0 }] },
      'messages[1].weight: is 0',
    ],
    ['a field of the record', { question: 'Q', answer: 'A', context: 'C' }, 'context: is not understood'],
    ['a field beside a system’s words', { ...OPENAI, system: 'S', history: [[]] }, 'history: is not'],
    [
      'a field of a message',
      { messages: [{ ...user, audio: { id: 1 } }] },
      'messages[0].audio: is not understood',
    ],
    ['an answer that is labelled', { prompt: 'Q', completion: 'A', label: true }, 'is an answer labelled'],
    ['pairs to prefer', { prompt: 'Q', chosen: 'A', rejected: 'B' }, 'is a pair of a preferred'],
    [
      'an unknown speaker',
      { conversations: [{ from: 'narrator', value: 'Q' }] },
      'conversations[0].from: is neither',
    ],
  ])('is not converted where something would be lost: %s', async (_, record, message) => {
    const lines = [JSON.stringify(OPENAI), JSON.stringify(record)].join('\n');
    await expect(convert(lines)).rejects.toThrow(
      `line 2, ${message}`.replace('line 2, is a', 'line 2: is a'),
    );
    expect([existsSync(out()), existsSync(`${out()}.partial`)]).toEqual([false, false]);
  });
});

it('leaves out what it is told to, and what says nothing', async () => {
  const record = { id: 7, question: 'Q', answer: 'A', source: 'web', tags: [], note: '' };
  expect(await convert(JSON.stringify(record), '--drop', 'source, lang')).toEqual([talk([], 'Q', 'A')]);
  await expect(convert(JSON.stringify(record), '--force')).rejects.toThrow(
    /line 1, source: is not understood, and would be lost[^]*convert --drop FIELD/,
  );
});

describe('a file of another kind', () => {
  const records = conversations(9).map((line) => JSON.parse(line) as unknown);
  const lines = `${conversations(9).join('\n')}\n`;
  it.each<[string, string | Buffer]>([
    ['JSON Lines with CRLF and a byte order mark', `\ufeff${lines.replaceAll('\n', '\r\n')}`],
    ['a JSON array', JSON.stringify(records)],
    ['a JSON array over many lines', JSON.stringify(records, null, 2)],
    ['records over many lines', records.map((record) => JSON.stringify(record, null, 2)).join('\n')],
    ['gzip', gzipSync(lines)],
    ['UTF-16', Buffer.from(`\ufeff${lines}`, 'utf16le')],
    ['UTF-16, big-endian, in gzip', gzipSync(Buffer.from(`\ufeff${lines}`, 'utf16le').swap16())],
  ])('is read: %s', async (_, content) => {
    expect(await convert(content)).toEqual(records);
    const { problems, warnings } = await checkText(readFileSync(out()), { model: model(NOVA) });
    expect([problems.total, warnings.total]).toEqual([0, 0]);
  });

  it.each([
    [
      'with quotes and newlines',
      '\ufeffprompt,completion\r\n"Say ""hi"",\nplease",Hi\r\n',
      'Say "hi",\nplease',
      'Hi',
    ],
    ['of other names, with tabs', 'question\tanswer\nQ, or not\tA\n', 'Q, or not', 'A'],
    ['with capitals and an empty column', 'Question,Answer,\nQ,A,\n', 'Q', 'A'],
  ])('is read: CSV %s', async (_, content, question, answer) => {
    expect(await convert(content)).toEqual([talk([], question, answer)]);
  });

  it('is read in pieces, wherever they are cut', async () => {
    const many = JSON.stringify(
      conversations(2_000).map((line) => JSON.parse(line) as unknown),
      null,
      1,
    );
    expect(many.length).toBeGreaterThan(512 * 1_024);
    expect(await convert(many)).toHaveLength(2_000);
  });

  it.each([
    ['a spreadsheet', Buffer.from('504b03041400', 'hex'), 'save it as CSV'],
    ['gzip that breaks off', gzipSync(lines).subarray(0, 60), 'cannot be unpacked to its end'],
    ['CSV with a row too short', 'prompt,completion\nQ,A\nQ\n', 'cannot be read from line 3 on'],
    ['an array that ends between two records', JSON.stringify(records).slice(0, -1), 'the array has no end'],
    ['an array that ends behind a comma', `${JSON.stringify(records).slice(0, -1)},`, 'line 1: is not JSON'],
    [
      'an array without a comma',
      JSON.stringify(records).replace('},{"schema', '}{"schema'),
      'something else than ","',
    ],
    [
      'an array with more than records',
      `${JSON.stringify(records).slice(0, -1)},"more"]`,
      'something else than "]"',
    ],
    [
      'records over many lines with more',
      `${JSON.stringify(records[0], null, 2)}\nnull`,
      'something stands beside',
    ],
    [
      'CSV with a byte that is none of UTF-8',
      Buffer.from('prompt,completion\nQ,A\nQ\xff,A\n', 'latin1'),
      'line 3: has bytes that are not UTF-8 [invalid-utf8]',
    ],
    [
      'an array with such a byte',
      Buffer.from('[{"prompt":"Q\xff","completion":"A"}]', 'latin1'),
      'line 1: has bytes that are not UTF-8',
    ],
    [
      'UTF-16 with half of a character',
      Buffer.from('\ufeff{"prompt":"Q",\n"completion":"A\ud800"}', 'utf16le'),
      'line 2: has half of a character',
    ],
    [
      'CSV with a column twice',
      'prompt,completion,Prompt\nQ,A,R\n',
      'line 1, prompt: is the name of two columns [duplicate-key]',
    ],
    ['CSV whose last text has no end', 'prompt,completion\nQ,"A\n', 'cannot be read from line'],
    ['an array that breaks off', JSON.stringify(records).slice(0, -5), 'an object has no end'],
    ['no JSON', 'hello\n', 'line 1: is not JSON'],
  ])('is refused, with what to do: %s', async (_, content, message) => {
    await expect(convert(content)).rejects.toThrow(message);
    expect(existsSync(out())).toBe(false);
  });

  it('is refused wherever an array is cut', async () => {
    const array = JSON.stringify(
      [
        { prompt: 'Q', completion: '[{A}]' },
        { prompt: 'R', completion: 'B' },
      ],
      null,
      1,
    );
    for (let end = 3; end < array.length; end += 1)
      await expect(convert(array.slice(0, end))).rejects.toThrow('is not JSON');
    expect(await convert(array)).toHaveLength(2);
  });

  it('is never written over', async () => {
    writeFileSync(out(), 'mine');
    await expect(convert(lines)).rejects.toThrow('is there already');
    expect(readFileSync(out(), 'utf8')).toBe('mine');
    expect(await convert(lines, '--model', NOVA, '--force')).toHaveLength(9);
    expect(output.text()).toContain('Wrote 9 records');
  });
});
