import { z } from 'zod';
import { type Intercept, withEffect } from '../../platform/faults/effects';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { BadRequestError } from './errors';

/** Above every limit of AppConfig's own, so that it is AppConfig's error that names what is too large. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** Throws an error named `AccessDenied...` when this caller may not do this. */
export type Authorize = (accessKeyId: string, action: string, resourceArn: string) => void;

interface ServerOptions {
  readonly region: string;
  readonly find: ReturnType<typeof router>;
  readonly authorize: Authorize;
  /** What is wrong with a call. */
  readonly intercept: Intercept;
}

/** Control plane and data plane on one port: both are signed for `appconfig`. */
export function createServer({ region, find, authorize, intercept }: ServerOptions): AwsServer {
  return new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    messageMember: 'Message',
    handle: (request) => {
      const { accessKeyId } = requireScope(request.headers.authorization, { region, service: 'appconfig' });
      const permit: Call['permit'] = (action, ...resourceArns) => {
        requirePermission(() => {
          for (const arn of resourceArns) authorize(accessKeyId, action, arn);
        });
      };
      const match = find(request.method, request.path);
      if (!match) throw unknownOperation(request.method, request.path);
      const { query, headers, body } = request;
      const call = { path: match.path, query, headers, body, permit };
      return withEffect(intercept(), () => match.operation(call), request.signal);
    },
  });
}

const unknownOperation = (method: string, path: string): AwsError =>
  new AwsError(
    404,
    'UnknownOperationException',
    `The local AppConfig does not emulate ${method} ${path}: change the stack instead, or test this against AWS.`,
  );

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

interface Match {
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

/** @throws BadRequestError naming each member at fault, and what is wrong with it */
export function parseMembers<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new BadRequestError(
    result.error.issues.map(({ path, message }) => `${path.join('.') || 'request'}: ${message}`).join('; '),
  );
}

/** Source: AppConfig API reference, `MaxResults` of every List operation. */
const MAX_RESULTS = 50;

const pageRequest = z.object({
  max_results: z.coerce.number().int().min(1).max(MAX_RESULTS).default(MAX_RESULTS),
});

/**
 * One page of a list.
 * @throws BadRequestError for a size out of range, or a token that no page has given
 */
export function page(items: readonly unknown[], query: Call['query']): Reply {
  const { max_results: size } = parseMembers(pageRequest, {
    max_results: query.get('max_results') ?? undefined,
  });
  const start = startOf(query.get('next_token'));
  if (start > items.length) throw invalidToken();
  const end = start + size;
  const more = end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { status: 200, body: { Items: items.slice(start, end), ...more } };
}

function startOf(token: string | null): number {
  if (token === null) return 0;
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidToken();
  return Number(text);
}

const invalidToken = (): BadRequestError => new BadRequestError('NextToken: no page has given this token.');
