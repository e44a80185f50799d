import type { AuthorizerEnvironment, ChatEnvironment, TierEnvironment } from '../../contract/environment';

/** Every variable that a function may find: the constructs set them, and Lambda sets the region. */
type Variable = keyof TierEnvironment | keyof ChatEnvironment | keyof AuthorizerEnvironment | 'AWS_REGION';

/** @returns the variable's value; throws where it is not set, which fails the function's start */
export type Environment = (name: Variable) => string;

/**
 * Each read of the process's own environment is a call of the operating system's library, and the SDK makes some twenty
 * a request: a copy costs none. Lambda's runtime sets its trace header in the copy as well.
 */
export function copyEnvironment(): Environment {
  process.env = { ...process.env };
  return (name) => {
    const value = process.env[name];
    if (value === undefined) throw new Error(`The environment variable ${name} is not set.`);
    return value;
  };
}

/** The invocation's place in a trace that is recorded. */
export interface SampledTrace {
  readonly root: string;
  /** Id of the function's segment. */
  readonly parent: string;
}

/**
 * Lambda's runtime sets the header before each invocation. Who calls the API can send one, so that only ids pass.
 * @returns undefined where the request is not recorded, as most are not
 */
export function sampledTrace(header = process.env._X_AMZN_TRACE_ID): SampledTrace | undefined {
  if (header?.includes('Sampled=1') !== true) return undefined;
  const root = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})(?:;|$)/.exec(header)?.[1];
  const parent = /Parent=([0-9a-f]{16})(?:;|$)/.exec(header)?.[1];
  return root === undefined || parent === undefined ? undefined : { root, parent };
}
