import { hostVariable, inputFunction, utilFunction } from './host';
import {
  type Expression,
  isPlain,
  parseTemplate,
  type Reference,
  sourceOf,
  type Statement,
  type Step,
} from './syntax';
import {
  callMethod,
  type Evaluate,
  kindOf,
  memberOf,
  methodsNamed,
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
      return compileReference(expression, site);
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

/** Bean properties that Java has on a map or a string beside its keys: `$map.empty` calls `isEmpty()`. */
const BEAN_PROPERTIES = new Set(['class', 'empty', 'bytes', 'blank']);

/** Compiles `$...` into its value; every name and method it uses has to be known. */
function compileReference(reference: Reference, site: Site): Evaluate {
  if (reference.args !== undefined) return site.refuse(`${sourceOf(reference)} is a call without a receiver`);
  const path = reference.path ?? [];
  const [root, used] = compileRoot(reference, path, site);
  return path.slice(used).reduce((receiver, step) => compileStep(receiver, step, site), root);
}

/** The value that the first steps name, and how many steps that took. */
function compileRoot(reference: Reference, path: readonly Step[], site: Site): [Evaluate, number] {
  const unknown = (): never => site.refuse(`${sourceOf(reference)} is not emulated`);
  const [first] = path;
  switch (reference.id) {
    case 'input':
      if (first?.type === 'property' && first.id === 'body')
        return [({ environment }) => environment.body, 1];
      return first?.type === 'method' ? [compileInput(first, site) ?? unknown(), 1] : unknown();
    case 'util':
      return first?.type === 'method' ? [compileUtil(first, site) ?? unknown(), 1] : unknown();
    case 'context':
    case 'stageVariables':
      return compileHostVariable(reference.id, path, site) ?? unknown();
    default:
      return [({ variables }) => variables.get(reference.id) ?? null, 0];
  }
}

function compileInput(step: Step & { type: 'method' }, site: Site): Evaluate | undefined {
  const [argument, ...others] = argumentsOf(step);
  const path = literalOf(argument);
  if (path === undefined || others.length > 0)
    return site.refuse(`$input.${step.id}() needs one literal JSONPath`);
  try {
    const read = inputFunction(step.id, path);
    return read && (({ environment }) => read(environment));
  } catch (error) {
    return site.refuse(error instanceof Error ? error.message : String(error));
  }
}

function compileUtil(step: Step & { type: 'method' }, site: Site): Evaluate | undefined {
  const [argument, ...others] = argumentsOf(step);
  const call = utilFunction(step.id);
  if (call === undefined || argument === undefined || others.length > 0) return undefined;
  const evaluate = compileExpression(argument, site);
  return (scope) => call(evaluate(scope), scope.environment);
}

/** The longest dotted name there is: `$context.identity.sourceIp` before `$context.identity`. */
function compileHostVariable(
  root: string,
  path: readonly Step[],
  site: Site,
): [Evaluate, number] | undefined {
  const names = path.map((step) => (step.type === 'property' ? step.id : undefined));
  for (const used of [2, 1]) {
    const name = names.slice(0, used);
    if (name.length < used || name.includes(undefined)) continue;
    const read = hostVariable(root, name.join('.'), site.stageVariables);
    if (read !== undefined) return [({ environment }) => read(environment), used];
  }
  return undefined;
}

function compileStep(receiver: Evaluate, step: Step, site: Site): Evaluate {
  if (step.type === 'property') {
    if (BEAN_PROPERTIES.has(step.id))
      return site.refuse(`.${step.id} is a property of the Java object, not a key`);
    return (scope) => memberOf(receiver(scope), step.id);
  }
  if (step.type === 'index') {
    const key = compileExpression(step.id, site);
    return (scope) => elementOf(receiver(scope), key(scope));
  }
  const args = argumentsOf(step);
  const methods = methodsNamed(step.id, args.length);
  if (methods.length === 0)
    return site.refuse(`the method ${step.id} of ${args.length} arguments is not emulated`);
  if (methods.some(({ regex }) => regex)) checkPattern(step.id, args, site);
  const evaluated = args.map((argument) => compileExpression(argument, site));
  return (scope) =>
    callMethod(
      receiver(scope),
      step.id,
      evaluated.map((argument) => argument(scope)),
    );
}

/** Tries the pattern out on nothing, so that what cannot be translated stops the start. */
function checkPattern(name: string, [pattern, ...rest]: readonly Expression[], site: Site): void {
  const literal = literalOf(pattern);
  if (literal === undefined) site.refuse(`the pattern of ${name} has to be a literal`);
  try {
    callMethod('', name, [literal, ...rest.map((argument) => literalOf(argument) ?? '')]);
  } catch (error) {
    site.refuse(error instanceof Error ? error.message : String(error));
  }
}

function elementOf(value: Value, key: Value): Value {
  if (typeof key === 'string') return memberOf(value, key);
  return kindOf(value) === 'list' && typeof key === 'number'
    ? ((value as readonly Value[])[key] ?? null)
    : null;
}

const argumentsOf = (step: Step & { type: 'method' }): readonly Expression[] =>
  step.args === undefined || step.args === false ? [] : step.args;

/** The text of a string literal without interpolation. */
function literalOf(expression: Expression | undefined): string | undefined {
  if (expression?.type !== 'string') return undefined;
  return expression.isEval === true && !isPlain(expression.value) ? undefined : expression.value;
}
