import { UnsupportedError } from '../../stack/resource';

/** Bytes of the variables as JSON; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const ENVIRONMENT_LIMIT_BYTES = 4096;

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
const RESERVED_KEYS = new Set([
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
]);

/** CreateFunction's pattern for a variable's name. */
const KEY_PATTERN = /^[a-zA-Z]\w+$/;

/**
 * Refuses what Lambda refuses in a function's `environment.variables`.
 *
 * @throws UnsupportedError with Lambda's reason
 */
export function checkEnvironment(address: string, variables: Readonly<Record<string, string>>): void {
  const where = `${address}.environment.variables`;
  for (const key of Object.keys(variables)) {
    if (RESERVED_KEYS.has(key))
      throw new UnsupportedError(where, `Lambda reserves ${key}: rename or remove it`);
    if (!KEY_PATTERN.test(key))
      throw new UnsupportedError(where, `Lambda refuses the name ${JSON.stringify(key)}`);
  }
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > ENVIRONMENT_LIMIT_BYTES) {
    throw new UnsupportedError(where, `${bytes} bytes exceed Lambda's limit of ${ENVIRONMENT_LIMIT_BYTES}`);
  }
}
