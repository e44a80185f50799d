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
