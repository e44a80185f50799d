import { AwsError, validationError } from '../../../platform/http/aws-error';
import { type AwsRequest, parseJson, type Reply } from '../../../platform/http/server';
import { requirePermission, requireScope } from '../../../platform/http/sigv4';
import type { Authorize } from '../options';

/** A request that has found its operation. */
export interface Call {
  /** access key ID that signed it */
  readonly caller: string;
  /** ARN, ID or name in the path, decoded; empty when the operation has none */
  readonly identifier: string;
  readonly query: URLSearchParams;
  /** the JSON body; an empty object when there is none */
  readonly body: unknown;
  /** @throws AwsError 403 AccessDeniedException unless the caller may do this */
  permit(action: string, resource: string): void;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** e.g. `/custom-models/{identifier}` */
  readonly path: string;
  readonly run: (call: Call) => Reply;
}

/**
 * Finds the operation and runs it.
 * @throws AwsError UnknownOperationException for what is not emulated; what the operation throws
 */
export function dispatch(
  routes: readonly Route[],
  { method, path, query, headers, body }: AwsRequest,
  { region, authorize }: { readonly region: string; readonly authorize: Authorize },
): Reply {
  const { accessKeyId: caller } = requireScope(headers.authorization, { region, service: 'bedrock' });
  for (const route of routes) {
    const identifier = route.method === method ? matchPath(route.path, path) : undefined;
    if (identifier === undefined) continue;
    return route.run({
      caller,
      identifier,
      query,
      body: body.length === 0 ? {} : parseJson(body),
      permit: (action, resource) => {
        requirePermission(() => {
          authorize(caller, action, resource);
        });
      },
    });
  }
  throw new AwsError(
    404,
    'UnknownOperationException',
    `${method} ${path} is no operation of Bedrock's control plane that is emulated.`,
  );
}

/** @returns the identifier in a path that has the template's form, else undefined */
function matchPath(template: string, path: string): string | undefined {
  const expected = template.split('/');
  const found = path.split('/');
  if (expected.length !== found.length) return undefined;
  const at = expected.indexOf('{identifier}');
  if (!expected.every((part, index) => index === at || part === found[index])) return undefined;
  return at < 0 ? '' : decode(found[at] ?? '');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw validationError('The identifier in the path is not valid percent-encoding.');
  }
}
