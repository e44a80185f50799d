import { existsSync } from 'node:fs';
import { converter, talk } from './convert-fixture';
import { conversation } from './fixture';

const LLAMA = 'meta.llama3-1-8b-instruct-v1:0:128k';
const { convert, out } = converter();

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
