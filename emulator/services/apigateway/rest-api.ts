import { randomBytes, randomUUID } from 'node:crypto';
import { type Resource, UnsupportedError } from '../../stack/resource';
import { text } from '../../stack/values';
import { WebAcl } from '../waf/web-acl';
import { formatTraceHeader, parseTraceHeader, type Span } from '../xray/segment';
import type { XRay } from '../xray/xray';
import { readDefinition, theApi } from './api-definition';
import { compileAuthorizers, type InvokeAuthorizer } from './authorizer';
import { GatewayError } from './gateway-error';
import { GatewayResponses } from './gateway-responses';
import type { ApiRequest, ApiResponse, InvokeWithResponseStream, ServiceAction } from './http';
import { compileMethods, matchRoute, type Route, type ThrottledMethod } from './methods';
import { keyOf, readStage, type Stage } from './stage';
import { accountBucket, type TokenBucket, UsagePlans } from './throttle';
import type { RequestContext } from './velocity/host';

interface RestApiOptions {
  /** All resources of one stack. */
  readonly resources: readonly Resource[];
  /** By the end of an integration's URI, e.g. `states:action/StartSyncExecution`. */
  readonly actions: Readonly<Record<string, ServiceAction>>;
  /** Default: no function can be invoked. */
  readonly authorize?: InvokeAuthorizer;
  /** Default: no function can be invoked. */
  readonly invokeStreaming?: InvokeWithResponseStream;
  /** Default: nothing is traced, and no request gets the header. */
  readonly xray?: Pick<XRay, 'begin'>;
  readonly createIds?: () => RequestIds;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** The account's tokens, which all APIs of a region take from. Default: an account of its own. */
  readonly account?: TokenBucket;
  /** Told of each request when its status is known, by its API's name. */
  readonly onRequest?: (api: string, status: number) => void;
  /** API Gateway's execution log: why a request got a gateway response. Default: the standard error stream. */
  readonly log?: (line: string) => void;
}

/**
 * A regional REST API, compiled from the OpenAPI document that is its body.
 *
 * The listener in front of it stands for the custom domain; without a mapping, paths begin with the stage's name, as
 * those of the execute-api endpoint do.
 */
class RestApi {
  readonly #api: string;
  readonly #name: string;
  readonly #xray: Pick<XRay, 'begin'> | undefined;
  readonly #stage: Stage;
  readonly #webAcl: WebAcl;
  readonly #routes: readonly Route<ThrottledMethod>[];
  readonly #gatewayResponses: GatewayResponses;
  readonly #createIds: () => RequestIds;
  readonly #now: () => number;
  readonly #log: (line: string) => void;
  readonly #onRequest: (status: number) => void;

  /** @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy */
  constructor({
    resources,
    actions,
    authorize,
    createIds,
    now,
    account,
    log,
    xray,
    ...options
  }: RestApiOptions) {
    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    this.#createIds = createIds ?? randomIds;
    this.#now = now ?? Date.now;
    this.#log = log ?? console.error;
    const api = theApi(resources);
    this.#api = text(api, 'id');
    const name = text(api, 'name');
    this.#name = name;
    this.#xray = xray;
    this.#onRequest = (status) => options.onRequest?.(name, status);
    this.#stage = readStage(this.#api, ofType);
    this.#webAcl = WebAcl.of(this.#stage.arn, { resources, now: this.#now, log: this.#log });
    const definition = readDefinition(api);
    this.#gatewayResponses = new GatewayResponses(definition, this.#stage.variables);
    this.#routes = compileMethods(definition, ofType('aws_api_gateway_method_settings'), {
      actions,
      invokeStreaming: options.invokeStreaming ?? noFunction,
      authorizers: compileAuthorizers(definition, api, {
        invoke: authorize ?? noFunction,
        now: this.#now,
      }),
      stageVariables: this.#stage.variables,
      usagePlans: new UsagePlans(api, this.#stage.name, ofType, this.#now),
      now: this.#now,
      account: account ?? accountBucket(this.#now),
    });
  }

  /** Answers every request, with a gateway response where it has to. */
  async handle(request: ApiRequest): Promise<ApiResponse> {
    const own = this.#createIds();
    // AWS has been seen to take any text: https://github.com/awsdocs/amazon-api-gateway-developer-guide/issues/71
    const ids = { ...own, requestId: request.headers['x-amzn-requestid'] ?? own.requestId };
    const trace = this.#trace(request, ids);
    const response = await this.#respond(trace === undefined ? request : within(trace, request), ids);
    this.#onRequest(response.status);
    const end = () => trace?.end({ http: httpOf(request, response), ...flagsOf(response) });
    if (response.stream === undefined) end();
    else response.stream.once('close', end);
    return {
      ...response,
      headers: {
        ...response.headers,
        ...(trace && { 'x-amzn-trace-id': formatTraceHeader({ ...trace.header, parent: undefined }) }),
        'x-amzn-requestid': ids.requestId,
        'x-amz-apigw-id': ids.extendedRequestId,
      },
    };
  }

