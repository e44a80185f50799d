import { fullMatch, javaRegex } from '../../../../services/apigateway/velocity/values';

describe('fullMatch', () => {
  it.each([
    ['4\\d{2}', '404', true],
    ['4\\d{2}', '4040', false],
    ['[45]\\d{2}', '503', true],
    ['200|500', '500', true],
    ['200|500', '5001', false],
    ['5.*', '500', true],
    ['(?!200)\\d+', '200', false],
    ['[^2]\\d\\d', '200', false],
    ['a\\.b', 'axb', false],
    ['.', '\u0085', false],
    ['.', '😀', true],
  ])('%s on %s: %s', (pattern, text, expected) => {
    expect(fullMatch(pattern)(text)).toBe(expected);
  });
});

describe('javaRegex', () => {
  it.each([
    'a++',
    '(?i)a',
    '\\s',
    '\\p{L}',
    '[a&&b]',
    '[a[b]]',
    '\\bx',
    'a$',
    '(?<n>a)',
    '\\Qa\\E',
    '{',
    '(a',
  ])('does not translate %s', (pattern) => {
    expect(() => javaRegex(pattern)).toThrow(SyntaxError);
  });
});
