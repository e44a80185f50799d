import type { ServiceAction } from '../apigateway/http';
import { AccessDeniedError } from '../iam/access-denied';
import type { Authorizer } from '../iam/authorizer';
import type { LambdaService } from '../lambda/lambda-service';
import { ExpressStateMachine } from '../stepfunctions/express-state-machine';
import { LAMBDA_INVOKE, lambdaInvokeTask } from '../stepfunctions/lambda-invoke-task';
import { startSyncExecutionAction } from '../stepfunctions/start-sync-execution';
import { StatesError } from '../stepfunctions/states-error';
import type { TaskAction } from '../stepfunctions/task-action';
import type { Stack } from '../terraform/stack';

export interface WorkflowOptions {
  readonly stack: Stack;
  readonly authorizer: Authorizer;
  readonly lambda: LambdaService;
  readonly onLog: (line: string) => void;
}

/** `states:action/StartSyncExecution` on the stack's state machines, each step with its role's permissions. */
export function startSyncExecution({ stack, authorizer, lambda, onLog }: WorkflowOptions): ServiceAction {
  const machines = stack.of('aws_sfn_state_machine').map(
    (resource) =>
      new ExpressStateMachine({
        resource,
        actions: { [LAMBDA_INVOKE]: permitted(lambdaInvokeTask(lambda), authorizer) },
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

function permitted(action: TaskAction, authorizer: Authorizer): TaskAction {
  return {
    ...action,
    run: (call) => {
      try {
        authorizer.authorize(call.roleArn, 'lambda:InvokeFunction', String(call.parameters.FunctionName));
      } catch (error) {
        if (error instanceof AccessDeniedError)
          throw new StatesError('Lambda.AWSLambdaException', error.message);
        throw error;
      }
      return action.run(call);
    },
  };
}
