import fc from 'fast-check';
import { compileExpression } from '../../../services/states/input-output';
import { UnsupportedError } from '../../../stack/resource';

const evaluate = (text: string, data: unknown = {}, context: unknown = {}) =>
  compileExpression(text, 'machine.definition.States.S.Parameters.x.$')({ data, context });

describe('an intrinsic function', () => {
  const data = { name: 'Ada', list: [1, 2], text: '{"a":1}', one: { a: 1, b: 1 }, two: { b: 2 }, none: null };

  it.each([
    ["States.Format('Hello, {}: {} {} {}', $.name, 1.5, true, null)", 'Hello, Ada: 1.5 true null'],
    ["States.Format('\\{\\} isn\\'t \\\\ {}', $.name)", "{} isn't \\ Ada"],
    ["States.Format('a, (b) {}', 'c, (d)')", 'a, (b) c, (d)'],
    ["States.Format('{}', $$.Execution.Name)", 'run-1'],
    ["States.Format('{}', $['name'])", 'Ada'],
    ["States.Format('{}', States.ArrayLength($.list))", '2'],
    ['States.JsonToString($.one)', '{"a":1,"b":1}'],
    ['States.StringToJson($.text)', { a: 1 }],
    ["States.Array(1, 'two', $.list)", [1, 'two', [1, 2]]],
    ['States.Array()', []],
    ['States.ArrayGetItem($.list, 1)', 2],
    ['States.JsonMerge($.one, $.two, false)', { a: 1, b: 2 }],
    ['States.MathAdd(2, -3)', -1],
    ['States.UUID()', expect.stringMatching(/^[\da-f-]{36}$/)],
  ])('%s', (text, expected) => {
    expect(evaluate(text, data, { Execution: { Name: 'run-1' } })).toEqual(expected);
  });

  it.each([
    "States.Format('{} {}', 1)",
    "States.Format('{}', 1, 2)",
    "States.Format('{}', $.list)",
    "States.StringToJson('{')",
    'States.StringToJson(1)',
    'States.ArrayGetItem($.list, 2)',
    "States.MathAdd(1, '2')",
    'States.ArrayLength($.name)',
    'States.ArrayLength($.list, 1)',
    'States.JsonMerge($.one, $.two, true)',
  ])('%s fails', (text) => {
    expect(() => evaluate(text, data)).toThrow(
      expect.objectContaining({ name: 'States.IntrinsicFailure' }) as Error,
    );
  });

  it('fails the execution where an argument is missing', () => {
    expect(() => evaluate("States.Format('{}', $.absent)", data)).toThrow(
      expect.objectContaining({ name: 'States.Runtime' }) as Error,
    );
  });

  it.each([
    'States.Hash($.name)',
    'States.Unknown()',
    'Format()',
    '',
    "States.Format('{}'",
    "States.Format('{}' 1)",
    "States.Format('{}',)",
    'States.Array(1) 2',
    'States.Array(word)',
    'States.Array("double")',
    'States.Array($.list[*])',
    'States.Format($.name)',
    `${'States.Array('.repeat(11)}1${')'.repeat(11)}`,
  ])('%s is refused at load', (text) => {
    expect(() => compileExpression(text, 'there')).toThrow(UnsupportedError);
  });

  it('takes any text through JsonToString, StringToJson and Format unharmed', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        expect(evaluate('States.JsonToString($)', value)).toBe(JSON.stringify(value));
        expect(evaluate('States.StringToJson(States.JsonToString($))', value)).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
        expect(evaluate("States.Format('{}{}', $, $)", text)).toBe(text + text);
      }),
    );
  });
});
