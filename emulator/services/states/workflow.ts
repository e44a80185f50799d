import { z } from 'zod';
import type { Intercept } from '../../platform/faults/effects';
import { AccessDeniedError, type Authorizer } from '../../platform/policy/authorizer';
import { ACCOUNT } from '../../stack/placement';
import { UnsupportedError } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { text } from '../../stack/values';
import type { BackendResponse, ServiceAction } from '../apigateway/http';
import { InvalidDatumError } from '../cloudwatch/datum';
import type { Metrics } from '../cloudwatch/metrics';
import { LambdaServiceError } from '../lambda/errors';
import type { LambdaService } from '../lambda/lambda-service';
import type { StartExecution } from '../scheduler/schedules';
import type { TraceHeader } from '../xray/segment';
import type { XRay } from '../xray/xray';
import { ExpressStateMachine, StartSyncExecutionError, type SyncExecution } from './express-state-machine';
import { StatesError } from './states-error';
import type { TaskAction, TaskCall } from './task-state';

interface WorkflowOptions {
  readonly stack: Stack;
  readonly authorizer: Authorizer;
  readonly lambda: LambdaService;
  readonly metrics: Metrics;
  /** What is wrong with the start of an execution. */
  readonly intercept: Intercept;
  readonly onLog: (source: string, line: string) => void;
  readonly xray: Pick<XRay, 'begin'>;
}

/** The two ways in which the stack's state machines are started. */
export interface Workflow {
  /** `states:action/StartSyncExecution` as API Gateway calls it. */
  readonly startSyncExecution: ServiceAction;
  /** StartExecution as Scheduler calls it: accepted, and then left to itself. */
  readonly startExecution: (execution: StartExecution) => Promise<void>;
  /** Waits for the executions that Scheduler has started. */
  readonly ended: () => Promise<void>;
}

/**
 * The stack's state machines, each step with its role's permissions.
 * @throws UnsupportedError for a role that Step Functions may not assume
 */
export function createWorkflow({
  stack,
  authorizer,
  lambda,
  metrics,
  intercept,
  onLog,
  xray,
}: WorkflowOptions): Workflow {
  const log = (line: string) => {
    onLog('workflow', line);
  };
  const actions = {
    [LAMBDA_INVOKE]: permitted(lambdaInvokeTask(lambda), ({ roleArn, parameters }) => {
      authorizer.authorize(roleArn, 'lambda:InvokeFunction', String(parameters.FunctionName));
    }),
    [PUT_METRIC_DATA]: permitted(putMetricDataTask(metrics), ({ roleArn, parameters }) => {
      const context = { 'cloudwatch:namespace': String(parameters.Namespace) };
      authorizer.authorize(roleArn, 'cloudwatch:PutMetricData', '*', context);
    }),
  };
  const declared = stack.of('aws_sfn_state_machine');
  for (const machine of declared) {
    const source = { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': text(machine, 'arn') };
    if (authorizer.assumable(text(machine, 'role_arn'), 'states.amazonaws.com', source)) continue;
    throw new UnsupportedError(
      `${machine.address}.role_arn`,
      'Step Functions may not assume it: mend its trust policy',
    );
  }
  const machines = declared.map(
    (resource) => new ExpressStateMachine({ resource, actions, onLog: log, intercept, xray }),
  );
  const start = startSyncExecutionAction(machines);
  const underWay = new Set<Promise<unknown>>();
  return {
    startSyncExecution: ({ credentials, body, trace }) => {
      const permit = (stateMachineArn: string) => {
        check(
          () => {
            authorizer.authorize(credentials, 'states:StartSyncExecution', stateMachineArn);
          },
          (message) => new StartSyncExecutionError('AccessDeniedException', message),
        );
      };
      return start(body, permit, trace);
    },
    startExecution: ({ stateMachineArn, input }) => {
      const machine = machines.find(({ arn }) => arn === stateMachineArn);
      if (machine === undefined)
        return Promise.reject(new Error(`There is no state machine ${stateMachineArn}.`));
      const execution = machine
        .startSync({ input })
        .catch((error: unknown) => {
          log(`StartExecution: ${String(error)}`);
        })
        .finally(() => underWay.delete(execution));
      underWay.add(execution);
      return Promise.resolve();
    },
    ended: async () => {
      await Promise.all(underWay);
    },
  };
}

/** Checks a permission. @throws the refusal as the service that is called words it */
function check(authorize: () => void, denial: (message: string) => Error): void {
  try {
    authorize();
  } catch (error) {
    if (error instanceof AccessDeniedError) throw denial(error.message);
    throw error;
  }
}

/** The state machine sees a refusal as the called service's own error. */
const permitted = (action: TaskAction, authorize: (call: TaskCall) => void): TaskAction => ({
  ...action,
  run: (call) => {
    check(
      () => {
        authorize(call);
      },
      (message) => new StatesError('AccessDeniedException', message),
    );
    return action.run(call);
  },
});

const requestSchema = z.object({
  stateMachineArn: z.string().min(1).max(256),
  input: z.string().default('{}'),
  name: z.string().optional(),
});

/**
 * `states:action/StartSyncExecution` as API Gateway calls it: answers 200 for FAILED and TIMED_OUT
 * executions, too.
 *
 * @param machines those that exist
 * @returns takes the request's body, JSON text, and what throws a StartSyncExecutionError where the caller may not start the machine
 */
export function startSyncExecutionAction(
  machines: Iterable<ExpressStateMachine>,
): (
  body: string,
  permit?: (stateMachineArn: string) => void,
  trace?: TraceHeader,
) => Promise<BackendResponse> {
  const byArn = new Map([...machines].map((machine) => [machine.arn, machine]));
  return async (body, permit = () => undefined, trace) => {
    try {
      const { stateMachineArn, ...request } = parseRequest(body);
      permit(stateMachineArn);
      const machine = byArn.get(stateMachineArn);
      if (!machine) {
        throw new StartSyncExecutionError(
          'StateMachineDoesNotExist',
          `State Machine Does Not Exist: '${stateMachineArn}'`,
        );
      }
      return { status: 200, body: JSON.stringify(toWire(await machine.startSync({ ...request, trace }))) };
    } catch (error) {
      if (!(error instanceof StartSyncExecutionError)) throw error;
      const { message, name, statusCode } = error;
      return { status: statusCode, body: JSON.stringify({ __type: name, message }) };
    }
  };
}

function parseRequest(body: string): z.output<typeof requestSchema> {
  const parsed = requestSchema.safeParse(parseBody(body));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new StartSyncExecutionError(
    'ValidationException',
    `Value at '${issue?.path.join('.') ?? ''}' failed to satisfy constraint: ${issue?.message ?? ''}`,
  );
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new StartSyncExecutionError('SerializationException', 'The request is not JSON');
  }
}

