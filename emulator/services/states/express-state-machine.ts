import { randomUUID } from 'node:crypto';
import { type Intercept, passEffect } from '../../platform/faults/effects';
import type { Resource } from '../../stack/resource';
import {
  type Definition,
  type MachineConfiguration,
  machineConfiguration,
  parseDefinition,
  validateDefinition,
} from './definition';
import { execute, ExecutionHistory, type Outcome, type State } from './execution';
import { PAYLOAD_LIMIT_BYTES } from './input-output';
import { StatesError } from './states-error';
import { newTraceId, type Span, type TraceHeader, untraced } from '../xray/segment';
import type { XRay } from '../xray/xray';
import { compileStates } from './states';
import { type TaskAction, withTimeout } from './task-state';

/** Seconds that an Express execution may last; https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const EXPRESS_LIMIT_SECONDS = 300;

interface StateMachineOptions {
  /** `aws_sfn_state_machine`. */
  readonly resource: Resource;
  /** What Task states may name as `Resource`, e.g. `arn:aws:states:::lambda:invoke`. */
  readonly actions: Readonly<Record<string, TaskAction>>;
  /**
   * Takes the events that the machine's logging configuration asks for, a JSON text each.
   *
   * @default the events are dropped
   */
  readonly onLog?: (line: string) => void;
  /** What is wrong with a start, by API Gateway as by Scheduler; default: nothing. */
  readonly intercept?: Intercept;
  /** @default - nothing is traced */
  readonly xray?: Pick<XRay, 'begin'>;
}

/** What StartSyncExecution answers. */
export interface SyncExecution {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly startDate: Date;
  readonly stopDate: Date;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** JSON text, as it came. */
  readonly input: string;
  /** JSON text; present if the execution succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

interface SyncExecutionRequest {
  /** JSON text. */
  readonly input: string;
  /** @default a UUID */
  readonly name?: string | undefined;
  /** Of who starts it. */
  readonly trace?: TraceHeader | undefined;
  /** Ends the execution with the local run. A caller who gives up ends nothing on AWS. */
  readonly signal?: AbortSignal | undefined;
}

/** An Express state machine, run as it was synthesized. */
export class ExpressStateMachine {
  private readonly configuration: MachineConfiguration;
  private readonly definition: Definition;
  private readonly states: ReadonlyMap<string, State>;
  private readonly timeoutSeconds: number;

  /** @throws UnsupportedError naming what AWS refuses or the local run does not emulate */
  constructor(private readonly options: StateMachineOptions) {
    const address = `${options.resource.address}.definition`;
    this.configuration = machineConfiguration(options.resource);
    this.definition = parseDefinition(this.configuration.definition, address);
    this.states = compileStates(this.definition, address, options.actions);
    validateDefinition(this.configuration.definition, address);
    this.timeoutSeconds = Math.min(
      this.definition.TimeoutSeconds ?? EXPRESS_LIMIT_SECONDS,
      EXPRESS_LIMIT_SECONDS,
    );
  }

  get arn(): string {
    return this.configuration.arn;
  }

  /** @throws StartSyncExecutionError if the execution cannot start, or the signal's reason */
  async startSync(request: SyncExecutionRequest): Promise<SyncExecution> {
    const { input, name = randomUUID() } = request;
    const effect = this.options.intercept?.();
    if (effect !== undefined) {
      await passEffect(
        effect,
        request.signal,
        ({ status, type, message }) =>
          new StartSyncExecutionError(
            type === 'ThrottlingException' ? type : 'InternalServerError',
            message,
            status,
          ),
      );
    }
    checkName(name);
    const data = parseInput(input);
    const { arn } = this.configuration;
    const executionArn = `${arn.replace(':stateMachine:', ':express:')}:${name}:${randomUUID()}`;
    const startDate = new Date();
    const trace = this.trace(executionArn, request.trace);
    const result = await this.run({ data, executionArn, name, startDate, trace, signal: request.signal });
    trace.end(result.status === 'SUCCEEDED' ? {} : { fault: true });
    return { executionArn, stateMachineArn: arn, name, startDate, stopDate: new Date(), input, ...result };
  }

