import fc from 'fast-check';
import { checkExpectations } from '../../../benchmark/quality/expectations';
import { checkJsonSchema } from '../../../benchmark/quality/json-schema';
import type { Expect } from '../../../benchmark/questions/read-questions';

const schema = { type: 'object', required: ['urgent'], properties: { urgent: { type: 'boolean' } } };

describe('an expectation', () => {
  it.each<[string, Expect, string, boolean]>([
    ['a phrase', { mustContain: ['30 days'] }, 'Within 30 days.', true],
    ['a phrase in other letters', { mustContain: ['Refund'] }, 'a REFUND', true],
    ['a phrase over a line’s end', { mustContain: ['30 days'] }, '30\n  days', true],
    ['a phrase with a curly apostrophe', { mustContain: ["don't"] }, 'we don’t', true],
    ['a phrase that is not there', { mustContain: ['30 days'] }, '14 days', false],
    ['no such phrase', { mustNotContain: ['guarantee'] }, 'we promise nothing', true],
    ['a phrase that must not be there', { mustNotContain: ['guarantee'] }, 'We Guarantee it', false],
    ['a pattern', { pattern: 'return|refund' }, 'About your Return', true],
    ['a pattern that does not match', { pattern: '^yes' }, 'well, yes', false],
    ['JSON of a schema', { jsonSchema: schema }, '{"urgent": true}', true],
    ['JSON of another shape', { jsonSchema: schema }, '{"urgent": "yes"}', false],
    ['JSON that is none', { jsonSchema: schema }, 'It is urgent.', false],
    ['at least so many characters', { minLength: 3 }, ' 😀😀😀 ', true],
    ['fewer characters', { minLength: 4 }, ' 😀😀😀 ', false],
    ['at most so many characters', { maxLength: 3 }, ' 😀😀😀 ', true],
    ['more characters', { maxLength: 2 }, '😀😀😀', false],
  ])('of %s', (_, expectation, answer, met) => {
    expect(checkExpectations(expectation, answer).map((result) => result.met)).toEqual([met]);
  });

  it.each<[string, string]>([
    ['bold', 'You have **30 days** to return it.'],
    ['bold in part', 'You have **30** days'],
    ['bold and italic', 'You have ***30 days***.'],
    ['underscores', 'You have __30 days__ or _more_.'],
    ['code', 'You have `30 days`.'],
    ['a non-breaking space', 'You have 30\u00a0days.'],
    ['a narrow one', 'You have 30\u202fdays.'],
    ['a soft hyphen', 'You have 30 da\u00adys.'],
    ['full-width figures', 'You have ３０ days.'],
  ])('finds what is written in %s, by phrase and by pattern', (_, answer) => {
    const met = checkExpectations({ mustContain: ['30 days'], pattern: '\\b30 days\\b' }, answer);
    expect(met.map((result) => result.met)).toEqual([true, true]);
    expect(checkExpectations({ mustNotContain: ['30 days'] }, answer)).toMatchObject([{ met: false }]);
  });

  it.each<[string, Expect, string, boolean]>([
    ['a curly apostrophe by a straight one', { pattern: "don't" }, 'We don’t.', true],
    ['a straight apostrophe by a curly one', { pattern: 'don’t|won’t' }, "We won't.", true],
    ['a dash by another one', { pattern: '10–20 [–-] 3' }, '10-20 — 3', true],
    ['an ellipsis by its dots', { pattern: 'wait…$' }, 'Please wait...', true],
    ['dots by any characters', { pattern: 'wait…$' }, 'Please wait!!!', false],
    ['what only the answer as it stands has', { pattern: '^\\*\\*Yes\\*\\*\\n' }, '**Yes**\nIt is.', true],
    ['no word that bold hides', { pattern: '^(?!.*sorry)' }, 'We are so**rry** for that.', false],
    ['no bold, which the plain form has not', { pattern: '^(?!.*\\*\\*)' }, 'That is **all**.', false],
    ['what is not there in either form', { pattern: '^(?!.*sorry)' }, 'That is **all**.', true],
    ['a product that is no emphasis', { mustContain: ['5 * 3 * 2'] }, 'It is 5 * 3 * 2.', true],
    ['a name with underscores', { mustContain: ['order_id_2'] }, 'Send order_id_2.', true],
    ['a word of other words', { mustContain: ['order id 2'] }, 'Send order_id_2.', false],
  ])('finds %s', (_, expectation, answer, met) => {
    expect(checkExpectations(expectation, answer).map((result) => result.met)).toEqual([met]);
  });

  it('of a phrase that the answer has as it stands is met, whatever else it has', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (before, phrase, after) => {
        expect(checkExpectations({ mustContain: [phrase] }, before + phrase + after)).toMatchObject([
          { met: true },
        ]);
      }),
    );
  });

  const json = '{"urgent": true}';
  it.each<[string, string, boolean]>([
    ['alone', ` ${json}\n`, true],
    ['in a code block', `\`\`\`json\n${json}\n\`\`\``, true],
    [
      'in one with words around',
      `Here it is, in \`JSON\`:\n\`\`\`json\n${json}\n\`\`\`\nAnything else?`,
      true,
    ],
    ['in one without a language', `\`\`\`\n${json}\n\`\`\``, true],
    ['in one of capitals and attributes', `\`\`\`JSON title="answer"\n${json}\n\`\`\``, true],
    ['in one with a class', `\`\`\` {.json}\n${json}\n\`\`\``, true],
    ['in one of tildes', `~~~json\n${json}\n~~~`, true],
    ['in a longer one', `\`\`\`\`json\n${json}\n\`\`\`\``, true],
    ['in an indented one', `1. Result:\n   \`\`\`json\n   ${json}\n   \`\`\``, true],
    ['in one with Windows’ line ends', `\`\`\`json\r\n${json}\r\n\`\`\`\r\n`, true],
    ['in one that is never closed', `Here:\n\`\`\`json\n${json}`, true],
    ['in one with backticks in a text', '```json\n{"urgent": true, "code": "use ```x``` or `y`"}\n```', true],
    ['in one of a list', `1. \`\`\`json\n   ${json}\n   \`\`\``, true],
    ['in one of a quotation', `So:\n> \`\`\`json\n> ${json}\n> \`\`\`\nAnything else?`, true],
    ['in one within a sentence', `Here it is: \`\`\`json ${json} \`\`\`. Anything else?`, true],
    ['on one line of backticks', `\`\`\`json ${json}\`\`\``, true],
    ['as code', `\`${json}\``, true],
    ['beside a block of another language', `\`\`\`sh\nls\n\`\`\`\n\`\`\`json\n${json}\n\`\`\``, true],
    ['beside another one', `\`\`\`\n${json}\n\`\`\`\n\`\`\`\n1\n\`\`\``, false],
    ['in a sentence', `It is ${json}.`, false],
    ['cut off', '```json\n{"urgent": tr', false],
  ])('finds JSON %s', (_, answer, met) => {
    expect(checkExpectations({ jsonSchema: schema }, answer)).toMatchObject([{ met }]);
  });

  it.each<[string, object, unknown, unknown]>([
    ['no draft', { required: ['a'] }, { a: 1 }, {}],
    ['no draft, and a keyword of 2020-12', { prefixItems: [{ type: 'string' }] }, ['a'], [1]],
    ['no draft, and a keyword of draft-07', { items: [{ type: 'string' }] }, ['a'], [1]],
    [
      'draft-04',
      { $schema: 'http://json-schema.org/draft-04/schema#', maximum: 2, exclusiveMaximum: true },
      1,
      2,
    ],
    ['draft-06', { $schema: 'http://json-schema.org/draft-06/schema#', const: 1 }, 1, 2],
    ['draft-07', { $schema: 'http://json-schema.org/draft-07/schema#', required: ['a'] }, { a: 1 }, {}],
    ['draft-07 by https', { $schema: 'https://json-schema.org/draft-07/schema', exclusiveMaximum: 2 }, 1, 2],
    [
      '2019-09',
      { $schema: 'https://json-schema.org/draft/2019-09/schema', dependentRequired: { a: ['b'] } },
      { a: 1, b: 1 },
      { a: 1 },
    ],
    [
      '2020-12',
      {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        properties: { a: true },
        unevaluatedProperties: false,
      },
      { a: 1 },
      { b: 1 },
    ],
    ['a format', { type: 'string', format: 'date' }, '2026-11-26', '2026-13-26'],
    [
      'a format that nobody knows, and a keyword',
      { format: 'colour', 'x-note': 1, type: 'string' },
      'red',
      1,
    ],
  ])('takes a schema of %s', (_, ofDraft, good, bad) => {
    expect(checkJsonSchema(ofDraft)).toBeUndefined();
    const met = [good, bad].map(
      (value) => checkExpectations({ jsonSchema: { ...ofDraft } }, JSON.stringify(value))[0]?.met,
    );
    expect(met).toEqual([true, false]);
  });

  it.each([
    ['an unknown draft', { $schema: 'https://example.com/mine' }, 'names none of draft-04'],
    ['a type that is none', { type: 'no' }, 'schema is invalid'],
    ['a reference to nowhere', { $ref: '#/definitions/no' }, "can't resolve reference"],
  ])('refuses a schema of %s', (_, wrong, message) => {
    expect(checkJsonSchema(wrong)).toContain(message);
  });

  it('holds each of several patterns against its own text', () => {
    const patterns = { properties: { a: { pattern: '^a$' }, b: { pattern: '^b$' } } };
    const met = ['{"a":"a","b":"b"}', '{"a":"a","b":"a"}'].map(
      (answer) => checkExpectations({ jsonSchema: patterns }, answer)[0]?.met,
    );
    expect(met).toEqual([true, false]);
  });

  it('takes two schemas of one $id', () => {
    const schemas = ['string', 'number'].map((type) => ({ $id: 'https://example.com/a', type }));
    expect(schemas.map(checkJsonSchema)).toEqual([undefined, undefined]);
  });

  it('is each phrase and each other key', () => {
    const expectation = { mustContain: ['a', 'b'], mustNotContain: ['c'], minLength: 1, maxLength: 9 };
    expect(checkExpectations(expectation, 'a').map(({ expectation: name }) => name)).toEqual([
      ...['mustContain: a', 'mustContain: b', 'mustNotContain: c', 'minLength: 1', 'maxLength: 9'],
    ]);
  });

  it('of a phrase and of its absence never agree', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (answer, phrase) => {
        const [has, hasNot] = checkExpectations({ mustContain: [phrase], mustNotContain: [phrase] }, answer);
        expect(has?.met).toBe(hasNot?.met !== true);
      }),
    );
  });

  const endless = '^(a+)+$';
  const answer = `${'a'.repeat(60)}b`;

  it('of a pattern that backtracks without end is undecided, in bounded time', () => {
    expect(checkExpectations({ pattern: endless, minLength: 1 }, answer).map(({ met }) => met)).toEqual([
      'undecided',
      true,
    ]);
  });

  it('of a schema with such a pattern is, too', () => {
    const [result] = checkExpectations({ jsonSchema: { type: 'string', pattern: endless } }, `"${answer}"`);
    expect(result?.met).toBe('undecided');
  });
});
