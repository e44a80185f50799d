import { setTimeout as sleep } from 'node:timers/promises';
import { timerMs } from '../../platform/clock';
import { UnsupportedError } from '../../stack/resource';
import type { Catcher, Retrier, StateOf } from './definition';
import { compileFilter, type State, type Transition, type Visit } from './execution';
import {
  checkPayload,
  compilePath,
  compileResultPath,
  compileTemplate,
  type Expression,
} from './input-output';
import { matchesError, StatesError } from './states-error';
import { type TraceHeader, traced } from '../xray/segment';

/** One call of a service by a Task state. */
export interface TaskCall {
  /** The state's effective input, `Parameters` applied. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Role that the state machine acts as. */
  readonly roleArn: string;
  readonly trace: TraceHeader;
  /** Aborted once nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

/** A service action that Task states may name as their `Resource`. */
export interface TaskAction {
  /** As traces name it. */
  readonly service: string;
  /** Parameters that it emulates; a state with others, or without a required one, is refused at load. */
  readonly parameters: Readonly<Record<string, 'required' | 'optional'>>;
  /** @throws StatesError for what the service answers; anything else is a defect of the local run */
  run(call: TaskCall): Promise<unknown>;
}

/**
 * @param actions by `Resource`
 * @throws UnsupportedError for a resource or a parameter that is not emulated
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
    throw new UnsupportedError(`${address}.Resource`, `the local run does not emulate ${Resource}`);
  }
  const given = Object.keys(Parameters).map((field) => field.replace(/\.\$$/, ''));
  const unknown = given.find((name) => !Object.hasOwn(action.parameters, name));
  if (unknown !== undefined) {
    throw new UnsupportedError(`${address}.Parameters.${unknown}`, 'the local run does not emulate this');
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
  const timeout = compileTimeout(definition, address);

  return async (visit, retryCount) => {
    const context = visit.context(retryCount);
    const timeoutSeconds = timeout?.({ data: visit.input, context }) as number | undefined;
    const filtered = filterInput({ data: visit.input, context });
    const effective = parameters ? parameters({ data: filtered, context }) : filtered;
    checkPayload(`The input of the task '${definition.Resource}'`, effective);
    visit.history.record('TaskScheduled', { resource: definition.Resource, parameters: effective });
    const span = visit.trace.within({ name: action.service, namespace: 'aws' });
    const result = await traced(span, ({ header: trace }) =>
      withTimeout(
        (signal) =>
          action.run({
            parameters: effective as Record<string, unknown>,
            roleArn: visit.roleArn,
            trace,
            signal,
          }),
        timeoutSeconds,
        visit.signal,
      ),
    );
    checkPayload(`The result of the task '${definition.Resource}'`, result);
    visit.history.record('TaskSucceeded', { resource: definition.Resource, output: result });
    const selected = selector ? selector({ data: result, context }) : result;
    const output = filterOutput({ data: combine(visit.input, selected), context });
    checkPayload("The state's output", output);
    return output;
  };
}

/** A path is looked up in the state's input, whatever `Parameters` make of that: LocalStack has recorded it of AWS. */
function compileTimeout(
  { TimeoutSeconds, TimeoutSecondsPath }: StateOf<'Task'>,
  address: string,
): Expression | undefined {
  if (TimeoutSecondsPath === undefined)
    return TimeoutSeconds === undefined ? undefined : () => TimeoutSeconds;
  const lookUp = compilePath(TimeoutSecondsPath, `${address}.TimeoutSecondsPath`);
  return (scope) => {
    const seconds = lookUp(scope);
    if (Number.isInteger(seconds) && (seconds as number) > 0) return seconds;
    throw new StatesError(
      'States.Runtime',
      `The TimeoutSecondsPath '${TimeoutSecondsPath}' does not lead to a positive integer.`,
    );
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
      await sleep(timerMs(delaySeconds), undefined, { signal: visit.signal });
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

/** Counts the retries of one visit to a state, for each of its retriers. */
export class RetryPolicy {
  private readonly attempts: number[];

  constructor(
    private readonly retriers: readonly Retrier[],
    private readonly random: () => number = Math.random,
  ) {
    this.attempts = retriers.map(() => 0);
  }

  /** @returns seconds to wait before the next attempt, or undefined if there is to be none */
  next(errorName: string): number | undefined {
    const index = this.retriers.findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, errorName));
    const retrier = this.retriers[index];
    const attempt = this.attempts[index];
    if (!retrier || attempt === undefined || attempt >= retrier.MaxAttempts) return undefined;
    this.attempts[index] = attempt + 1;
    const { BackoffRate, IntervalSeconds, JitterStrategy, MaxDelaySeconds = Infinity } = retrier;
    const delay = Math.min(IntervalSeconds * BackoffRate ** attempt, MaxDelaySeconds);
    return JitterStrategy === 'FULL' ? this.random() * delay : delay;
  }
}

/**
 * Runs a task for so long at the most. Late results and errors count for nothing: the outcome is settled
 * before the task hears of its abort.
 *
 * @param seconds absent: no limit of the task's own
 * @param outer ends the task, too
 * @throws StatesError `States.Timeout`, or what the task throws
 */
export async function withTimeout<Result>(
  run: (signal: AbortSignal) => Promise<Result>,
  seconds: number | undefined,
  outer: AbortSignal,
): Promise<Result> {
  const inner = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let onAbort: () => void = () => undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(outer.reason as Error);
      inner.abort(outer.reason);
    };
    outer.addEventListener('abort', onAbort, { once: true });
    if (seconds === undefined) return;
    timer = setTimeout(() => {
      const timeout = new StatesError('States.Timeout', '');
      reject(timeout);
      inner.abort(timeout);
    }, timerMs(seconds));
  });
  try {
    outer.throwIfAborted();
    return await Promise.race([run(inner.signal), interrupted]);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener('abort', onAbort);
  }
}
