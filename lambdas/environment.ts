import type { DegradationEnvironment, TierEnvironment } from '../contract/environment';

/** Every variable that a function may find: the constructs set them, and Lambda sets the region. */
type Variable = keyof TierEnvironment | keyof DegradationEnvironment | 'AWS_REGION';

/** Variables stay as they are while an instance lives, and reading one of the process costs a request microseconds. */
const known = new Map<Variable, string>();

/** @returns the variable's value; throws where it is not set, which fails the function's start */
export function environment(name: Variable): string {
  const value = known.get(name) ?? process.env[name];
  if (value === undefined) throw new Error(`The environment variable ${name} is not set.`);
  known.set(name, value);
  return value;
}

export const region = (): string => environment('AWS_REGION');
