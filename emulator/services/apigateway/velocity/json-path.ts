import { kindOf, memberOf, type Value } from './values';

const STEP = /^(?:\.(?<name>[A-Za-z_][\w-]*)|\['(?<quoted>[^'\\]+)'\]|\[(?<index>\d+)\])/;

/**
 * A definite JSONPath: `$` followed by `.name`, `['name']` or `[0]`. What it does not find is null.
 *
 * @throws SyntaxError for filters, wildcards, slices and the like, which are not acted out
 */
export function jsonPath(path: string): (root: Value) => Value {
  if (!path.startsWith('$')) throw new SyntaxError(`the JSONPath ${path} does not begin with $`);
  const keys: (string | number)[] = [];
  for (let rest = path.slice(1); rest !== '';) {
    const step = STEP.exec(rest);
    if (step === null) throw new SyntaxError(`${rest} in the JSONPath ${path} is not acted out`);
    const { name, quoted, index } = step.groups ?? {};
    keys.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
    rest = rest.slice(step[0].length);
  }
  return (root) => keys.reduce(step, root);
}

function step(value: Value, key: string | number): Value {
  if (typeof key === 'string') return memberOf(value, key);
  return kindOf(value) === 'list' ? ((value as readonly Value[])[key] ?? null) : null;
}
