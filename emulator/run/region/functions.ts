import type { Intercept } from '../../platform/faults/effects';
import type { Authorizer, RoleSessions } from '../../platform/policy/authorizer';
import { functionConfiguration } from '../../services/lambda/function-configuration';
import { LambdaService, type LambdaServiceOptions } from '../../services/lambda/lambda-service';
import { UnsupportedError, type Resource } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import { ACCOUNT } from '../../stack/placement';
import { text } from '../../stack/values';
import type { BedrockMode } from './bedrock-mode';
import type { ServiceEndpoints } from './services';

/** What may be set of Lambda, and is no part of a stack. */
export type LambdaSettings = Pick<
  LambdaServiceOptions,
  'tellAbandoned' | 'maxConcurrency' | 'ownThreads' | 'compiledFolder'
>;

interface FunctionsOptions {
  readonly stack: Stack;
  readonly authorizer: Authorizer;
  readonly sessions: RoleSessions;
  readonly mode: BedrockMode;
  readonly endpoints: ServiceEndpoints;
  readonly onLog: (functionName: string, line: string) => void;
  readonly onMetric: NonNullable<LambdaServiceOptions['onMetric']>;
  /** What is wrong with an invocation. */
  readonly intercept: Intercept;
  readonly lambda: LambdaSettings;
  readonly xray: NonNullable<LambdaServiceOptions['xray']>;
  /** Those of what is deployed until now. */
  readonly before?: LambdaService | undefined;
}

/** The stack's functions, each with its role's credentials and with endpoints on this machine. */
export function createFunctions({ before, ...options }: FunctionsOptions): LambdaService {
  const { stack, authorizer, onLog, onMetric, intercept, lambda, xray } = options;
  const functions = stack.of('aws_lambda_function');
  const [guardrail] = stack.of('aws_bedrock_guardrail');
  if (guardrail !== undefined && options.mode.kind === 'aws') {
    throw new UnsupportedError(
      guardrail.address,
      'real Bedrock has none by the id that it has here: start without',
    );
  }
  for (const fn of functions) {
    const source = { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': text(fn, 'arn') };
    if (authorizer.assumable(text(fn, 'role'), 'lambda.amazonaws.com', source)) continue;
    throw new UnsupportedError(`${fn.address}.role`, 'Lambda may not assume it: mend its trust policy');
  }
  return new LambdaService({
    functions,
    aliases: stack.of('aws_lambda_alias'),
    stackDirectory: stack.directory,
    onLog,
    onMetric,
    intercept,
    xray,
    ...lambda,
    before,
    platformEnvironment: (fn) => platformEnvironment(fn, options),
  });
}

function platformEnvironment(
  fn: Resource,
  { stack, sessions, mode, endpoints }: Pick<FunctionsOptions, 'stack' | 'sessions' | 'mode' | 'endpoints'>,
): Record<string, string> {
  const { AWS_ENDPOINT_URL_BEDROCK_RUNTIME, AWS_XRAY_DAEMON_ADDRESS, ...otherEndpoints } = endpoints;
  const { isTraced } = functionConfiguration(fn);
  return {
    AWS_REGION: stack.region,
    AWS_DEFAULT_REGION: stack.region,
    // Deployed, the functions run on a newer Node than this machine may have.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Where the SDK looks for files of settings and credentials; not set on AWS, where that folder is empty, too.
    HOME: '/home/sbx_user1051',
    ...sessions.issue(text(fn, 'role')),
    ...otherEndpoints,
    ...(isTraced && { AWS_XRAY_DAEMON_ADDRESS }),
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: mode.kind === 'endpoint' ? mode.url : AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
  };
}
