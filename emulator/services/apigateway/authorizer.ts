import * as z from 'zod/mini';
import {
  compileStatement,
  decide,
  identityPolicySchema,
  resourceWildcard,
  type Statement,
} from '../../platform/policy/policy';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { text } from '../../stack/values';
import { type Span, traced, type TraceHeader } from '../xray/segment';
import type { ApiDefinition, AuthorizerDefinition } from './api-definition';
import { GatewayError, reasonOf } from './gateway-error';
import type { ApiRequest } from './http';
import type { RequestContext } from './velocity/host';

/** What Lambda makes of an authorizer's invocation. */
export type AuthorizerOutcome = { readonly payload: unknown } | { readonly errorMessage: string };

/** Invokes an authorizer's function with the rights of a role. @throws what keeps it from being invoked */
export type InvokeAuthorizer = (call: {
  readonly credentials: string;
  readonly functionArn: string;
  readonly event: object;
  readonly trace?: TraceHeader | undefined;
}) => Promise<AuthorizerOutcome>;

/** Lets a request pass, with what its authorizer says of the caller. @throws GatewayError */
export type Authorize = (request: ApiRequest, context: RequestContext) => Promise<Authorized>;

interface Authorized {
  /** What `$context.authorizer` has. */
  readonly said: Readonly<Record<string, string>>;
  readonly usageIdentifierKey: string | undefined;
}

interface AuthorizerOptions {
  readonly invoke: InvokeAuthorizer;
  readonly now: () => number;
  /** ARN that the API's methods are executed under: `arn:aws:execute-api:<region>:<account>:<api>`. */
  readonly executionArn: string;
}

const SOURCE = /^method\.request\.header\.([\w-]+)$/;
const FUNCTION_URI =
  /^arn:aws:apigateway:[a-z0-9-]+:lambda:path\/2015-03-31\/functions\/(arn:aws:lambda:[^/]+)\/invocations$/;

/** API Gateway's default and longest time that it remembers a result, in seconds. */
const TTL = { usual: 300, most: 3_600 };

/** What an authorizer's function has to return. Values of `context` are flat. */
const outputSchema = z.object({
  principalId: z.string().check(z.minLength(1)),
  policyDocument: identityPolicySchema,
  context: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
  usageIdentifierKey: z.optional(z.string()),
});

interface Decision {
  readonly statements: readonly Statement[];
  readonly output: z.infer<typeof outputSchema>;
}

/** The API's authorizers, by the name of their security scheme. @throws UnsupportedError as `compileAuthorizer` does */
export function compileAuthorizers(
  { address, document }: ApiDefinition,
  api: Resource,
  options: Omit<AuthorizerOptions, 'executionArn'>,
): ReadonlyMap<string, Authorize> {
  const schemes = Object.entries(document.components?.securitySchemes ?? {});
  return new Map(
    schemes.flatMap(([name, scheme]) =>
      'x-amazon-apigateway-authorizer' in scheme
        ? [
            [
              name,
              compileAuthorizer(
                scheme['x-amazon-apigateway-authorizer'],
                `${address}.components.securitySchemes.${name}`,
                { ...options, executionArn: text(api, 'execution_arn') },
              ),
            ] as const,
          ]
        : [],
    ),
  );
}

/**
 * A Lambda authorizer of type REQUEST, as API Gateway asks it:
 * - a source of identity that a request lacks is 401, and the function is not asked;
 * - with a time to live, the policy is remembered by the values of these sources, whatever the path;
 * - an error "Unauthorized" of the function is 401, a policy that does not allow the method 403;
 * - everything else that goes wrong is 500, and remembered by nobody.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
 *
 * Not documented, and so decided here: sources are looked for without a time to live, too; a function that fails is
 * AUTHORIZER_FAILURE, one that cannot be invoked or returns no policy AUTHORIZER_CONFIGURATION_ERROR.
 *
 * @throws UnsupportedError for what is not emulated, or what API Gateway would not import
 */
