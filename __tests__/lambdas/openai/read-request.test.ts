import fc from 'fast-check';
import { MAX_HISTORY_CHARACTERS, MAX_HISTORY_TURNS } from '../../../contract/conversation';
import type { SystemMessages } from '../../../contract/openai';
import { isBlank, MAX_QUESTION_CHARACTERS } from '../../../contract/question';
import { RefusedRequest } from '../../../lambdas/openai/errors';
import { readCompletionRequest } from '../../../lambdas/openai/read-request';

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const system = (content: unknown) => ({ role: 'system', content });
const HI = { model: 'general', messages: [user('Hi?')] };

const read = (sent: object, systemMessages: SystemMessages = 'append') =>
  readCompletionRequest(JSON.stringify(sent), systemMessages);

function refusal(body: string, systemMessages: SystemMessages = 'append'): RefusedRequest {
  try {
    readCompletionRequest(body, systemMessages);
  } catch (error) {
    if (error instanceof RefusedRequest) return error;
    throw error;
  }
  throw new Error('It was read.');
}
const refusalOf = (sent: object, systemMessages?: SystemMessages) =>
  refusal(JSON.stringify(sent), systemMessages);

describe('a request', () => {
  it('is at the least a model and a question', () => {
    expect(read(HI)).toEqual({
      model: 'general',
      question: 'Hi?',
      history: [],
      dropped: 0,
      stream: false,
      includeUsage: false,
      ignored: [],
    });
  });

  it.each<[string, object, object]>([
    ['a stream', { stream: true }, { stream: true, includeUsage: false }],
    [
      'a stream with its usage',
      { stream: true, stream_options: { include_usage: true } },
      { includeUsage: true },
    ],
    ['a limit', { max_completion_tokens: 9 }, { maxTokens: 9 }],
    ['a limit by its older name', { max_tokens: 9 }, { maxTokens: 9 }],
    ['the lower of two limits', { max_tokens: 9, max_completion_tokens: 8 }, { maxTokens: 8 }],
    ['nothing by null', { stream: null, max_tokens: null, tools: null, stop: null }, { stream: false }],
    [
      'what the rule sets',
      { temperature: 0, top_p: 1, seed: 7 },
      { ignored: ['temperature', 'top_p', 'seed'] },
    ],
    ['what changes nothing', { user: 'u', metadata: { a: 'b' }, service_tier: 'auto' }, { ignored: [] }],
  ])('may ask for %s', (_, more, expected) => {
    expect(read({ ...HI, ...more })).toMatchObject(expected);
  });

  it.each<[string, unknown, readonly unknown[]]>([
    ['n', 2, [1]],
    ['stop', ['END'], [[]]],
    ['logprobs', true, [false]],
    ['top_logprobs', 3, [0]],
    ['logit_bias', { '50256': -100 }, [{}]],
    ['tools', [{ type: 'function', function: { name: 'f' } }], [[]]],
    ['tool_choice', 'required', ['none', 'auto']],
    ['functions', [{ name: 'f' }], [[]]],
    ['function_call', { name: 'f' }, ['none', 'auto']],
    ['response_format', { type: 'json_object' }, [{ type: 'text' }]],
    ['modalities', ['text', 'audio'], [['text']]],
    ['store', true, [false]],
    ['audio', { voice: 'alloy', format: 'mp3' }, []],
    ['prediction', { type: 'content', content: 'x' }, []],
    ['web_search_options', {}, []],
  ])('for %s is refused by that name, unless its value asks for nothing', (param, asked, nothing) => {
    expect(refusalOf({ ...HI, [param]: asked })).toMatchObject({ param, code: 'unsupported_parameter' });
    for (const value of nothing) expect(read({ ...HI, [param]: value })).toMatchObject({ ignored: [] });
  });

  it.each<[string, string, string | null, string]>([
    ['no JSON', '{', null, 'invalid_json'],
    ['no object', '[]', null, 'invalid_json'],
    ['no model', '{"messages":[]}', 'model', 'missing_required_parameter'],
    ['a model that is none', '{"model":1,"messages":[]}', 'model', 'invalid_type'],
    ['no messages', '{"model":"general"}', 'messages', 'missing_required_parameter'],
    ['an unknown parameter', '{"model":"general","messages":[],"top_k":1}', 'top_k', 'unknown_parameter'],
    [
      'JavaScript’s own names',
      '{"model":"general","messages":[],"__proto__":1}',
      '__proto__',
      'unknown_parameter',
    ],
  ])('with %s is refused', (_, body, param, code) => {
    expect(refusal(body)).toMatchObject({ status: 400, param, code });
  });

  it.each<[string, object, string]>([
    ['a stream that is none', { stream: 'yes' }, 'stream'],
    ['options that are none', { stream_options: true }, 'stream_options'],
    ['a usage that is none', { stream_options: { include_usage: 1 } }, 'stream_options.include_usage'],
    ['a limit of nothing', { max_tokens: 0 }, 'max_tokens'],
    ['half a token', { max_completion_tokens: 1.5 }, 'max_completion_tokens'],
  ])('with %s is refused by its parameter', (_, more, param) => {
    expect(refusalOf({ ...HI, ...more })).toMatchObject({ param, code: 'invalid_type' });
  });
});

