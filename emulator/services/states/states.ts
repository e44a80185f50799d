import { setTimeout } from 'node:timers/promises';
import { timerMs } from '../../platform/clock';
import { UnsupportedError } from '../../stack/resource';
import type { Definition, StateDefinition, StateOf } from './definition';
import { compileFilter, type State } from './execution';
import {
  compileExpression,
  compilePath,
  compileResultPath,
  compileTemplate,
  lookUp,
  parsePath,
  type Scope,
} from './input-output';
import { StatesError } from './states-error';
import { compileTask, type TaskAction } from './task-state';

/**
 * Compiles each state once, so that what is not emulated is found at load.
 *
 * @param address of the definition
 * @throws UnsupportedError naming the state's field at fault
 */
export function compileStates(
  { States }: Definition,
  address: string,
  actions: Readonly<Record<string, TaskAction>>,
): ReadonlyMap<string, State> {
  return new Map(
    Object.entries(States).map(([name, state]) => [
      name,
      compileState(state, `${address}.States.${name}`, actions),
    ]),
  );
}

function compileState(
  state: StateDefinition,
  address: string,
  actions: Readonly<Record<string, TaskAction>>,
): State {
  switch (state.Type) {
    case 'Task':
      return compileTask(state, address, actions);
    case 'Pass':
      return compilePass(state, address);
    case 'Choice':
      return compileChoice(state, address);
    case 'Wait':
      return compileWait(state, address);
    case 'Succeed':
      return compileSucceed(state, address);
    case 'Fail':
      return compileFail(state, address);
  }
}

function compilePass(definition: StateOf<'Pass'>, address: string): State {
  const filterInput = compileFilter(definition.InputPath, `${address}.InputPath`);
  const parameters = definition.Parameters && compileTemplate(definition.Parameters, `${address}.Parameters`);
  const combine = compileResultPath(definition.ResultPath, `${address}.ResultPath`);
  const filterOutput = compileFilter(definition.OutputPath, `${address}.OutputPath`);
  return {
    type: 'Pass',
    run(visit) {
      const context = visit.context();
      const filtered = filterInput({ data: visit.input, context });
      const effective = parameters ? parameters({ data: filtered, context }) : filtered;
      const result = definition.Result === undefined ? effective : definition.Result;
      const output = filterOutput({ data: combine(visit.input, result), context });
      return { output, next: definition.Next };
    },
  };
}

function compileChoice(definition: StateOf<'Choice'>, address: string): State {
  const rules = definition.Choices.map((choice, index) => ({
    matches: compileRule(choice, `${address}.Choices.${index}`),
    next: choice.Next,
  }));
  const filter = compileFilters(definition, address);
  return {
    type: 'Choice',
    run: (visit) =>
      filter(visit.input, visit.context(), (scope) => {
        const next = rules.find(({ matches }) => matches(scope))?.next ?? definition.Default;
        if (next !== undefined) return next;
        throw new StatesError('States.NoChoiceMatched', 'No choice rule matches, and there is no Default.');
      }),
  };
}

function compileSucceed(definition: StateOf<'Succeed'>, address: string): State {
  const filter = compileFilters(definition, address);
  return { type: 'Succeed', run: (visit) => filter(visit.input, visit.context(), () => undefined) };
}

function compileWait(definition: StateOf<'Wait'>, address: string): State {
  const filter = compileFilters(definition, address);
  return {
    type: 'Wait',
    async run(visit) {
      await setTimeout(timerMs(definition.Seconds), undefined, { signal: visit.signal });
      return filter(visit.input, visit.context(), () => definition.Next);
    },
  };
}

function compileFail(definition: StateOf<'Fail'>, address: string): State {
  const { Cause, CausePath, Error, ErrorPath } = definition;
  const compile = (literal: string | undefined, path: string | undefined, field: string) =>
    path === undefined ? () => literal ?? '' : compileExpression(path, `${address}.${field}`);
  const error = compile(Error, ErrorPath, 'ErrorPath');
  const cause = compile(Cause, CausePath, 'CausePath');
  return {
    type: 'Fail',
    run(visit) {
      const scope = { data: visit.input, context: visit.context() };
      throw new StatesError(text(error(scope), 'ErrorPath'), text(cause(scope), 'CausePath'));
    },
  };
}

function text(value: unknown, field: string): string {
  if (typeof value === 'string') return value;
  throw new StatesError(
    'States.Runtime',
    `The ${field} points to ${JSON.stringify(value)}, not to a string.`,
  );
}

/** For states that change nothing but what `InputPath` and `OutputPath` select. */
function compileFilters(
  {
    InputPath,
    OutputPath,
  }: { InputPath?: string | null | undefined; OutputPath?: string | null | undefined },
  address: string,
) {
  const filterInput = compileFilter(InputPath, `${address}.InputPath`);
  const filterOutput = compileFilter(OutputPath, `${address}.OutputPath`);
  return (
    input: unknown,
    context: unknown,
    choose: (scope: { data: unknown; context: unknown }) => string | undefined,
  ) => {
    const data = filterInput({ data: input, context });
    return { output: filterOutput({ data, context }), next: choose({ data, context }) };
  };
}

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
 * @throws UnsupportedError for an operator that is not emulated (timestamps and `StringMatches`)
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
    throw new UnsupportedError(`${address}.${operator}`, 'the local run does not emulate this');
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
