import { hostVariable, inputFunction, utilFunction } from './host';
import { callMethod, methodsNamed } from './methods';
import { type Evaluate, kindOf, memberOf, type Site, type Value } from './values';
import { isPlain, sourceOf, type Expression, type Reference, type Step } from './syntax';

/** Bean properties that Java has on a map or a string beside its keys: `$map.empty` calls `isEmpty()`. */
const BEAN_PROPERTIES = new Set(['class', 'empty', 'bytes', 'blank']);

/** Compiles an argument or an index, which may be any expression. */
type Compile = (expression: Expression) => Evaluate;

/** Compiles `$...` into its value; every name and method it uses has to be known. */
export function compileReference(reference: Reference, site: Site, compile: Compile): Evaluate {
  if (reference.args !== undefined) return site.refuse(`${sourceOf(reference)} is a call without a receiver`);
  const path = reference.path ?? [];
  const [root, used] = compileRoot(reference, path, site, compile);
  return path.slice(used).reduce((receiver, step) => compileStep(receiver, step, site, compile), root);
}

/** The value that the first steps name, and how many steps that took. */
function compileRoot(
  reference: Reference,
  path: readonly Step[],
  site: Site,
  compile: Compile,
): [Evaluate, number] {
  const unknown = (): never => site.refuse(`${sourceOf(reference)} is not emulated`);
  const [first] = path;
  switch (reference.id) {
    case 'input':
      if (first?.type === 'property' && first.id === 'body')
        return [({ environment }) => environment.body, 1];
      return first?.type === 'method' ? [compileInput(first, site) ?? unknown(), 1] : unknown();
    case 'util':
      return first?.type === 'method' ? [compileUtil(first, compile) ?? unknown(), 1] : unknown();
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

function compileUtil(step: Step & { type: 'method' }, compile: Compile): Evaluate | undefined {
  const [argument, ...others] = argumentsOf(step);
  const call = utilFunction(step.id);
  if (call === undefined || argument === undefined || others.length > 0) return undefined;
  const evaluate = compile(argument);
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

function compileStep(receiver: Evaluate, step: Step, site: Site, compile: Compile): Evaluate {
  if (step.type === 'property') {
    if (BEAN_PROPERTIES.has(step.id))
      return site.refuse(`.${step.id} is a property of the Java object, not a key`);
    return (scope) => memberOf(receiver(scope), step.id);
  }
  if (step.type === 'index') {
    const key = compile(step.id);
    return (scope) => elementOf(receiver(scope), key(scope));
  }
  const args = argumentsOf(step);
  const methods = methodsNamed(step.id, args.length);
  if (methods.length === 0)
    return site.refuse(`the method ${step.id} of ${args.length} arguments is not emulated`);
  if (methods.some(({ regex }) => regex)) checkPattern(step.id, args, site);
  const evaluated = args.map((argument) => compile(argument));
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
