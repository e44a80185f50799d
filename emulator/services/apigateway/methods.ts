import { type Resource, UnsupportedError } from '../../stack/resource';
import { flag, text } from '../../stack/values';
import { GatewayError, reasonOf } from './gateway-error';
import { type ApiRequest, type ApiResponse, mediaTypeOf, type ServiceAction } from './http';
import { compileBackend, compileIntegrationRequest } from './integration';
import { compileIntegrationResponses } from './integration-responses';
import { RequestValidation } from './request-validation';
import { resourcePaths, type Route } from './routes';
import { MethodThrottles, type TokenBucket } from './throttle';
import { PayloadError, type RequestContext } from './velocity/host';
import { TemplateError } from './velocity/values';

export interface ThrottledMethod {
  readonly admits: () => boolean;
  readonly serve: Method;
}

const HTTP_METHODS = new Set(['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** What belongs to a method. */
const PARTS = ['integration', 'integration_response', 'method_response'].map(
  (type) => `aws_api_gateway_${type}`,
);

/**
 * The API's resources that have methods, these compiled.
 *
 * @param ofType a stack's resources of a type
 * @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy
 */
export function compileMethods(
  api: Resource,
  ofType: (type: string) => readonly Resource[],
  {
    now,
    account,
    ...parts
  }: Pick<MethodParts, 'actions' | 'stageVariables'> & {
    readonly now: () => number;
    readonly account: TokenBucket;
  },
): readonly Route<ThrottledMethod>[] {
  const paths = resourcePaths(text(api, 'root_resource_id'), ofType('aws_api_gateway_resource'));
  const methods = byKey(ofType('aws_api_gateway_method'), paths);
  const belongings = PARTS.flatMap(ofType).map((resource) => ({ resource, key: keyOf(resource, paths) }));
  const stray = belongings.find(({ key }) => !methods.has(key));
  if (stray !== undefined)
    throw new UnsupportedError(stray.resource.address, `the API has no method ${stray.key}`);
  const validation = new RequestValidation(ofType);
  const throttles = new MethodThrottles(
    ofType('aws_api_gateway_method_settings'),
    [...methods.keys()],
    now,
    account,
  );
  const compiled = [...methods].map(([key, method]) => {
    const ofMethod = (type: string) =>
      belongings
        .filter((part) => part.key === key && part.resource.type === type)
        .map((part) => part.resource);
    return {
      method,
      admits: throttles.of(key),
      serve: compileMethod(method, { ...parts, validation, ofMethod }),
    };
  });
  return [...paths]
    .map(([id, path]) => ({
      path,
      methods: new Map(
        compiled
          .filter(({ method }) => text(method, 'resource_id') === id)
          .map(({ method, ...throttled }) => [text(method, 'http_method'), throttled]),
      ),
    }))
    .filter(({ methods: { size } }) => size > 0);
}

/** `/path/METHOD`, as method settings name it. */
function keyOf(resource: Resource, paths: ReadonlyMap<string, string>): string {
  const path = paths.get(text(resource, 'resource_id'));
  if (path === undefined)
    throw new UnsupportedError(`${resource.address}.resource_id`, 'is no resource of the API');
  const method = text(resource, 'http_method');
  if (!HTTP_METHODS.has(method))
    throw new UnsupportedError(`${resource.address}.http_method`, `${method} is not known`);
  return `${path === '/' ? '' : path}/${method}`;
}

function byKey(
  methods: readonly Resource[],
  paths: ReadonlyMap<string, string>,
): ReadonlyMap<string, Resource> {
  const found = new Map<string, Resource>();
  for (const method of methods) {
    const key = keyOf(method, paths);
    if (found.has(key)) throw new UnsupportedError(method.address, `the API has ${key} already`);
    found.set(key, method);
  }
  if (found.size === 0)
    throw new UnsupportedError('aws_api_gateway_method', 'an API without methods is not deployed');
  return found;
}

/** API Gateway's quota for a payload, in bytes. */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

/** Serves a request from its payload to its response. @throws GatewayError */
type Method = (request: ApiRequest, context: RequestContext) => Promise<ApiResponse>;

/** What a method is compiled with. */
interface MethodParts {
  /** A stack's resources of a type that belong to the method. */
  readonly ofMethod: (type: string) => readonly Resource[];
  readonly validation: RequestValidation;
  readonly actions: Readonly<Record<string, ServiceAction>>;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/**
 * @param resource of type `aws_api_gateway_method`
 * @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy
 */
function compileMethod(
  resource: Resource,
  { ofMethod, validation, actions, stageVariables }: MethodParts,
): Method {
  checkAccess(resource);
  const [integration, ...others] = ofMethod('aws_api_gateway_integration');
  if (integration === undefined || others.length > 0)
    throw new UnsupportedError(
      resource.address,
      `has ${others.length + (integration ? 1 : 0)} integrations, and needs one`,
    );
  const names = Object.keys(stageVariables);
  const validate = validation.of(resource);
  const toBackend = compileIntegrationRequest(integration, names);
  const backend = compileBackend(integration, actions);
  const methodResponses = ofMethod('aws_api_gateway_method_response');
  for (const response of methodResponses) validation.modelsOf(response, 'response_models');
  const fromBackend = compileIntegrationResponses(
    ofMethod('aws_api_gateway_integration_response'),
    methodResponses,
    names,
  );
  return async (request, context) => {
    if (request.body.length > MAX_PAYLOAD_BYTES)
      throw new GatewayError('REQUEST_TOO_LARGE', `the payload exceeds ${MAX_PAYLOAD_BYTES} bytes`);
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

function checkAccess(method: Resource): void {
  const authorization = text(method, 'authorization');
  if (authorization !== 'NONE')
    throw new UnsupportedError(`${method.address}.authorization`, `${authorization} is not emulated`);
  if (flag(method, 'api_key_required'))
    throw new UnsupportedError(`${method.address}.api_key_required`, 'API keys are not emulated');
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
