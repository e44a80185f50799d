import { join, resolve } from 'node:path';
import {
  functionConfiguration,
  unpack,
  type CodePackage,
  UnsupportedError,
  type Resource,
  type Stack,
  text,
} from '@assistant/emulator/run';

/** A function as the stack deploys it. */
export interface DeployedFunction {
  readonly resource: Resource;
  /** Path of its zip. */
  readonly zip: string;
  /** Path of the module in it that has the handler. */
  readonly module: string;
  remove(): void;
}

/**
 * Unpacks a function's deployment package.
 * @throws UnsupportedError if the zip cannot be read
 */
export function unpackFunction(stack: Stack, resource: Resource): DeployedFunction {
  const zip = resolve(stack.directory, text(resource, 'filename'));
  const code: CodePackage = unpack(resource.address, zip);
  const [module] = text(resource, 'handler').split('.');
  return {
    resource,
    zip,
    module: join(code.taskRoot, `${String(module)}.js`),
    remove: () => {
      code.remove();
    },
  };
}

/**
 * @param entry name of the function's entry in lambdas/handlers/, with which its deployed name ends
 * @throws UnsupportedError where the stack has no such function
 */
export function functionOf(stack: Stack, entry: string): Resource {
  const found = stack.of('aws_lambda_function').find((fn) => text(fn, 'function_name').endsWith(`-${entry}`));
  if (found === undefined) throw new UnsupportedError('aws_lambda_function', `the stack has no ${entry}`);
  return found;
}

/** What Lambda itself puts into a function's environment, and nothing that is a secret. */
export const platformEnvironment = (region: string): Readonly<Record<string, string>> => ({
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_SESSION_TOKEN: 'bench',
  // Deployed, the functions run on a newer Node than this machine may have.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});

/** A function's whole environment, as the stack and Lambda give it. */
export const functionEnvironment = (fn: Resource, region: string): Readonly<Record<string, string>> => ({
  ...functionConfiguration(fn).variables,
  ...platformEnvironment(region),
});
