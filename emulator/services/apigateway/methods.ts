import { type Resource, UnsupportedError } from '../../stack/resource';
import type { ApiDefinition, MethodDefinition } from './api-definition';
import type { Authorize } from './authorizer';
import { GatewayError, reasonOf } from './gateway-error';
import { type ApiRequest, type ApiResponse, mediaTypeOf, type ServiceAction } from './http';
import { compileBackend, compileIntegrationRequest } from './integration';
import { compileIntegrationResponses } from './integration-responses';
import { RequestValidation } from './request-validation';
import type { Route } from './routes';
import { MethodThrottles, type TokenBucket } from './throttle';
import type { UsagePlans } from './usage-plans';
import { PayloadError, type RequestContext } from './velocity/host';
import { TemplateError } from './velocity/values';

export interface ThrottledMethod {
  readonly admits: () => boolean;
  readonly serve: Method;
}

/**
 * The API's paths, their methods compiled.
 *
 * @param settings those of type `aws_api_gateway_method_settings`
 * @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy
 */
export function compileMethods(
  definition: ApiDefinition,
  settings: readonly Resource[],
  {
    now,
    account,
    ...parts
  }: Pick<MethodParts, 'actions' | 'stageVariables' | 'authorizers' | 'usagePlans'> & {
    readonly now: () => number;
    readonly account: TokenBucket;
  },
): readonly Route<ThrottledMethod>[] {
  const validation = new RequestValidation(definition);
  const keys = definition.methods.map(keyOf);
  const throttles = new MethodThrottles(settings, keys, now, account);
  const paths = Object.keys(definition.document.paths);
  return paths.map((path) => ({
    path,
    methods: new Map(
      definition.methods
        .filter((method) => method.path === path)
        .map((method) => [
          method.httpMethod,
          {
            admits: throttles.of(keyOf(method)),
            serve: compileMethod(method, { ...parts, validation }),
          },
        ]),
    ),
  }));
}

/** `/path/METHOD`, as method settings name it. */
const keyOf = ({ path, httpMethod }: MethodDefinition): string => `${path === '/' ? '' : path}/${httpMethod}`;

/** API Gateway's quota for a payload, in bytes. */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

/** Serves a request from its payload to its response. @throws GatewayError */
type Method = (request: ApiRequest, context: RequestContext) => Promise<ApiResponse>;

/** What a method is compiled with. */
interface MethodParts {
  readonly validation: RequestValidation;
  /** By the name of their security scheme. */
  readonly authorizers: ReadonlyMap<string, Authorize>;
  readonly actions: Readonly<Record<string, ServiceAction>>;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly usagePlans: UsagePlans;
}

/** @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy */
function compileMethod(
  method: MethodDefinition,
  { validation, actions, stageVariables, authorizers, usagePlans }: MethodParts,
): Method {
  const integration = method.operation['x-amazon-apigateway-integration'];
  if (integration === undefined) throw new UnsupportedError(method.address, 'has no integration');
  const address = `${method.address}["x-amazon-apigateway-integration"]`;
  const names = Object.keys(stageVariables);
  const authorize = authorizerOf(method, authorizers);
  const needsKey = requirementsOf(method).includes(API_KEY);
  const validate = validation.of(method);
  const toBackend = compileIntegrationRequest(integration, address, names);
  const backend = compileBackend(integration, address, actions);
  const methodResponses = method.operation.responses ?? {};
  for (const [status, { content = {} }] of Object.entries(methodResponses)) {
    validation.modelsOf(content, `${method.address}.responses.${status}.content`);
  }
  const fromBackend = compileIntegrationResponses(integration.responses, methodResponses, address, names);
  return async (request, asked) => {
    if (request.body.length > MAX_PAYLOAD_BYTES)
      throw new GatewayError('REQUEST_TOO_LARGE', `the payload exceeds ${MAX_PAYLOAD_BYTES} bytes`);
    const authorized = await authorize?.(request, asked);
    const context = authorized ? { ...asked, authorizer: authorized.said } : asked;
    if (needsKey) usagePlans.admit(request, authorized?.usageIdentifierKey);
    const mediaType = mediaTypeOf(request.headers);
    const body = request.body.toString('utf8');
    validate(mediaType, body);
    const see = { context, stageVariables };
    // API Gateway shows an empty payload to a template as an empty object.
    const environment = { ...see, body: body === '' ? '{}' : body, responseOverride: { headers: new Map() } };
    const payload = mapped('BAD_REQUEST_BODY', () => toBackend(mediaType, body, environment));
    const response = await backend(payload);
    return mapped('API_CONFIGURATION_ERROR', () => fromBackend(response, see));
  };
}

/** The scheme's name by which the import knows it. */
const API_KEY = 'api_key';

const requirementsOf = ({ operation: { security = [] } }: MethodDefinition): readonly string[] =>
  security.flatMap((requirement) => Object.keys(requirement));

function authorizerOf(
  method: MethodDefinition,
  authorizers: ReadonlyMap<string, Authorize>,
): Authorize | undefined {
  const [name, other] = requirementsOf(method).filter((each) => each !== API_KEY);
  if (name === undefined) return undefined;
  const authorizer = authorizers.get(name);
  if (authorizer === undefined || other !== undefined)
    throw new UnsupportedError(
      `${method.address}.security`,
      `there is no scheme ${other ?? name}, or no room`,
    );
  return authorizer;
}

/** @param notJson what a payload is to blame for that a template wants to read as JSON and cannot */
function mapped<Result>(notJson: 'BAD_REQUEST_BODY' | 'API_CONFIGURATION_ERROR', map: () => Result): Result {
  try {
    return map();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const type = error instanceof PayloadError ? notJson : 'API_CONFIGURATION_ERROR';
    throw new GatewayError(type, reasonOf(error), { cause: error });
  }
}
