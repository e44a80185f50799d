import { setTimeout } from 'node:timers/promises';
import { UnsupportedError } from '../../stack/resource';
import type { Catcher, StateOf } from './definition';
import { checkPayload } from './payload-limit';
import { compileTemplate } from './payload-template';
import { compileResultPath } from './result-path';
import { RetryPolicy } from './retry';
import { compileFilter, type State, type Transition, type Visit } from './state';
import { matchesError, StatesError } from './states-error';
import type { TaskAction } from './task-action';
import { withTimeout } from './task-timeout';

/**
 * @param actions by `Resource`
 * @throws UnsupportedError for a resource or a parameter that is not acted out
 */
export function compileTask(
  definition: StateOf<'Task'>,
  address: string,
  actions: Readonly<Record<string, TaskAction>>,
): State {
  const action = findAction(definition, address, actions);
  const attempt = compileAttempt(definition, address, action);
  const catchers = definition.Catch.map((catcher, index) =>
    compileCatcher(catcher, `${address}.Catch.${index}`),
  );
  return {
    type: 'Task',
    async run(visit) {
      try {
        return { output: await withRetries(attempt, definition, visit), next: definition.Next };
      } catch (error) {
        if (!(error instanceof StatesError)) throw error;
        const caught = catchers.find(({ takes }) => takes(error));
        if (!caught) throw error;
        return caught.transition(visit.input, error);
      }
    },
  };
}

function findAction(
  { Parameters = {}, Resource }: StateOf<'Task'>,
  address: string,
  actions: Readonly<Record<string, TaskAction>>,
): TaskAction {
  const action = Object.hasOwn(actions, Resource) ? actions[Resource] : undefined;
  if (!action) {
    throw new UnsupportedError(`${address}.Resource`, `the local run does not act out ${Resource}`);
  }
  const given = Object.keys(Parameters).map((field) => field.replace(/\.\$$/, ''));
  const unknown = given.find((name) => !Object.hasOwn(action.parameters, name));
  if (unknown !== undefined) {
    throw new UnsupportedError(`${address}.Parameters.${unknown}`, 'the local run does not act this out');
  }
  for (const [name, need] of Object.entries(action.parameters)) {
    if (need === 'required' && !given.includes(name)) {
      throw new UnsupportedError(`${address}.Parameters.${name}`, `${Resource} requires it`);
    }
  }
  return action;
}

type Attempt = (visit: Visit, retryCount: number) => Promise<unknown>;

/** From the state's raw input to its output: all that a catcher guards. */
function compileAttempt(definition: StateOf<'Task'>, address: string, action: TaskAction): Attempt {
  const filterInput = compileFilter(definition.InputPath, `${address}.InputPath`);
  const parameters = definition.Parameters && compileTemplate(definition.Parameters, `${address}.Parameters`);
  const selector =
    definition.ResultSelector && compileTemplate(definition.ResultSelector, `${address}.ResultSelector`);
  const combine = compileResultPath(definition.ResultPath, `${address}.ResultPath`);
  const filterOutput = compileFilter(definition.OutputPath, `${address}.OutputPath`);

  return async (visit, retryCount) => {
    const context = visit.context(retryCount);
    const filtered = filterInput({ data: visit.input, context });
    const effective = parameters ? parameters({ data: filtered, context }) : filtered;
    checkPayload(`The input of the task '${definition.Resource}'`, effective);
    visit.history.record('TaskScheduled', { resource: definition.Resource, parameters: effective });
    const result = await withTimeout(
      (signal) =>
        action.run({
          parameters: effective as Record<string, unknown>,
          roleArn: visit.roleArn,
          signal,
        }),
      definition.TimeoutSeconds,
      visit.signal,
    );
    checkPayload(`The result of the task '${definition.Resource}'`, result);
    visit.history.record('TaskSucceeded', { resource: definition.Resource, output: result });
    const selected = selector ? selector({ data: result, context }) : result;
    const output = filterOutput({ data: combine(visit.input, selected), context });
    checkPayload("The state's output", output);
    return output;
  };
}

async function withRetries(
  attempt: Attempt,
  { Resource, Retry }: StateOf<'Task'>,
  visit: Visit,
): Promise<unknown> {
  const policy = new RetryPolicy(Retry);
  for (let retryCount = 0; ; retryCount += 1) {
    try {
      return await attempt(visit, retryCount);
    } catch (error) {
      if (!(error instanceof StatesError)) throw error;
      const type = error.name === 'States.Timeout' ? 'TaskTimedOut' : 'TaskFailed';
      visit.history.record(type, { resource: Resource, error: error.name, cause: error.cause });
      const delaySeconds = policy.next(error.name);
      if (delaySeconds === undefined) throw error;
      await setTimeout(delaySeconds * 1000, undefined, { signal: visit.signal });
    }
  }
}

interface CompiledCatcher {
  readonly takes: (error: StatesError) => boolean;
  readonly transition: (input: unknown, error: StatesError) => Transition;
}

function compileCatcher({ ErrorEquals, Next, ResultPath }: Catcher, address: string): CompiledCatcher {
  const combine = compileResultPath(ResultPath, `${address}.ResultPath`);
  return {
    takes: ({ name }) => matchesError(ErrorEquals, name),
    transition: (input, { cause, name }) => ({
      output: combine(input, { Error: name, Cause: cause }),
      next: Next,
    }),
  };
}
