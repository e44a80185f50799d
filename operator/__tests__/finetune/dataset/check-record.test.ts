import fc from 'fast-check';
import * as z from 'zod';
import { checkRecord } from '../../../finetune/dataset/record/check-record';
import { formatOf } from '../../../finetune/dataset/record/formats';
import { RESERVED_WORDS } from '../../../finetune/dataset/record/reserved-words';
import { conversation } from './fixture';

const RULES = { format: 'conversation', takes: [], maxTokens: 1_000 } as const;
const found = (value: unknown, rules: Parameters<typeof checkRecord>[1] = RULES) =>
  checkRecord(value, rules).problems.map(({ kind, path }) => `${kind} ${path}`);

const turn = (role: unknown, text: unknown = 'A text.') => ({ role, content: [{ text }] });
const talk = (...messages: unknown[]) => ({ ...conversation(), messages });
const CONTENT = 'messages[0].content';
const SAID = `${CONTENT}[0].text`;

describe('a conversation', () => {
  it.each([
    ['with a system prompt', conversation()],
    ['without one', { schemaVersion: 'bedrock-conversation-2024', messages: conversation().messages }],
    ['of several turns', talk(turn('user'), turn('assistant'), turn('user'), turn('assistant'))],
    [
      'with text in several blocks',
      talk({ role: 'user', content: [{ text: 'A' }, { text: 'B' }] }, turn('assistant')),
    ],
  ])('is right %s', (_, value) => {
    expect(found(value)).toEqual([]);
  });

  it.each([
    ['no object', ['a text'], ['wrong-type $']],
    ['null', null, ['wrong-type $']],
    ['with a number as schema', { ...conversation(), schemaVersion: 5 }, ['wrong-type schemaVersion']],
    ['with a field too many', { ...conversation(), id: 7 }, ['unknown-field id']],
    ['without messages', { ...conversation(), messages: undefined }, ['missing-field messages']],
    ['with no message', talk(), ['empty-list messages']],
    ['whose messages are no list', { ...conversation(), messages: {} }, ['wrong-type messages']],
    ['with a system text', { ...conversation(), system: 'Be kind.' }, ['wrong-type system']],
    ['with an empty text', talk(turn('user', ''), turn('assistant')), [`empty-text ${SAID}`]],
    ['with a blank text', talk(turn('user', ' \n'), turn('assistant')), [`blank-text ${SAID}`]],
    [
      'with half of a character',
      talk(turn('user', 'A\ud83d'), turn('assistant')),
      [`lone-surrogate ${SAID}`],
    ],
    [
      'with a NUL',
      talk(turn('user'), turn('assistant', 'A\0B')),
      ['nul-character messages[1].content[0].text'],
    ],
    ['with a number as text', talk(turn('user', 5), turn('assistant')), [`wrong-type ${SAID}`]],
    [
      'with a string as content',
      talk({ role: 'user', content: 'A' }, turn('assistant')),
      [`wrong-type ${CONTENT}`],
    ],
    [
      'without a role',
      talk({ content: [{ text: 'A' }] }, turn('assistant')),
      ['missing-field messages[0].role'],
    ],
    ['with a strange role', talk(turn('narrator'), turn('assistant')), ['role-order messages[0].role']],
    ['that the assistant begins', talk(turn('assistant'), turn('user')), ['role-order messages[0].role']],
    [
      'with two turns in a row',
      talk(turn('user'), turn('user'), turn('assistant')),
      ['role-order messages[1].role'],
    ],
    ['that the user ends', talk(turn('user'), turn('assistant'), turn('user')), ['role-order messages[2]']],
    [
      'with an image',
      talk({ role: 'user', content: [{ image: {} }] }, turn('assistant')),
      [`unsupported-content ${CONTENT}[0].image`],
    ],
  ])('is wrong %s', (_, value, expected) => {
    expect(found(value)).toEqual(expected);
  });

  it.each(RESERVED_WORDS)('may not say %s anywhere', (word) => {
    const path = 'messages[1].content[0].text';
    const { problems } = checkRecord(talk(turn('user'), turn('assistant', `It says ${word} here.`)), RULES);
    expect(problems).toEqual([
      { kind: 'reserved-word', line: 1, path, detail: `has the reserved word ${word}` },
    ]);
  });

  it.each(['USER:', 'sYstem:', 'Thought:', '<unk>', '<Image>', '[eos]'])(
    'is doubted where it says %s, which AWS’s validators refuse and its guide does not name',
    (word) => {
      expect(found(talk(turn('user', `A ${word} B`), turn('assistant')))).toEqual([
        `reserved-by-validator ${SAID}`,
      ]);
    },
  );

  it('may say words that only look like reserved ones', () => {
    expect(found(talk(turn('user', 'The system, a user, a bot. [EO]'), turn('assistant')))).toEqual([]);
  });

  it('is as long as its base model takes, and not longer', () => {
    const saying = (text: string) => ({ messages: [turn('user', text), turn('assistant', 'A')] });
    const cases: readonly (readonly [string, string, readonly string[]])[] = [
      ['no more bytes than tokens: it fits for certain', 'ab '.repeat(333), []],
      ['fewer bytes than four a token: it fits by estimate', 'x'.repeat(3_999), []],
      ['more than that: perhaps it does not', 'x'.repeat(4_000), ['perhaps-too-long $']],
      ['as many words as tokens', `${'a '.repeat(998)}a`, []],
      ['more words than tokens: it does not for certain', `${'a '.repeat(1_000)}a`, ['record-too-long $']],
    ];
    for (const [what, text, expected] of cases) expect([what, found(saying(text))]).toEqual([what, expected]);
    expect(found(saying('a '.repeat(9_999)), { ...RULES, maxTokens: undefined })).toEqual([]);
  });

  it('of 700,000 characters is none of 128,000 tokens, by estimate or for certain', () => {
    const nova = { ...RULES, maxTokens: 128_000 };
    const saying = (text: string) => ({ messages: [turn('user', text), turn('assistant', 'A')] });
    expect(found(saying('x'.repeat(700_000)), nova)).toEqual(['perhaps-too-long $']);
    expect(found(saying('I see it now. '.repeat(50_000)), nova)).toEqual(['record-too-long $']);
  });
});

