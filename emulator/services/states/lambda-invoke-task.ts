import { LambdaServiceError } from '../lambda/errors';
import type { LambdaService } from '../lambda/lambda-service';
import { StatesError } from './states-error';
import type { TaskAction } from './task-action';

/** `Resource` of Task states that invoke a function and wait for its result. */
export const LAMBDA_INVOKE = 'arn:aws:states:::lambda:invoke';

/**
 * The optimized integration with Lambda. Errors of the function keep the name that the function gave them;
 * those of the service are `Lambda.<name>`.
 */
export function lambdaInvokeTask(lambda: Pick<LambdaService, 'invoke'>): TaskAction {
  return {
    parameters: { FunctionName: 'required', Payload: 'optional' },
    async run({ parameters: { FunctionName, Payload = {} }, signal }) {
      if (typeof FunctionName !== 'string') {
        throw new StatesError('States.Runtime', "The parameter 'FunctionName' is missing or no string.");
      }
      const result = await lambda.invoke(FunctionName, Payload, signal).catch(rethrow);
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
