import { randomUUID } from 'node:crypto';
import { UnsupportedError, type Resource } from '../../stack/resource';
import { text } from '../../stack/values';
import { GatewayError } from './gateway-error';
import { GatewayResponses } from './gateway-responses';
import type { ApiRequest, ApiResponse, ServiceAction } from './http';
import { compileMethods, type ThrottledMethod } from './methods';
import { matchRoute, type Route } from './routes';
import { readStage, type Stage } from './stage';
import type { RequestContext } from './velocity/environment';

export interface RestApiOptions {
  /** All resources of one stack. */
  readonly resources: readonly Resource[];
  /** By the end of an integration's URI, e.g. `states:action/StartSyncExecution`. */
  readonly actions: Readonly<Record<string, ServiceAction>>;
  readonly requestId?: () => string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** API Gateway's execution log: why a request got a gateway response. Default: the standard error stream. */
  readonly log?: (line: string) => void;
}

/** Types of this service that are acted out; logging of the account has no meaning here. */
const ACTED_OUT = new Set(
  ['account', 'base_path_mapping', 'deployment', 'domain_name', 'gateway_response', 'integration']
    .concat(['integration_response', 'method', 'method_response', 'method_settings', 'model'])
    .concat(['request_validator', 'resource', 'rest_api', 'stage'])
    .map((type) => `aws_api_gateway_${type}`),
);

/**
 * A regional REST API, compiled from its synthesized resources.
 *
 * The listener in front of it stands for the custom domain; without a base path mapping, paths begin with the
 * stage's name, as those of the execute-api endpoint do.
 */
export class RestApi {
  readonly #api: string;
  readonly #stage: Stage;
  readonly #routes: readonly Route<ThrottledMethod>[];
  readonly #gatewayResponses: GatewayResponses;
  readonly #requestId: () => string;
  readonly #now: () => number;
  readonly #log: (line: string) => void;

  /** @throws UnsupportedError for what is not acted out, or what API Gateway would not deploy */
  constructor({ resources, actions, requestId, now, log }: RestApiOptions) {
    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    this.#requestId = requestId ?? randomUUID;
    this.#now = now ?? Date.now;
    this.#log = log ?? console.error;
    const api = theApi(resources);
    this.#api = text(api, 'id');
    this.#stage = readStage(this.#api, ofType);
    this.#gatewayResponses = new GatewayResponses(
      ofType('aws_api_gateway_gateway_response'),
      this.#stage.variables,
    );
    this.#routes = compileMethods(api, ofType, {
      actions,
      stageVariables: this.#stage.variables,
      now: this.#now,
    });
  }

  /** Answers every request, with a gateway response where it has to. */
  async handle(request: ApiRequest): Promise<ApiResponse> {
    const requestId = this.#requestId();
    const response = await this.#respond(request, requestId);
    return { ...response, headers: { ...response.headers, 'x-amzn-requestid': requestId } };
  }

  async #respond(request: ApiRequest, requestId: string): Promise<ApiResponse> {
    const { basePath } = this.#stage;
    if (!`${request.path}/`.startsWith(`${basePath}/`))
      return {
        status: 403,
        headers: { 'content-type': 'application/json' },
        body: '{"message":"Forbidden"}',
      };
    const found = matchRoute(this.#routes, request.path.slice(basePath.length) || '/', request.method);
    const context = this.#context(request, requestId, found?.path ?? '');
    try {
      if (found === undefined)
        throw new GatewayError('MISSING_AUTHENTICATION_TOKEN', `no method ${request.method} ${request.path}`);
      if (!found.method.admits())
        throw new GatewayError('THROTTLED', 'the method or the account has no token left');
      return await found.method.serve(request, context);
    } catch (error) {
      const { type, message } =
        error instanceof GatewayError
          ? error
          : new GatewayError(
              'API_CONFIGURATION_ERROR',
              error instanceof Error ? (error.stack ?? '') : String(error),
            );
      this.#log(`(${requestId}) ${type}: ${message}`);
      return this.#gatewayResponses.render(type, context);
    }
  }

  #context(request: ApiRequest, requestId: string, resourcePath: string): RequestContext {
    return {
      apiId: this.#api,
      httpMethod: request.method,
      'identity.sourceIp': request.sourceIp ?? '127.0.0.1',
      path: request.path,
      requestId,
      requestTimeEpoch: this.#now(),
      resourcePath,
      stage: this.#stage.name,
    };
  }
}

function theApi(resources: readonly Resource[]): Resource {
  const unknown = resources.find(({ type }) => type.startsWith('aws_api_gateway_') && !ACTED_OUT.has(type));
  if (unknown !== undefined) throw new UnsupportedError(unknown.address, `${unknown.type} is not acted out`);
  const [api, other] = resources.filter(({ type }) => type === 'aws_api_gateway_rest_api');
  if (api === undefined) throw new UnsupportedError('aws_api_gateway_rest_api', 'the stack has no REST API');
  if (other !== undefined) throw new UnsupportedError(other.address, 'only one REST API is acted out');
  return api;
}
