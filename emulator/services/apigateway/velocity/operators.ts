import { kindOf, TemplateError, textOf, type Value } from './values';

type Operator = (left: Value, right: Value) => Value;

const number = (value: Value): number => {
  if (typeof value !== 'number')
    throw new TemplateError(`a ${kindOf(value)} stands where a number is needed`);
  return value;
};
const numeric =
  (operation: (left: number, right: number) => Value): Operator =>
  (left, right) =>
    operation(number(left), number(right));

/** Java's int and long arithmetic; a division by zero is null in Velocity, an error here. */
const integral = (operation: (left: number, right: number) => number): Operator =>
  numeric((left, right) => {
    const result = operation(left, right);
    if (![left, right, result].every(Number.isSafeInteger))
      throw new TemplateError('arithmetic is acted out for integers only');
    return result;
  });

/** Values of different types are compared by their text, as Velocity does; null equals null alone. */
function equal(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  return textOf(left, 'the left side of ==') === textOf(right, 'the right side of ==');
}

function add(left: Value, right: Value): Value {
  if (typeof left !== 'string' && typeof right !== 'string') return integral((a, b) => a + b)(left, right);
  return textOf(left, 'the left side of +') + textOf(right, 'the right side of +');
}

/** The binary operators that evaluate both sides; `&&` and `||` do not, and stand in the compiler. */
export const BINARY: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['==', equal],
  ['!=', (left, right) => !equal(left, right)],
  ['<', numeric((left, right) => left < right)],
  ['<=', numeric((left, right) => left <= right)],
  ['>', numeric((left, right) => left > right)],
  ['>=', numeric((left, right) => left >= right)],
  ['+', add],
  ['-', integral((left, right) => left - right)],
  ['*', integral((left, right) => left * right)],
  ['/', integral((left, right) => Math.trunc(left / right))],
  ['%', integral((left, right) => left % right)],
]);
