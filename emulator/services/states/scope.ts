/** What a path may refer to. */
export interface Scope {
  /** `$`: the state's input, or a task's result. */
  readonly data: unknown;
  /** `$$`: the context object. */
  readonly context: unknown;
}

/** @throws StatesError */
export type Expression = (scope: Scope) => unknown;
