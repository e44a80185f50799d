import type { Authorizer } from '../iam/authorizer';
import { LambdaService } from '../lambda/lambda-service';
import { UnsupportedError, type Resource } from '../terraform/resource';
import type { Stack } from '../terraform/stack';
import { text } from '../terraform/values';
import type { BedrockMode } from './bedrock-mode';
import type { RoleSessions } from './role-sessions';

export interface FunctionsOptions {
  readonly stack: Stack;
  readonly authorizer: Authorizer;
  readonly sessions: RoleSessions;
  readonly bedrock: BedrockMode;
  /** URLs of the services that this run acts out. */
  readonly endpoints: { readonly appConfigData: string; readonly bedrockRuntime: string };
  readonly onLog: (functionName: string, line: string) => void;
}

/** The stack's functions, each with its role's credentials and with endpoints on this machine. */
export function startFunctions({
  stack,
  authorizer,
  sessions,
  onLog,
  ...options
}: FunctionsOptions): LambdaService {
  const functions = stack.of('aws_lambda_function');
  for (const fn of functions) {
    if (authorizer.assumable(text(fn, 'role'), 'lambda.amazonaws.com')) continue;
    throw new UnsupportedError(`${fn.address}.role`, 'Lambda may not assume it: mend its trust policy');
  }
  return new LambdaService({
    functions,
    stackDirectory: stack.directory,
    onLog,
    platformEnvironment: (fn) => ({
      AWS_REGION: stack.region,
      AWS_DEFAULT_REGION: stack.region,
      // Deployed, the functions run on a newer Node than this machine may have.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      AWS_ENDPOINT_URL_APPCONFIGDATA: options.endpoints.appConfigData,
      ...credentials(fn, sessions, options.bedrock),
      ...bedrockEndpoint(options),
    }),
  });
}

function bedrockEndpoint({ bedrock, endpoints }: Pick<FunctionsOptions, 'bedrock' | 'endpoints'>) {
  if (bedrock.kind === 'aws') return {};
  const url = bedrock.kind === 'endpoint' ? bedrock.url : endpoints.bedrockRuntime;
  return { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: url };
}

/** Real Bedrock wants the caller's own: keys, or a profile, whose files lie below the home directory. */
function credentials(fn: Resource, sessions: RoleSessions, bedrock: BedrockMode): Record<string, string> {
  if (bedrock.kind !== 'aws') return { ...sessions.issue(text(fn, 'role')) };
  const passed = Object.entries(process.env).filter(
    ([name]) => name === 'HOME' || (name.startsWith('AWS_') && !/REGION|ENDPOINT/.test(name)),
  );
  return Object.fromEntries(passed.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
