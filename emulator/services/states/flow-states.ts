import { setTimeout } from 'node:timers/promises';
import { compileRule } from './choice-rule';
import type { StateOf } from './definition';
import { compileExpression } from './expression';
import { compileTemplate } from './payload-template';
import { compileResultPath } from './result-path';
import { compileFilter, type State } from './state';
import { StatesError } from './states-error';

export function compilePass(definition: StateOf<'Pass'>, address: string): State {
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

export function compileChoice(definition: StateOf<'Choice'>, address: string): State {
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

export function compileSucceed(definition: StateOf<'Succeed'>, address: string): State {
  const filter = compileFilters(definition, address);
  return { type: 'Succeed', run: (visit) => filter(visit.input, visit.context(), () => undefined) };
}

export function compileWait(definition: StateOf<'Wait'>, address: string): State {
  const filter = compileFilters(definition, address);
  return {
    type: 'Wait',
    async run(visit) {
      await setTimeout(definition.Seconds * 1000, undefined, { signal: visit.signal });
      return filter(visit.input, visit.context(), () => definition.Next);
    },
  };
}

export function compileFail(definition: StateOf<'Fail'>, address: string): State {
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
