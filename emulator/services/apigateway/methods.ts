import { UnsupportedError, type Resource } from '../../stack/resource';
import { text } from '../../stack/values';
import { compileMethod, type Method, type MethodParts } from './method';
import { MethodThrottles } from './method-throttles';
import { RequestValidation } from './request-validation';
import { resourcePaths, type Route } from './routes';

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
 * @throws UnsupportedError for what is not acted out, or what API Gateway would not deploy
 */
export function compileMethods(
  api: Resource,
  ofType: (type: string) => readonly Resource[],
  { now, ...parts }: Pick<MethodParts, 'actions' | 'stageVariables'> & { readonly now: () => number },
): readonly Route<ThrottledMethod>[] {
  const paths = resourcePaths(text(api, 'root_resource_id'), ofType('aws_api_gateway_resource'));
  const methods = byKey(ofType('aws_api_gateway_method'), paths);
  const belongings = PARTS.flatMap(ofType).map((resource) => ({ resource, key: keyOf(resource, paths) }));
  const stray = belongings.find(({ key }) => !methods.has(key));
  if (stray !== undefined)
    throw new UnsupportedError(stray.resource.address, `the API has no method ${stray.key}`);
  const validation = new RequestValidation(ofType);
  const throttles = new MethodThrottles(ofType('aws_api_gateway_method_settings'), [...methods.keys()], now);
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