describe('messages', () => {
  it.each<[string, readonly object[], object]>([
    [
      'turns before a question',
      [user('a'), assistant('b'), user('c')],
      { history: [{ question: 'a', answer: 'b' }] },
    ],
    [
      'one after another of one role',
      [user('a'), user('b'), assistant('c'), assistant('d'), user('e')],
      {
        history: [{ question: 'a\n\nb', answer: 'c\n\nd' }],
        question: 'e',
      },
    ],
    [
      'parts of text',
      [
        user([
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ]),
      ],
      { question: 'a\nb' },
    ],
    ['what the system is told', [system('s'), user('a')], { system: 's', question: 'a' }],
    [
      'what it is told by two roles',
      [system('s'), user('a'), { role: 'developer', content: 't' }],
      { system: 's\n\nt' },
    ],
    [
      'an answer as it was received',
      [user('a'), { ...assistant('b'), refusal: null, tool_calls: null, annotations: [] }, user('c')],
      { history: [{ question: 'a', answer: 'b' }] },
    ],
    [
      'an answer of which nothing came',
      [system(' '), user('a'), assistant(''), user('b'), { role: 'assistant', refusal: 'No.' }, user('c')],
      { history: [], question: 'a\n\nb\n\nc' },
    ],
  ])('may be %s', (_, messages, expected) => {
    expect(read({ ...HI, messages })).toMatchObject(expected);
  });

  const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
  it.each<[string, unknown, string]>([
    ['none', [], 'messages'],
    ['no array', {}, 'messages'],
    ['texts', ['Hi?'], 'messages[0]'],
    ['of an unknown role', [{ role: 'tool', content: 'x' }], 'messages[0].role'],
    ['a system’s alone', [system('s')], 'messages'],
    ['an answer first', [assistant('a'), user('b')], 'messages'],
    ['an answer last, to be continued', [user('a'), assistant('b')], 'messages'],
    ['without a text', [user(null)], 'messages[0].content'],
    ['blank', [user('a'), assistant('b'), user('')], 'messages[2].content'],
    ['half a character', [user('\ud83d')], 'messages[0].content'],
    ['no parts', [user([])], 'messages[0].content'],
    ['a part that is none', [user(['x'])], 'messages[0].content[0]'],
    ['an image', [user([{ type: 'text', text: 'a' }, image])], 'messages[0].content[1].type'],
    ['a part without a text', [user([{ type: 'text' }])], 'messages[0].content[0].text'],
    [
      'calls of tools',
      [user('a'), { ...assistant('b'), tool_calls: [{ id: '1' }] }, user('c')],
      'messages[1].tool_calls',
    ],
    ['a question that is too long', [user('x'.repeat(MAX_QUESTION_CHARACTERS + 1))], 'messages'],
    ['told too much of the system', [system('x'.repeat(8_001)), user('a')], 'messages'],
  ])('that are %s are refused by their place', (_, messages, param) => {
    expect(refusalOf({ ...HI, messages })).toMatchObject({ param });
  });

  it('of the system are refused where the operator says so', () => {
    for (const role of ['system', 'developer']) {
      const messages = [user('a'), assistant('b'), { role, content: 's' }, user('c')];
      expect(refusalOf({ ...HI, messages }, 'refuse')).toMatchObject({ param: 'messages[2].role' });
    }
    expect(read(HI, 'refuse')).toMatchObject({ question: 'Hi?' });
  });

  it('that are too many lose the oldest turns, which is said', () => {
    const turns = (count: number, text: string) =>
      Array.from({ length: count }, () => [user(text), assistant(text)]).flat();
    const many = read({
      ...HI,
      messages: [user('first'), assistant('x'), ...turns(MAX_HISTORY_TURNS, 'x'), user('y')],
    });
    expect([many.history.length, many.dropped]).toEqual([MAX_HISTORY_TURNS, 1]);
    expect(many.history).not.toContainEqual({ question: 'first', answer: 'x' });
    const long = read({ ...HI, messages: [...turns(3, 'x'.repeat(MAX_HISTORY_CHARACTERS / 4)), user('y')] });
    expect([long.history.length, long.dropped]).toEqual([2, 1]);
  });

  it('lose no word, whoever’s turn it is', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((of) => !isBlank(of));
    const message = fc.record({ role: fc.constantFrom('user', 'assistant'), content: text });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 20 }), (between) => {
        const messages = [user('first'), ...between, user('last')];
        const { history, question } = read({ ...HI, messages });
        const said = [...history.flatMap((turn) => [turn.question, turn.answer]), question];
        expect(said.join('\n\n')).toBe(messages.map(({ content }) => content).join('\n\n'));
      }),
    );
  });

  it.each(['stop', 'tools', 'modalities', 'response_format', 'messages'])(
    'are read or refused, however deep %s is nested',
    (name) => {
      const deep = '['.repeat(100_000) + ']'.repeat(100_000);
      const message = `{"role":"user","content":"Hi?","tool_calls":${deep}}`;
      expect(refusal(`{"model":"general","messages":[${message}],"${name}":${deep}}`).status).toBe(400);
    },
  );

  it('are read or refused, whatever is sent', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((messages) => JSON.stringify({ ...HI, messages })),
      fc.array(fc.jsonValue()).map((messages) => JSON.stringify({ ...HI, messages })),
      fc.array(fc.jsonValue()).map((content) => JSON.stringify({ ...HI, messages: [user(content)] })),
      fc.dictionary(fc.string(), fc.jsonValue()).map((more) => JSON.stringify({ ...more, ...HI })),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        try {
          expect(readCompletionRequest(body, 'append').question).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(RefusedRequest);
        }
      }),
    );
  });
});