/** Dates are seconds since 1970 in AWS's JSON protocols. */
function toWire(execution: SyncExecution): Record<string, unknown> {
  return {
    ...execution,
    startDate: execution.startDate.getTime() / 1000,
    stopDate: execution.stopDate.getTime() / 1000,
    inputDetails: { included: true },
    ...(execution.output !== undefined && { outputDetails: { included: true } }),
  };
}

/** `Resource` of Task states that invoke a function and wait for its result. */
export const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';

/**
 * The optimized integration with Lambda. Errors of the function keep the name that the function gave them;
 * those of the service are `Lambda.<name>`.
 */
export function lambdaInvokeTask(lambda: Pick<LambdaService, 'invoke'>): TaskAction {
  return {
    service: 'Lambda',
    parameters: { FunctionName: 'required', Payload: 'optional' },
    async run({ parameters: { FunctionName, Payload = {} }, trace, signal }) {
      if (typeof FunctionName !== 'string') {
        throw new StatesError('States.Runtime', "The parameter 'FunctionName' is missing or no string.");
      }
      const result = await lambda.invoke(FunctionName, Payload, signal, trace).catch(rethrow);
      if (result.functionError !== undefined) throw functionError(result.payload);
      return {
        ExecutedVersion: result.executedVersion,
        Payload: result.payload,
        // AWS adds more headers; none of them depends on the function.
        SdkHttpMetadata: {
          HttpHeaders: { 'Content-Type': 'application/json', 'x-amzn-RequestId': result.requestId },
          HttpStatusCode: 200,
        },
        SdkResponseMetadata: { RequestId: result.requestId },
        StatusCode: 200,
      };
    },
  };
}

function rethrow(error: unknown): never {
  if (!(error instanceof LambdaServiceError)) throw error;
  const cause = `${error.message} (Service: Lambda, Status Code: ${error.statusCode})`;
  throw new StatesError(`Lambda.${error.name}`, cause);
}

function functionError(payload: unknown): StatesError {
  const { errorType } = payload as { errorType?: unknown };
  return new StatesError(
    typeof errorType === 'string' ? errorType : 'Lambda.Unknown',
    JSON.stringify(payload),
  );
}

/** `Resource` of Task states that write metrics through the SDK integration. */
export const PUT_METRIC_DATA = 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData';

/** What is emulated of a request; whatever else it has is refused, not passed over. */
const parametersSchema = z.strictObject({
  Namespace: z.string(),
  MetricData: z.array(
    z.strictObject({
      MetricName: z.string(),
      Value: z.number(),
      Unit: z.string().default('None'),
      Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
    }),
  ),
});

/** PutMetricData, which answers nothing. */
export function putMetricDataTask(metrics: Pick<Metrics, 'put'>): TaskAction {
  return {
    service: 'CloudWatch',
    parameters: { Namespace: 'required', MetricData: 'required' },
    run({ parameters }) {
      const parsed = parametersSchema.safeParse(parameters);
      if (!parsed.success) return Promise.reject(refused(z.prettifyError(parsed.error)));
      const { Namespace: namespace, MetricData } = parsed.data;
      try {
        for (const { MetricName: name, Value: value, Unit: unit, Dimensions } of MetricData) {
          const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value]));
          metrics.put({ namespace, name, value, unit, dimensions });
        }
      } catch (error) {
        if (error instanceof InvalidDatumError) return Promise.reject(refused(error.message));
        throw error;
      }
      return Promise.resolve({});
    },
  };
}

const refused = (message: string) => new StatesError('CloudWatch.InvalidParameterValueException', message);
