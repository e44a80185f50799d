import { types } from 'node:util';
import type { FunctionErrorPayload } from '../protocol';

/**
 * An error of the Node.js runtime itself; names as in AWS's runtime interface client
 * (aws-lambda-nodejs-runtime-interface-client 4).
 */
export class RuntimeError extends Error {
  constructor(
    override readonly name:
      | 'Runtime.CallbackHandlerDeprecated'
      | 'Runtime.HandlerNotFound'
      | 'Runtime.ImportModuleError'
      | 'Runtime.InvalidStreamingOperation'
      | 'Runtime.JSONStringifyError'
      | 'Runtime.MalformedHandlerName'
      | 'Runtime.UnhandledPromiseRejection'
      | 'Runtime.UserCodeSyntaxError',
    message: string,
  ) {
    super(message);
  }
}

/** The shape in which Lambda reports whatever was thrown, errors or not. */
export function toErrorPayload(thrown: unknown): FunctionErrorPayload {
  if (types.isNativeError(thrown)) {
    return {
      errorType: thrown.name,
      errorMessage: thrown.message,
      trace: (thrown.stack ?? '').split('\n'),
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}
