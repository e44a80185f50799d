import { UnsupportedError } from '../../stack/resource';
import { compilePath, lookUp, parsePath } from './expression';
import type { Scope } from './scope';
import { StatesError } from './states-error';

/** @throws StatesError `States.Runtime` if a variable or a path to compare with is missing */
type Rule = (scope: Scope) => boolean;

type Order = (one: string | number, two: string | number) => boolean;

const ORDERS: Readonly<Record<string, Order>> = {
  Equals: (one, two) => one === two,
  LessThan: (one, two) => one < two,
  LessThanEquals: (one, two) => one <= two,
  GreaterThan: (one, two) => one > two,
  GreaterThanEquals: (one, two) => one >= two,
};

/** Two values of different types never compare as true. */
function comparisons(prefix: string, type: 'string' | 'number') {
  return Object.entries(ORDERS).map(([name, compare]): [string, (one: unknown, two: unknown) => boolean] => [
    prefix + name,
    (one, two) =>
      typeof one === type && typeof two === type && compare(one as string | number, two as string | number),
  ]);
}

const COMPARISONS = new Map<string, (variable: unknown, operand: unknown) => boolean>([
  ...comparisons('String', 'string'),
  ...comparisons('Numeric', 'number'),
  ['BooleanEquals', (one, two) => typeof one === 'boolean' && one === two],
  ['IsBoolean', (value, wanted) => (typeof value === 'boolean') === wanted],
  ['IsNull', (value, wanted) => (value === null) === wanted],
  ['IsNumeric', (value, wanted) => (typeof value === 'number') === wanted],
  ['IsString', (value, wanted) => (typeof value === 'string') === wanted],
]);

/**
 * Compiles one of a Choice state's rules; `Next` and `Comment` are the state's business.
 *
 * @throws UnsupportedError for an operator that is not acted out (timestamps and `StringMatches`)
 */
export function compileRule(rule: Readonly<Record<string, unknown>>, address: string): Rule {
  const [[operator, operand] = [], ...others] = Object.entries(rule).filter(
    ([field]) => !['Next', 'Comment', 'Variable'].includes(field),
  );
  if (operator === undefined || others.length > 0) throw new UnsupportedError(address, 'want one operator');
  const nested = (one: unknown, index: number) =>
    compileRule(one as Record<string, unknown>, `${address}.${operator}.${index}`);
  switch (operator) {
    case 'And': {
      const rules = (operand as unknown[]).map(nested);
      return (scope) => rules.every((test) => test(scope));
    }
    case 'Or': {
      const rules = (operand as unknown[]).map(nested);
      return (scope) => rules.some((test) => test(scope));
    }
    case 'Not': {
      const test = nested(operand, 0);
      return (scope) => !test(scope);
    }
    default:
      return compileComparison(operator, operand, String(rule.Variable), address);
  }
}

function compileComparison(operator: string, operand: unknown, variable: string, address: string): Rule {
  const path = parsePath(variable, `${address}.Variable`);
  if (operator === 'IsPresent') return (scope) => (lookUp(path, scope) !== undefined) === operand;
  const withPath = operator.endsWith('Path');
  const compare = COMPARISONS.get(withPath ? operator.slice(0, -'Path'.length) : operator);
  if (!compare || (withPath && operator.startsWith('Is'))) {
    throw new UnsupportedError(`${address}.${operator}`, 'the local run does not act this out');
  }
  const readOperand = withPath ? compilePath(String(operand), `${address}.${operator}`) : () => operand;
  return (scope) => {
    const value = lookUp(path, scope);
    if (value === undefined) {
      throw new StatesError(
        'States.Runtime',
        `Invalid path '${variable}': The choice state's condition path references an invalid value.`,
      );
    }
    return compare(value, readOperand(scope));
  };
}