describe('a prompt and its completion', () => {
  const rules = { format: 'prompt-completion', takes: [], maxTokens: 100, maxCharacters: 600 } as const;

  it.each([
    ['right', { prompt: 'A', completion: 'B' }, []],
    ['without a completion', { prompt: 'A' }, ['missing-field completion']],
    ['with an empty prompt', { prompt: '', completion: 'B' }, ['empty-text prompt']],
    ['with a list', { prompt: ['A'], completion: 'B' }, ['wrong-type prompt']],
    ['with a field too many', { prompt: 'A', completion: 'B', label: 1 }, ['unknown-field label']],
    ['too long', { prompt: 'A', completion: 'B'.repeat(600) }, ['record-too-long $']],
    ['with a word that only conversations reserve', { prompt: 'User: A', completion: 'B' }, []],
  ])('%s', (_, value, expected) => {
    expect(found(value, rules)).toEqual(expected);
  });
});

describe('what is reported', () => {
  it('never holds a text of the dataset, whatever it has become part of', () => {
    const secret = 'my card is 4111 1111';
    const record = {
      [secret]: secret,
      schemaVersion: secret,
      messages: [{ role: secret, content: [secret] }],
    };
    expect(JSON.stringify(checkRecord(record, RULES).problems)).not.toContain('4111');
  });

  const content = z
    .array(z.strictObject({ text: z.string() }))
    .refine((blocks) => blocks.some(({ text }) => text.trim() !== ''));
  const oracle = z.strictObject({
    schemaVersion: z.string().nullish(),
    system: z.array(z.strictObject({ text: z.string() })).nullish(),
    messages: z
      .array(z.strictObject({ role: z.enum(['user', 'assistant']), content }))
      .min(2)
      .refine(
        (all) => all.every(({ role }, at) => (role === 'user') === (at % 2 === 0)) && all.length % 2 === 0,
      ),
  });
  const someText = fc.constantFrom('', ' ', 'Hello.', 'Yes?');
  const block = fc.record({ text: fc.oneof({ weight: 9, arbitrary: someText }, fc.jsonValue()) });
  const message = fc.record({
    role: fc.constantFrom('user', 'assistant', 'system', 1),
    content: fc.oneof({ weight: 9, arbitrary: fc.array(block, { maxLength: 2 }) }, fc.jsonValue()),
  });
  const nearlyRight = fc.record(
    {
      schemaVersion: fc.constantFrom('bedrock-conversation-2024', 'other'),
      system: fc.array(block, { maxLength: 1 }),
      messages: fc.oneof(
        fc.array(message, { maxLength: 4 }),
        fc.constant([turn('user'), turn('assistant')]),
        fc.jsonValue(),
      ),
    },
    { requiredKeys: [] },
  );

  it('is nothing for a right record, and at least one problem with a path for any other JSON', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearlyRight), (value) => {
        const { problems } = checkRecord(value, { format: 'conversation', takes: [], maxTokens: undefined });
        expect(problems.length === 0).toBe(oracle.safeParse(value).success);
        expect(problems.every(({ path, detail }) => path !== '' && detail !== '')).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the format', () => {
  it.each([
    [conversation(), 'conversation'],
    [{ messages: 5 }, 'conversation'],
    [{ prompt: 'A' }, 'prompt-completion'],
    [{ completion: 'A' }, 'prompt-completion'],
    [{ text: 'A' }, 'plain-text'],
    ['a text', undefined],
    [['messages'], undefined],
    [{ messages: [{ role: 'user', content: [{ text: 'A' }] }] }, 'conversation'],
    [{ messages: [] }, 'conversation'],
    [null, undefined],
  ])('of %j is %s', (value, format) => {
    expect(formatOf(value)).toBe(format);
  });
});
