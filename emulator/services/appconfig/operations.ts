import type { AwsRequest, Reply } from '../../platform/http/server';

/** One request, led to its operation. */
export interface Call extends Pick<AwsRequest, 'query' | 'headers' | 'body'> {
  /** What stands in the path's `{...}`, by name; still percent-encoded. */
  readonly path: Readonly<Record<string, string>>;
  /**
   * Makes sure that the caller may do this to every one of these resources.
   * @throws AwsError 403 AccessDeniedException
   */
  readonly permit: (action: string, ...resourceArns: readonly string[]) => void;
}

/** By method and path, e.g. `GET /applications/{ApplicationId}`. */
export type Operations = Readonly<Record<string, (call: Call) => Reply>>;

export interface Match {
  readonly operation: (call: Call) => Reply;
  readonly path: Call['path'];
}

/** @returns finds the operation of a method and path */
export function router(operations: Operations): (method: string, path: string) => Match | undefined {
  const routes = Object.entries(operations).map(([route, operation]) => ({
    pattern: compile(route),
    operation,
  }));
  return (method, path) => {
    for (const { pattern, operation } of routes) {
      const match = pattern.exec(`${method} ${path}`);
      if (match) return { operation, path: { ...match.groups } };
    }
    return undefined;
  };
}

const compile = (route: string): RegExp => new RegExp(`^${route.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
