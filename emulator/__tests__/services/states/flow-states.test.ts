import { compileRule } from '../../../services/states/states';
import { UnsupportedError } from '../../../stack/resource';

const data = { text: 'b', number: 2, yes: true, none: null, other: 'b' };
const test = (rule: Record<string, unknown>) =>
  compileRule(rule, 'there')({ data, context: { Execution: { Name: 'b' } } });

const $ = (name: string, operator: string, operand: unknown) => ({
  Variable: `$.${name}`,
  [operator]: operand,
});

describe('a choice rule', () => {
  it.each<[rule: Record<string, unknown>, expected: boolean]>([
    [$('text', 'StringEquals', 'b'), true],
    [$('text', 'StringEquals', 'c'), false],
    [$('number', 'StringEquals', '2'), false],
    [$('text', 'StringLessThan', 'c'), true],
    [$('text', 'StringGreaterThanEquals', 'b'), true],
    [$('text', 'StringEqualsPath', '$.other'), true],
    [{ Variable: '$$.Execution.Name', StringEquals: 'b' }, true],
    [$('number', 'NumericEquals', 2), true],
    [$('number', 'NumericLessThanEquals', 1), false],
    [$('number', 'NumericGreaterThan', 1), true],
    [$('text', 'NumericEquals', 2), false],
    [$('yes', 'BooleanEquals', true), true],
    [$('text', 'BooleanEquals', true), false],
    [$('text', 'IsPresent', true), true],
    [$('text', 'IsPresent', false), false],
    [$('none', 'IsPresent', true), true],
    [$('absent', 'IsPresent', true), false],
    [$('absent', 'IsPresent', false), true],
    [$('none', 'IsNull', true), true],
    [$('text', 'IsNull', false), true],
    [$('number', 'IsNumeric', true), true],
    [$('text', 'IsString', true), true],
    [$('yes', 'IsBoolean', false), false],
    [{ Not: $('text', 'StringEquals', 'b') }, false],
    [{ And: [$('text', 'StringEquals', 'b'), $('number', 'NumericEquals', 3)] }, false],
    [{ And: [$('absent', 'IsPresent', true), $('absent', 'StringEquals', 'b')] }, false],
    [{ Or: [$('number', 'NumericEquals', 3), $('text', 'StringEquals', 'b')] }, true],
  ])('%j is %s', (rule, expected) => {
    expect(test(rule)).toBe(expected);
  });

  it.each([
    $('absent', 'StringEquals', 'b'),
    $('absent', 'IsNull', true),
    $('text', 'StringEqualsPath', '$.absent'),
  ])('%j fails for want of a value', (rule) => {
    expect(() => test(rule)).toThrow(expect.objectContaining({ name: 'States.Runtime' }) as Error);
  });

  it.each([
    $('text', 'StringMatches', '*'),
    $('text', 'TimestampEquals', '2026-01-01T00:00:00Z'),
    $('text', 'IsTimestamp', true),
    $('list[*]', 'IsPresent', true),
    { ...$('text', 'StringEquals', 'b'), IsPresent: true },
    { Condition: '{% true %}' },
  ])('%j is refused at load', (rule) => {
    expect(() => compileRule(rule, 'there')).toThrow(UnsupportedError);
  });
});
