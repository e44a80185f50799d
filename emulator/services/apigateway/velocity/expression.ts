import { compileReference } from './reference';
import { type Expression, isPlain, parseTemplate, type Reference, sourceOf, type Statement } from './syntax';
import {
  type Evaluate,
  kindOf,
  type Render,
  type Scope,
  type Site,
  TemplateError,
  textOf,
  truthOf,
  type Value,
} from './values';

type Math = Expression & { type: 'math' };
type Literal = Expression & { type: 'string' };

/** Compiles the right side of a #set, a condition or an argument. */
export function compileExpression(expression: Expression, site: Site): Evaluate {
  switch (expression.type) {
    case 'references':
      return compileReference(expression, site, (argument) => compileExpression(argument, site));
    case 'string':
      return compileString(expression, site);
    case 'integer': {
      const value = Number(expression.value);
      return () => value;
    }
    case 'bool': {
      if (expression.value === 'null') return site.refuse('Velocity 1.x has no null literal');
      const value = expression.value === 'true';
      return () => value;
    }
    case 'math':
      return compileMath(expression, site);
    default:
      return site.refuse(`a ${expression.type} literal is not emulated`);
  }
}

/** Compiles a condition: `||`, `&&` and `!` ask for the truth of what they join. */
export function compileCondition(expression: Expression, site: Site): (scope: Scope) => boolean {
  const evaluate = compileExpression(expression, site);
  const source = expression.type === 'references' ? sourceOf(expression) : 'the condition';
  return (scope) => truthOf(evaluate(scope), source);
}

function compileMath({ operator, expression }: Math, site: Site): Evaluate {
  const [left, right] = expression;
  if (left === undefined) return site.refuse(`${operator} stands without an operand`);
  if (operator === 'parenthesis') return compileExpression(left, site);
  if (operator === 'not') {
    const condition = compileCondition(left, site);
    return (scope) => !condition(scope);
  }
  if (right === undefined) return site.refuse(`the operator ${operator} is not emulated`);
  if (operator === '&&' || operator === '||') {
    if (expression.some((operand) => joins(operand) && operand.operator !== operator))
      return site.refuse(
        '&& and || side by side need parentheses: velocityjs gives both the same precedence',
      );
    const [first, second] = [compileCondition(left, site), compileCondition(right, site)];
    return operator === '&&'
      ? (scope) => first(scope) && second(scope)
      : (scope) => first(scope) || second(scope);
  }
  const apply = BINARY.get(operator);
  if (apply === undefined) return site.refuse(`the operator ${operator} is not emulated`);
  const [first, second] = [compileExpression(left, site), compileExpression(right, site)];
  return (scope) => apply(first(scope), second(scope));
}

const joins = (expression: Expression): expression is Math =>
  expression.type === 'math' && ['&&', '||'].includes(expression.operator);

/** A double-quoted string is a template of text and references; a single-quoted one is taken as it stands. */
function compileString({ value, isEval }: Literal, site: Site): Evaluate {
  // velocityjs reads \" as a quote within a string; Apache Velocity ends the string there, and writes "" instead.
  if (value.includes(isEval === true ? '"' : "'"))
    return site.refuse(`a string cannot contain its own quote here: build it from a 'single-quoted' literal`);
  if (isEval !== true || isPlain(value)) return () => value;
  const parts = parseTemplate(value).map((part) => compileInterpolated(part, site));
  return (scope) => parts.map((part) => part(scope)).join('');
}

function compileInterpolated(part: Statement, site: Site): Render {
  if (typeof part === 'string') return () => part;
  if ('type' in part && part.type === 'references') return compilePrinted(part, site);
  return site.refuse('a double-quoted string may hold references, but no directives');
}

/** A reference as it is printed: `$!` prints null as nothing. */
export function compilePrinted(reference: Reference, site: Site): Render {
  const evaluate = compileExpression(reference, site);
  const source = sourceOf(reference);
  return (scope) => {
    const value = evaluate(scope);
    return value === null && reference.leader === '$!' ? '' : textOf(value, source);
  };
}

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
      throw new TemplateError('arithmetic is emulated for integers only');
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
const BINARY: ReadonlyMap<string, Operator> = new Map<string, Operator>([
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
