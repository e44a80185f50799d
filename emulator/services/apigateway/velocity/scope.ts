import type { Environment } from './environment';
import type { Value } from './values';

/** One rendering: the variables set so far and what the template sees of the request. */
export interface Scope {
  readonly variables: Map<string, Value>;
  readonly environment: Environment;
}

export type Evaluate = (scope: Scope) => Value;
export type Render = (scope: Scope) => string;

/** Where a template stands: what it may name and how it refuses the rest. */
export interface Site {
  readonly stageVariables: readonly string[];
  /** Response templates alone may set `$context.responseOverride`. */
  readonly phase: 'request' | 'response';
  readonly refuse: (what: string) => never;
}
