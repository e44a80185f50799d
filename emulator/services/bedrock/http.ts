import { z } from 'zod';
import { AwsError, validationError } from '../../platform/http/aws-error';
import { parse, text } from '../../platform/http/constraints';
import { type AwsRequest, parseJson, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import type { Authorize } from './options';

/** 404: no such resource in this account and region. */
export const notFound = (what: string, identifier: string): AwsError =>
  new AwsError(404, 'ResourceNotFoundException', `${what} ${identifier} could not be found.`);

/** Bedrock sends it with 400, not 409. */
export const conflict = (message: string): AwsError => new AwsError(400, 'ConflictException', message);

/** 400: more than the account's quota allows. */
export const quotaExceeded = (message: string): AwsError =>
  new AwsError(400, 'ServiceQuotaExceededException', message);

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

/** What List operations of Bedrock's control plane take, read from the query string. */
export interface ListQuery extends Omit<z.output<typeof listSchema>, 'nextToken'> {
  /** place in the order of creation that the page begins behind */
  readonly cursor: number | undefined;
}

/** AWS does not say how many results it sends unasked. */
const DEFAULT_MAX_RESULTS = 100;
const RANGE = 'Member must be between 1 and 1000';

/** Of filters, only that of what serves a model is emulated; with any other, a list would have too much in it. */
const listSchema = z.strictObject(
  {
    modelArnEquals: z.string().optional(),
    maxResults: z.coerce.number(RANGE).int(RANGE).min(1, RANGE).max(1000, RANGE).default(DEFAULT_MAX_RESULTS),
    sortBy: z.enum(['CreationTime']).optional(),
    sortOrder: z.enum(['Ascending', 'Descending']).default('Descending'),
    nextToken: text(1, 2048)
      .transform(decodeCursor)
      .refine((cursor) => cursor !== undefined, 'Member must be a token of a previous response')
      .optional(),
  },
  'a member of it is not emulated',
);

/** @throws AwsError ValidationException */
export function parseListQuery(query: URLSearchParams): ListQuery {
  const { nextToken, ...rest } = parse(listSchema, Object.fromEntries(query));
  return { ...rest, cursor: nextToken };
}

export const encodeCursor = (sequence: number): string =>
  Buffer.from(`after:${sequence}`).toString('base64url');

function decodeCursor(token: string): number | undefined {
  const [, sequence] = /^after:(\d{1,15})$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return sequence === undefined ? undefined : Number(sequence);
}

export const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();