  #trace(request: ApiRequest, ids: RequestIds): Span | undefined {
    const { arn: resourceArn, name, isTraced: isActive } = this.#stage;
    return this.#xray?.begin(parseTraceHeader(request.headers['x-amzn-trace-id']), {
      serviceName: `${this.#name}/${name}`,
      serviceType: 'AWS::ApiGateway::Stage',
      resourceArn,
      isActive,
      host: request.headers.host,
      method: request.method,
      path: request.path,
      fields: {
        aws: { api_gateway: { rest_api_id: this.#api, stage: name, request_id: ids.extendedRequestId } },
      },
    });
  }

  async #respond(request: ApiRequest, ids: RequestIds): Promise<ApiResponse> {
    const { basePath } = this.#stage;
    if (!`${request.path}/`.startsWith(`${basePath}/`))
      return {
        status: 403,
        headers: { 'content-type': 'application/json', 'x-amzn-errortype': 'ForbiddenException' },
        body: '{"message":"Forbidden"}',
      };
    const found = matchRoute(this.#routes, request.path.slice(basePath.length) || '/', request.method);
    const context = this.#context(request, ids, found?.path ?? '', found?.parameters);
    try {
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-control-access-aws-waf.html
      if (!this.#webAcl.admits(String(context['identity.sourceIp'])))
        throw new GatewayError('WAF_FILTERED', 'the web ACL does not let it in');
      if (found === undefined)
        throw new GatewayError('MISSING_AUTHENTICATION_TOKEN', `the path has no method ${request.method}`);
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
      this.#log(`(${ids.extendedRequestId}) ${type}: ${message}`);
      return this.#gatewayResponses.render(type, context);
    }
  }

  #context(
    request: ApiRequest,
    ids: RequestIds,
    resourcePath: string,
    pathParameters: Readonly<Record<string, string>> = {},
  ): RequestContext {
    return {
      pathParameters,
      apiId: this.#api,
      httpMethod: request.method,
      'identity.sourceIp': request.sourceIp ?? '127.0.0.1',
      path: request.path,
      ...ids,
      requestTimeEpoch: this.#now(),
      resourcePath,
      stage: this.#stage.name,
    };
  }
}

/** By the same header API Gateway calls what stands behind it. */
const within = (trace: Span, request: ApiRequest): ApiRequest => ({
  ...request,
  headers: { ...request.headers, 'x-amzn-trace-id': formatTraceHeader(trace.header) },
  trace,
});

/** The query is a caller's text. AWS adds the caller's address and user agent. */
const httpOf = ({ method, path, headers: { host = '' } }: ApiRequest, { status }: ApiResponse) => ({
  request: { method, url: `https://${host}${path}` },
  response: { status },
});

const flagsOf = ({ status }: ApiResponse) => ({
  ...(status >= 500 && { fault: true }),
  ...(status >= 400 && status < 500 && { error: true }),
  ...(status === 429 && { throttle: true }),
});

interface RequestIds {
  /** The caller's, where it sends one. */
  readonly requestId: string;
  readonly extendedRequestId: string;
}

const randomIds = (): RequestIds => ({
  requestId: randomUUID(),
  extendedRequestId: randomBytes(11).toString('base64'),
});

const noFunction = () => Promise.reject(new Error('There is no function.'));

/** One API behind a key of a custom domain: paths that begin with the key are the API's. */
interface Mapping {
  readonly key: string;
  readonly domain: string;
  readonly api: RestApi;
}

/**
 * The regional REST APIs of a stack, behind its custom domains: the one that is mapped without a key, and those whose
 * key is a path's first part. A domain has its own mappings, while a request to an address may use those of all.
 */
export class ApiMappings {
  private readonly root: RestApi;
  private readonly mappings: readonly Mapping[];
  private readonly domains: readonly string[];

  /** @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy */
  constructor(options: RestApiOptions) {
    const ofType = (type: string) => options.resources.filter((resource) => resource.type === type);
    const apis = ofType('aws_api_gateway_rest_api');
    const stray = options.resources.find(
      (resource) => !apis.some(({ values }) => isOf(String(values.id), resource)),
    );
    if (stray && apis.length > 0)
      throw new UnsupportedError(stray.address, 'belongs to no REST API of this stack');
    const keyed = ofType('aws_apigatewayv2_api_mapping');
    const account = accountBucket(options.now ?? Date.now);
    const create = (apiId: string) => {
      const resources = options.resources.filter((resource) => isOf(apiId, resource));
      return new RestApi({ ...options, account, resources });
    };
    this.mappings = keyed.map((mapping) => ({
      key: keyOf(mapping),
      domain: text(mapping, 'domain_name'),
      api: create(text(mapping, 'api_id')),
    }));
    this.domains = ofType('aws_api_gateway_domain_name').map((domain) => text(domain, 'domain_name'));
    const [root, other] = apis.filter(
      ({ values }) => !keyed.some((mapping) => mapping.values.api_id === values.id),
    );
    if (root === undefined || other !== undefined) {
      throw new UnsupportedError(
        other?.address ?? 'aws_api_gateway_rest_api',
        'one REST API is emulated beside those with a key',
      );
    }
    this.root = create(text(root, 'id'));
  }

  async handle(request: ApiRequest): Promise<ApiResponse> {
    const [, first = ''] = request.path.split('/', 2);
    const host = request.headers.host?.split(':')[0] ?? '';
    const mapping = this.mappings.find(
      ({ key, domain }) => key === first && (host === domain || !this.domains.includes(host)),
    );
    return (mapping?.api ?? this.root).handle(request);
  }
}

/** What is no API's own is everybody's. */
function isOf(apiId: string, { type, values }: Resource): boolean {
  if (!/^aws_api_?gateway/.test(type)) return true;
  const owner =
    type === 'aws_api_gateway_rest_api' ? values.id : (values.rest_api_id ?? values.api_id ?? apiId);
  return owner === apiId;
}