  /**
   * What was decided to be recorded before is so whether or not the machine is traced itself:
   * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
   */
  private trace(executionArn: string, header: TraceHeader | undefined): Span {
    const { xray } = this.options;
    const { arn, name, roleArn, isTraced } = this.configuration;
    if (xray === undefined) return untraced(header ?? { root: newTraceId(), sampled: false });
    return xray.begin(header, {
      serviceName: name,
      serviceType: 'AWS::StepFunctions::StateMachine',
      resourceArn: arn,
      isActive: isTraced || header?.sampled === true,
      role: roleArn,
      fields: { aws: { execution_arn: executionArn } },
    });
  }

  private async run(execution: {
    data: unknown;
    executionArn: string;
    name: string;
    startDate: Date;
    trace: Span;
    signal: AbortSignal | undefined;
  }) {
    const { data, executionArn, name, startDate, trace } = execution;
    const { arn, logging, name: machineName, roleArn } = this.configuration;
    const history = new ExecutionHistory(executionArn, logging, (line) => this.options.onLog?.(line));
    const context = {
      Execution: {
        Id: executionArn,
        Input: data,
        Name: name,
        RoleArn: roleArn,
        StartTime: startDate.toISOString(),
      },
      StateMachine: { Id: arn, Name: machineName },
    };
    history.record('ExecutionStarted', { input: data, roleArn });
    const outcome = await withTimeout(
      (signal) =>
        execute({
          states: this.states,
          startAt: this.definition.StartAt,
          input: data,
          roleArn,
          context,
          history,
          trace,
          signal,
        }),
      this.timeoutSeconds,
      execution.signal ?? new AbortController().signal,
    ).catch(timedOut);
    const { status, ...result } = toResult(outcome);
    history.record(EVENTS[status], result);
    return { status, ...result };
  }
}

const EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
} as const;

interface TimedOut {
  readonly status: 'TIMED_OUT';
  readonly error: string;
  readonly cause: string;
}

/** Errors of the states are an outcome already: a StatesError here is the execution's own timeout. */
function timedOut(error: unknown): TimedOut {
  if (!(error instanceof StatesError)) throw error;
  return { status: 'TIMED_OUT', error: error.name, cause: error.cause };
}

function toResult(outcome: Outcome | TimedOut): Pick<SyncExecution, 'status' | 'output' | 'error' | 'cause'> {
  if (outcome.status === 'SUCCEEDED')
    return { status: outcome.status, output: JSON.stringify(outcome.output) };
  const { cause, error, status } = outcome;
  return { status, ...(error && { error }), ...(cause && { cause }) };
}

/** An error of the StartSyncExecution API: the execution did not start. */
export class StartSyncExecutionError extends Error {
  constructor(
    override readonly name:
      | 'AccessDeniedException'
      | 'InvalidExecutionInput'
      | 'InvalidName'
      | 'InternalServerError'
      | 'SerializationException'
      | 'StateMachineDoesNotExist'
      | 'ThrottlingException'
      | 'ValidationException',
    message: string,
    /** HTTP status; those of the client's errors are all the same. */
    readonly statusCode = 400,
  ) {
    super(message);
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartSyncExecution.html */
const NAME_LIMIT = 80;
// eslint-disable-next-line no-control-regex -- control characters are among those refused
const REFUSED_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** @throws StartSyncExecutionError */
function checkName(name: string): void {
  if (name.length < 1 || name.length > NAME_LIMIT) {
    throw new StartSyncExecutionError(
      'ValidationException',
      `Value at 'name' failed to satisfy constraint: Member must have length between 1 and ${NAME_LIMIT}`,
    );
  }
  if (REFUSED_IN_NAMES.test(name))
    throw new StartSyncExecutionError('InvalidName', `Invalid Name: '${name}'`);
}

/**
 * @param input JSON text
 * @throws StartSyncExecutionError
 */
function parseInput(input: string): unknown {
  if (Buffer.byteLength(input) > PAYLOAD_LIMIT_BYTES) {
    throw new StartSyncExecutionError(
      'ValidationException',
      `Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_LIMIT_BYTES}`,
    );
  }
  try {
    return JSON.parse(input) as unknown;
  } catch {
    // AWS quotes the place of the error. The input holds what customers write, which no message here repeats.
    throw new StartSyncExecutionError(
      'InvalidExecutionInput',
      'Invalid State Machine Execution Input: it is not JSON',
    );
  }
}
