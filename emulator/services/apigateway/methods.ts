import { type Resource, UnsupportedError } from '../../stack/resource';
import type { ApiDefinition, MethodDefinition } from './api-definition';
import type { Authorize } from './authorizer';
import { GatewayError, reasonOf } from './gateway-error';
import {
  type ApiRequest,
  type ApiResponse,
  type InvokeWithResponseStream,
  mediaTypeOf,
  type ServiceAction,
} from './http';
import { compileBackend, compileIntegrationRequest } from './integration';
import { compileIntegrationResponses } from './integration-responses';
import { RequestValidation } from './request-validation';
import type { Route } from './routes';
import { compileStreamingProxy } from './streaming-proxy';
import { MethodThrottles, type TokenBucket } from './throttle';
import type { UsagePlans } from './usage-plans';
import { type Environment, PayloadError, type RequestContext } from './velocity/host';
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
  }: Omit<MethodParts, 'validation'> & {
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
  readonly invokeStreaming: InvokeWithResponseStream;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly usagePlans: UsagePlans;
}

/** @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy */
function compileMethod(method: MethodDefinition, parts: MethodParts): Method {
  const { validation, authorizers, usagePlans, stageVariables } = parts;
  const authorize = authorizerOf(method, authorizers);
  const needsKey = requirementsOf(method).includes(API_KEY);
  const validate = validation.of(method);
  for (const [status, { content = {} }] of Object.entries(method.operation.responses ?? {})) {
    validation.modelsOf(content, `${method.address}.responses.${status}.content`);
  }
  const integrate = compileIntegration(method, parts);
  return async (request, asked) => {
    if (request.body.length > MAX_PAYLOAD_BYTES)
      throw new GatewayError('REQUEST_TOO_LARGE', `the payload exceeds ${MAX_PAYLOAD_BYTES} bytes`);
    const authorized = await authorize?.(request, asked);
    const context = authorized ? { ...asked, authorizer: authorized.said } : asked;
    if (needsKey) usagePlans.admit(request, authorized?.usageIdentifierKey);
    validate(mediaTypeOf(request.headers), request.body.toString('utf8'));
    return integrate(request, { context, stageVariables });
  };
}

type Integrate = (
  request: ApiRequest,
  see: Pick<Environment, 'context' | 'stageVariables'>,
) => Promise<ApiResponse>;

/** What stands behind a method: a proxy, or what templates map. */
function compileIntegration(method: MethodDefinition, parts: MethodParts): Integrate {
  const { actions, invokeStreaming, stageVariables } = parts;
  const integration = method.operation['x-amazon-apigateway-integration'];
  if (integration === undefined) throw new UnsupportedError(method.address, 'has no integration');
  const address = `${method.address}["x-amazon-apigateway-integration"]`;
  if (integration.type === 'aws_proxy') return compileStreamingProxy(integration, address, invokeStreaming);
  if (integration.responseTransferMode === 'STREAM')
    throw new UnsupportedError(`${address}.responseTransferMode`, 'API Gateway streams from proxies alone');
  const names = Object.keys(stageVariables);
  const toBackend = compileIntegrationRequest(integration, address, names);
  const backend = compileBackend(integration, address, actions);
  const { responses = {} } = integration;
  const fromBackend = compileIntegrationResponses(
    responses,
    method.operation.responses ?? {},
    address,
    names,
  );
  return async (request, see) => {
    const mediaType = mediaTypeOf(request.headers);
    const body = request.body.toString('utf8');
    // API Gateway shows an empty payload to a template as an empty object.
    const environment = { ...see, body: body === '' ? '{}' : body, responseOverride: { headers: new Map() } };
    const payload = mapped('BAD_REQUEST_BODY', () => toBackend(mediaType, body, environment));
    const response = await backend(payload, request.trace);
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