function compileAuthorizer(
  definition: AuthorizerDefinition,
  address: string,
  { invoke, now, executionArn }: AuthorizerOptions,
): Authorize {
  const { authorizerUri, authorizerCredentials: credentials } = definition;
  const refuse = (key: string, what: string): never => {
    throw new UnsupportedError(`${address}.${key}`, what);
  };
  const functionArn = FUNCTION_URI.exec(authorizerUri)?.[1] ?? refuse('authorizerUri', 'is no function');
  if (credentials === undefined)
    return refuse('authorizerCredentials', 'only a role is emulated by which the function is invoked');
  const ttl = definition.authorizerResultTtlInSeconds ?? TTL.usual;
  if (ttl < 0 || ttl > TTL.most)
    return refuse('authorizerResultTtlInSeconds', `API Gateway takes 0 to ${TTL.most}`);
  const sources = (definition.identitySource ?? '')
    .split(',')
    .map((source) => source.trim())
    .filter((source) => source !== '')
    .map((source) => SOURCE.exec(source)?.[1]?.toLowerCase() ?? refuse('identitySource', 'only headers are'));
  if (ttl > 0 && sources.length === 0)
    return refuse('identitySource', 'results are remembered by it: it is needed, or no time to live');
  const remembered = new Map<string, Decision & { readonly until: number }>();

  const remember = (key: string, decision: Decision) => {
    // All live as long: the oldest are the first.
    for (const [old, { until }] of remembered) {
      if (now() < until) break;
      remembered.delete(old);
    }
    remembered.set(key, { ...decision, until: now() + ttl * 1_000 });
  };

  const ask = async (event: object, whole: Span | undefined): Promise<Decision> => {
    let outcome: AuthorizerOutcome;
    try {
      outcome = await traced(whole?.within({ name: 'Lambda', namespace: 'aws' }), (span) =>
        invoke({ credentials, functionArn, event, trace: span?.header }),
      );
    } catch (error) {
      throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', reasonOf(error), { cause: error });
    }
    if ('errorMessage' in outcome) {
      const type = outcome.errorMessage === 'Unauthorized' ? 'UNAUTHORIZED' : 'AUTHORIZER_FAILURE';
      throw new GatewayError(type, outcome.errorMessage);
    }
    const { success, data: output } = z.safeParse(outputSchema, outcome.payload);
    if (!success)
      throw new GatewayError('AUTHORIZER_CONFIGURATION_ERROR', 'the authorizer returned no policy');
    const statements = output.policyDocument.Statement.map((statement) =>
      compileStatement(statement, statement.Resource.map(resourceWildcard), 'policyDocument'),
    );
    return { statements, output };
  };

  return async (request, context) => {
    const values = sources.map((name) => request.headers[name] ?? '');
    if (values.includes('')) throw new GatewayError('UNAUTHORIZED', 'a source of identity is missing');
    // Of the path, and not the resource: what a caller has put in a parameter's place is in it.
    const methodArn = `${executionArn}/${context.stage}/${request.method}${request.path}`;
    const key = JSON.stringify(values);
    const known = remembered.get(key);
    const isFresh = known !== undefined && now() < known.until;
    const decision = isFresh ? known : await ask(eventOf(request, context, methodArn), request.trace);
    if (!isFresh && ttl > 0) remember(key, decision);
    const { statements, output } = decision;
    if (decide(statements, 'execute-api:Invoke', methodArn, {}) !== 'allowed')
      throw new GatewayError('ACCESS_DENIED', 'the authorizer’s policy does not allow the method');
    const { principalId, usageIdentifierKey, context: flat = {} } = output;
    const said = Object.entries(flat).map(([name, value]) => [name, String(value)]);
    return {
      said: { ...(Object.fromEntries(said) as Record<string, string>), principalId },
      usageIdentifierKey,
    };
  };
}

const eventOf = ({ method, path, headers }: ApiRequest, context: RequestContext, methodArn: string) => ({
  type: 'REQUEST',
  methodArn,
  resource: context.resourcePath,
  path,
  httpMethod: method,
  headers,
  requestContext: { requestId: context.requestId, stage: context.stage, apiId: context.apiId },
});
