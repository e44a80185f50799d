import fc from 'fast-check';
import { lastWords, Seam } from '../../lambdas/tier/seam';

/** What another model's words come to after what was said; undefined where they do not go on there. */
function joined(said: string, parts: readonly string[]): string | undefined {
  const seam = new Seam(said);
  for (const [index, part] of parts.entries()) {
    const joint = seam.add(part);
    if (joint?.isFit === false) return undefined;
    if (joint !== undefined) return said + joint.rest + parts.slice(index + 1).join('');
  }
  const joint = seam.end();
  return joint.isFit ? said + joint.rest : undefined;
}

const LONG =
  'Inflation is the rate at which the prices of goods and services rise over a year, as the bank measures it';
const REPEATED = 'prices of goods and services rise over a year, as the bank measures it';

describe('what another model says after words that it is to repeat', () => {
  it.each([
    ['goes on behind them', LONG, `${lastWords(LONG)} monthly.`, `${LONG} monthly.`],
    ['goes on with the word that broke off', 'Prices ri', 'Prices rise.', 'Prices rise.'],
    ['has another white space', 'Prices  rise,', '\n Prices\nrise, too.', 'Prices  rise, too.'],
    ['has the white space once that is shown', 'Prices rise. ', 'Prices rise. Then', 'Prices rise. Then'],
    ['begins a paragraph that has begun', 'One.\n', 'One.\n\nTwo.', 'One.\n\nTwo.'],
    ['has nothing to add', LONG, lastWords(LONG), LONG],
    ['has nothing to add but white space', 'Prices rise. ', 'Prices rise.', 'Prices rise. '],
    ['begins anew with the same words', LONG, `${LONG} does.`, `${LONG} does.`],
    [
      'is of a language without spaces',
      '物价'.repeat(50),
      `${'物价'.repeat(30)}上涨`,
      `${'物价'.repeat(50)}上涨`,
    ],
  ])('%s', (_, said, next, whole) => {
    for (const parts of [[next], next.split('')]) expect(joined(said, parts)).toBe(whole);
  });

  it.each([
    ['is an introduction', LONG, `Certainly! ${lastWords(LONG)} monthly.`],
    ['does not repeat them', LONG, ' monthly.'],
    ['repeats others', LONG, `${REPEATED.replace('bank', 'state')} monthly.`],
    ['ends within them', LONG, lastWords(LONG).slice(0, -1)],
    ['is another answer', 'The rate is 3', 'The rates are 3 and 4.'],
    ['lets a word go on that was over', 'Prices rise ', 'Prices risen'],
    ['is silence', LONG, ''],
  ])('does not fit where it %s', (_, said, next) => {
    for (const parts of [[next], next.split('')]) expect(joined(said, parts)).toBeUndefined();
  });

  it('fits or does not as soon as that can be told', () => {
    const seam = new Seam(LONG);
    expect(seam.add(lastWords(LONG).slice(0, 9))).toBeUndefined();
    expect(seam.add(`${lastWords(LONG).slice(9)} a`)).toEqual({ isFit: true, rest: ' a' });
    expect(new Seam(LONG).add('No')).toEqual({ isFit: false });
  });
});

test('the words to repeat are the last ones, from the beginning of a word, and no half of a character', () => {
  expect(lastWords(LONG)).toBe('and services rise over a year, as the bank measures it');
  expect(lastWords(`${'😀'.repeat(40)}!`)).toBe(`${'😀'.repeat(29)}!`);
  expect(lastWords(' short ')).toBe('short');
});

/** How much white space stands in a place is not compared. */
const squeezed = (text: string): string => text.trim().replace(/\s+/g, ' ');

const texts = fc.array(fc.constantFrom('a', 'b', ' ', '\n', '. ', '😀', 'word '), { maxLength: 120 });

test('whatever breaks off where, the two parts are the whole, or the second is', () => {
  fc.assert(
    fc.property(texts, fc.nat(), fc.boolean(), fc.array(fc.nat(300)), (words, at, isAnew, cuts) => {
      const text = words.join('').trim();
      const said = text.slice(0, at % (text.length + 1));
      fc.pre(said.trim() !== '');
      const next = isAnew ? text : lastWords(said) + text.slice(said.trimEnd().length);
      const ends = [...cuts.filter((cut) => cut < next.length).sort((a, b) => a - b), next.length];
      const parts = ends.map((end, index) => next.slice(ends[index - 1] ?? 0, end));
      expect([text, next].map(squeezed)).toContain(squeezed(joined(said, parts) ?? ''));
    }),
    { numRuns: 2_000 },
  );
});
