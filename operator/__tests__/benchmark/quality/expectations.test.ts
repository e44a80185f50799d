import fc from 'fast-check';
import { checkExpectations } from '../../../benchmark/quality/expectations';
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
    ['JSON in the only code block', { jsonSchema: schema }, 'Here:\n```json\n{"urgent": true}\n```\n', true],
    ['JSON of another shape', { jsonSchema: schema }, '{"urgent": "yes"}', false],
    [
      'JSON in one of two code blocks',
      { jsonSchema: schema },
      '```\n{"urgent": true}\n```\n```\n1\n```',
      false,
    ],
    ['JSON that is none', { jsonSchema: schema }, 'It is urgent.', false],
    ['at least so many characters', { minLength: 3 }, ' 😀😀😀 ', true],
    ['fewer characters', { minLength: 4 }, ' 😀😀😀 ', false],
    ['at most so many characters', { maxLength: 3 }, ' 😀😀😀 ', true],
    ['more characters', { maxLength: 2 }, '😀😀😀', false],
  ])('of %s', (_, expectation, answer, met) => {
    expect(checkExpectations(expectation, answer).map((result) => result.met)).toEqual([met]);
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
