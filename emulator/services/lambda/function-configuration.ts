import { z } from 'zod';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { block, parseArguments, withoutEffect } from './arguments';

/** A function as the local run needs it. */
export interface FunctionConfiguration {
  readonly address: string;
  readonly functionName: string;
  /** Unqualified. */
  readonly arn: string;
  /** Published version, where `publish` made one; it, its aliases and `$LATEST` are what a qualifier may name. */
  readonly publishedVersion: string | undefined;
  readonly runtime: string;
  readonly handler: string;
  /** Zip, relative to the stack's directory. */
  readonly filename: string;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly reservedConcurrency: number | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** ARN. */
  readonly role: string;
  /** Whether Lambda itself traces what its callers have not decided on, and gives the function X-Ray's daemon. */
  readonly isTraced: boolean;
}

/** Arguments without effect on how a function answers, and attributes that AWS computes. */
const WITHOUT_EFFECT = [
  ...['architectures', 'code_sha256', 'description', 'id', 'invoke_arn', 'last_modified', 'qualified_arn'],
  ...['qualified_invoke_arn', 'region', 'response_streaming_invoke_arn', 'skip_destroy'],
  ...['source_code_hash', 'source_code_size', 'tags', 'tags_all'],
  // Terraform's own arguments.
  ...['depends_on', 'lifecycle', 'provider'],
];

/**
 * What is not listed stops the start. Limits and defaults:
 * https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
 */
const schema = z.strictObject({
  ...withoutEffect(WITHOUT_EFFECT),
  function_name: z.string().regex(/^[\w-]{1,64}$/),
  arn: z.string(),
  role: z.string().default(''),
  version: z.string().optional(),
  publish: z.boolean().default(false),
  package_type: z.literal('Zip').optional(),
  runtime: z.string().regex(/^nodejs\d+\.x$/),
  handler: z.string().regex(/^\S{1,128}$/),
  filename: z.string(),
  memory_size: z.int().min(128).max(10_240).default(128),
  timeout: z.int().min(1).max(900).default(3),
  /** -1 is the provider's word for none. */
  reserved_concurrent_executions: z.int().min(-1).default(-1),
  environment: block(z.strictObject({ variables: z.record(z.string(), z.string()).default({}) })).optional(),
  tracing_config: block(z.strictObject({ mode: z.enum(['Active', 'PassThrough']) })).optional(),
  ephemeral_storage: block(z.strictObject({ size: z.literal(512) })).optional(),
  logging_config: block(
    z.strictObject({ log_format: z.literal('Text'), log_group: z.string().optional() }),
  ).optional(),
});

/** Of an account, in a region; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html; a new account may have 10. */
export const DEFAULT_ACCOUNT_CONCURRENCY = 1_000;

/** @throws UnsupportedError naming the argument that Lambda refuses or the local run does not emulate */
export function functionConfiguration(resource: Resource): FunctionConfiguration {
  const { address } = resource;
  const found = parseArguments(schema, resource);
  const variables = found.environment?.variables ?? {};
  checkEnvironment(address, variables);
  return {
    address,
    functionName: found.function_name,
    arn: found.arn,
    publishedVersion: found.publish ? found.version : undefined,
    runtime: found.runtime,
    handler: found.handler,
    filename: found.filename,
    memoryMegabytes: found.memory_size,
    timeoutSeconds: found.timeout,
    reservedConcurrency:
      found.reserved_concurrent_executions < 0 ? undefined : found.reserved_concurrent_executions,
    variables,
    role: found.role,
    isTraced: found.tracing_config?.mode === 'Active',
  };
}

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
function checkEnvironment(address: string, variables: Readonly<Record<string, string>>): void {
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
