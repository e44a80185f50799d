import fc from 'fast-check';
import { escapeJavaScript } from '../../../../services/apigateway/velocity/host';
import { render } from './render';

const ESCAPED = (reference: string) => `$util.escapeJavaScript(${reference}).replaceAll("\\\\'", "'")`;

/** JSON text inside JSON, once put together in a variable and once written as it stands. */
const TEMPLATES = {
  captured: [
    `#set($escaped = ${ESCAPED('$input.body')})`,
    `#set($open = '{"body":"')`,
    `#set($close = '"}')`,
    '#set($execution = "$open$escaped$close")',
    `{"input":"${ESCAPED('$execution')}"}`,
  ].join('\n'),
  written: [
    `#set($escaped = ${ESCAPED('$input.body')})`,
    `{"input":"{\\"body\\":\\"${ESCAPED('$escaped')}\\"}"}`,
  ].join('\n'),
};

const TRICKY = [
  '$input',
  '${x}',
  '$!x',
  '#set($a = 1)',
  '#end',
  '\\',
  "'",
  '"',
  '/',
  '\u2028',
  '\ud83d',
  '😀',
  '\0',
  '\u007f',
  '\u0080',
  '\r\n',
];
const text = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...TRICKY)), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('a payload that is escaped twice', () => {
  it.each(Object.entries(TEMPLATES))('comes out of two JSON.parse as it went in (%s)', (_, template) => {
    fc.assert(
      fc.property(text, (body) => {
        const { input } = JSON.parse(render(template, body)) as { input: string };
        expect(JSON.parse(input)).toEqual({ body });
      }),
    );
  });
});

describe('$util.escapeJavaScript', () => {
  it.each([
    [`a"b'c\\d/e`, `a\\"b\\'c\\\\d\\/e`],
    ['\b\t\n\f\r\u0001', '\\b\\t\\n\\f\\r\\u0001'],
    ['~\u007f\u0080é\u2028', '~\u007f\\u0080\\u00E9\\u2028'],
    ['😀\ud800', '\\uD83D\\uDE00\\uD800'],
  ])('%j is %j, as Apache Commons has it', (plain, escaped) => {
    expect(escapeJavaScript(plain)).toBe(escaped);
  });
});
