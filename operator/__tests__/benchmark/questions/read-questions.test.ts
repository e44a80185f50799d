import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SAMPLE_QUESTIONS } from '../../../benchmark/commands/options';
import { checkExpectations } from '../../../benchmark/quality/expectations';
import { parseQuestions, readQuestions } from '../../../benchmark/questions/read-questions';

const question = { id: 'a', type: 'general', question: 'Where is my parcel?' };
const parse = (...values: readonly unknown[]) =>
  parseQuestions(values.map((value) => JSON.stringify(value)).join('\n'), 'q.jsonl');

describe('a questions file', () => {
  it('is JSON Lines, whose blank lines do not matter, or a JSON array', () => {
    const other = { ...question, id: 'b', expect: { mustContain: ['tracking'] } };
    const expected = [question, other];
    const [one, two] = expected.map((value) => JSON.stringify(value));
    expect(parseQuestions(`\uFEFF${one ?? ''}\r\n\r\n${two ?? ''}\n`, 'q')).toEqual(expected);
    expect(parseQuestions(JSON.stringify(expected, null, 2), 'q')).toEqual(expected);
  });

  it('gives back any valid question, whatever it asks', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 200, unit: 'binary' })
      .filter((value) => value.length > 0);
    fc.assert(
      fc.property(text, (asked) => {
        expect(parse({ ...question, question: asked })).toEqual([{ ...question, question: asked }]);
      }),
    );
  });

  it.each<[string, object, string]>([
    ['an unknown field', { ...question, expects: {} }, 'line 2: has unknown keys (expects)'],
    ['no question', { id: 'a', type: 'general' }, 'line 2: question: '],
    ['too long a question', { ...question, question: 'x'.repeat(8_001) }, 'line 2: question: has over 8000'],
    [
      'a type that no caller could name',
      { ...question, type: 'a b' },
      'line 2: type: must be a request type',
    ],
    ['an id with spaces', { ...question, id: 'a b' }, 'line 2: id: must be 1 to 100'],
    ['an id twice', { ...question, id: 'first' }, 'line 2: id: "first" is already that of line 1'],
    ['no pattern', { ...question, expect: { pattern: '(' } }, 'line 2: expect.pattern: is no regular'],
    [
      'a pattern whose plain form is none',
      { ...question, expect: { pattern: '[‘-”]' } },
      'line 2: expect.pattern: is no regular expression in plain form: write its typographic characters as \\u',
    ],
    [
      'a phrase that nobody sees',
      { ...question, expect: { mustNotContain: ['\u200b'] } },
      'line 2: expect.mustNotContain.0: has nothing that is seen',
    ],
    ['too long a pattern', { ...question, expect: { pattern: 'x'.repeat(501) } }, 'line 2: expect.pattern: '],
    [
      'no JSON Schema',
      { ...question, expect: { jsonSchema: { type: 'no' } } },
      'line 2: expect.jsonSchema: ',
    ],
    [
      'lengths that exclude each other',
      { ...question, expect: { minLength: 9, maxLength: 3 } },
      'line 2: expect: minLength',
    ],
    ['nothing expected', { ...question, expect: {} }, 'line 2: expect: expects nothing'],
    ['an empty phrase', { ...question, expect: { mustContain: [' '] } }, 'line 2: expect.mustContain.0: '],
    ['tokens beyond the limit', { ...question, maxTokens: 8_193 }, 'line 2: maxTokens: '],
  ])('with %s is refused, with line and field', (_, value, message) => {
    expect(() => parse({ ...question, id: 'first' }, value)).toThrow(message);
  });

  it('that is accepted fails no answer later', () => {
    const characters = fc.constantFrom(...Array.from('a1-[]()|^$.*+?\\{}‘”…–½ﬁ\u00ad①Ａ'));
    fc.assert(
      fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 8 }), (pattern) => {
        let accepted;
        try {
          accepted = parse({ ...question, expect: { pattern } });
        } catch {
          return;
        }
        expect(() => checkExpectations(accepted[0]?.expect ?? {}, 'An answer.')).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused for all its faults at once', () => {
    expect(() => parse({ ...question, id: '' }, { ...question, type: '' })).toThrow(
      /line 1: id[^]*line 2: type/,
    );
  });

  it('is refused where it is no JSON, without quoting it', () => {
    const secret = '{"id": "a", my secret';
    expect(() => parseQuestions(secret, 'q.jsonl')).toThrow(/q\.jsonl, line 1: no JSON/);
    expect(() => parseQuestions(secret, 'q.jsonl')).not.toThrow(/secret/);
    expect(() => parseQuestions(`[${secret}`, 'q.json')).not.toThrow(/secret/);
  });

  it('is refused without questions', () => {
    expect(() => parseQuestions('[]', 'q.json')).toThrow('The questions file q.json has no questions.');
  });

  it('is read from a file, and one that is not there is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'questions-'));
    const file = join(folder, 'q.jsonl');
    expect(() => readQuestions(file)).toThrow(`${file} is not there. Name a file of questions`);
    writeFileSync(file, JSON.stringify(question));
    expect(readQuestions(file)).toEqual([question]);
  });
});

it('the sample set asks a dozen questions of both types that the shipped rules serve', () => {
  const types = readQuestions(SAMPLE_QUESTIONS).map(({ type }) => type);
  expect(types.filter((type) => type === 'general')).toHaveLength(12);
  expect(types.filter((type) => type === 'finance_deep')).toHaveLength(12);
});
