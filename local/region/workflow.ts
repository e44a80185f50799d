import type { ServiceAction } from '../apigateway/http';
import type { Metrics } from '../cloudwatch/metrics';
import { AccessDeniedError } from '../iam/access-denied';
import type { Authorizer } from '../iam/authorizer';
import type { LambdaService } from '../lambda/lambda-service';
import { ExpressStateMachine } from '../stepfunctions/express-state-machine';
import { LAMBDA_INVOKE, lambdaInvokeTask } from '../stepfunctions/lambda-invoke-task';
import { startSyncExecutionAction } from '../stepfunctions/start-sync-execution';
import { StatesError } from '../stepfunctions/states-error';
import { PUT_METRIC_DATA, putMetricDataTask } from '../stepfunctions/put-metric-data-task';
import type { TaskAction, TaskCall } from '../stepfunctions/task-action';
import type { Stack } from '../terraform/stack';

export interface WorkflowOptions {
  readonly stack: Stack;
  readonly authorizer: Authorizer;
  readonly lambda: LambdaService;
  readonly metrics: Metrics;
  readonly onLog: (line: string) => void;
}

/** `states:action/StartSyncExecution` on the stack's state machines, each step with its role's permissions. */
export function startSyncExecution({
  stack,
  authorizer,
  lambda,
  metrics,
  onLog,
}: WorkflowOptions): ServiceAction {
  const machines = stack.of('aws_sfn_state_machine').map(
    (resource) =>
      new ExpressStateMachine({
        resource,
        actions: {
          [LAMBDA_INVOKE]: permitted(lambdaInvokeTask(lambda), ({ roleArn, parameters }) => {
            authorizer.authorize(roleArn, 'lambda:InvokeFunction', String(parameters.FunctionName));
          }),
          [PUT_METRIC_DATA]: permitted(putMetricDataTask(metrics), ({ roleArn, parameters }) => {
            const context = { 'cloudwatch:namespace': String(parameters.Namespace) };
            authorizer.authorize(roleArn, 'cloudwatch:PutMetricData', '*', context);
          }),
        },
        onLog,
      }),
  );
  const start = startSyncExecutionAction(machines);
  return ({ credentials, body }) => {
    try {
      const { stateMachineArn } = JSON.parse(body) as { stateMachineArn: string };
      authorizer.authorize(credentials, 'states:StartSyncExecution', stateMachineArn);
    } catch (error) {
      if (!(error instanceof AccessDeniedError)) return start(body);
      return Promise.resolve({
        status: 400,
        body: JSON.stringify({ __type: 'AccessDeniedException', message: error.message }),
      });
    }
    return start(body);
  };
}

/** @param check throws an AccessDeniedError, which the state machine sees as the service's own error */
function permitted(action: TaskAction, check: (call: TaskCall) => void): TaskAction {
  return {
    ...action,
    run: (call) => {
      try {
        check(call);
      } catch (error) {
        if (error instanceof AccessDeniedError) throw new StatesError('AccessDeniedException', error.message);
        throw error;
      }
      return action.run(call);
    },
  };
}
