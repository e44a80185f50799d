import Ajv from 'ajv-draft-04';
import { type Resource, UnsupportedError } from '../../stack/resource';
import type { ApiDefinition, Content, MethodDefinition } from './api-definition';
import type { Authorize } from './authorizer';
import { GatewayError, reasonOf } from './gateway-error';
import { type ApiRequest, type ApiResponse, mediaTypeOf } from './http';
import { compileIntegration, type IntegrationParts } from './integration';
import { MethodThrottles, type TokenBucket, type UsagePlans } from './throttle';
import type { RequestContext } from './velocity/host';

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

/** Serves a request from its payload to its response. @throws GatewayError */
type Method = (request: ApiRequest, context: RequestContext) => Promise<ApiResponse>;

/** What a method is compiled with. */
interface MethodParts extends IntegrationParts {
  readonly validation: RequestValidation;
  /** By the name of their security scheme. */
  readonly authorizers: ReadonlyMap<string, Authorize>;
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
    const authorized = await authorize?.(request, asked);
    const context = authorized ? { ...asked, authorizer: authorized.said } : asked;
    if (needsKey) usagePlans.admit(request, authorized?.usageIdentifierKey);
    validate(mediaTypeOf(request.headers), request.body.toString('utf8'));
    return integrate(request, { context, stageVariables });
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

/** A resource of the API that has methods. */
export interface Route<Method> {
  /** E.g. `/` or `/orders/{proxy+}`. */
  readonly path: string;
  /** By HTTP method, `ANY` among them. */
  readonly methods: ReadonlyMap<string, Method>;
}

/**
 * The method for a request: static parts of a path go before `{parameters}`, these before `{proxy+}`, and a
 * method by name before ANY. API Gateway ignores one slash at the end.
 */
export function matchRoute<Method>(
  routes: readonly Route<Method>[],
  path: string,
  httpMethod: string,
):
  | {
      readonly path: string;
      readonly parameters: Readonly<Record<string, string>>;
      readonly method: Method;
    }
  | undefined {
  const segments = path.slice(1).replace(/\/$/, '').split('/').map(decode);
  const [best] = routes
    .map((route) => ({ route, rank: rankOf(partsOf(route.path), segments) }))
    .filter((candidate): candidate is { route: Route<Method>; rank: string } => candidate.rank !== undefined)
    .sort((left, right) => (left.rank < right.rank ? -1 : 1));
  const method = best?.route.methods.get(httpMethod) ?? best?.route.methods.get('ANY');
  return (
    best && method && { path: best.route.path, parameters: parametersOf(best.route.path, segments), method }
  );
}

const partsOf = (path: string): readonly string[] => path.slice(1).split('/');

const parametersOf = (path: string, segments: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    partsOf(path).flatMap((part, index) => {
      const [, name, greedy] = /^\{([^+}]+)(\+?)\}$/.exec(part) ?? [];
      if (name === undefined) return [];
      return [[name, greedy === '+' ? segments.slice(index).join('/') : (segments[index] ?? '')]];
    }),
  );

/** How a path matches, the better the smaller: one letter for each part; undefined if it does not. */
function rankOf(parts: readonly string[], segments: readonly string[]): string | undefined {
  const greedy = parts.at(-1)?.endsWith('+}') === true;
  if (greedy ? segments.length < parts.length : segments.length !== parts.length) return undefined;
  const ranks = parts.map((part, index) => {
    const segment = segments[index];
    if (!part.startsWith('{')) return part === segment ? 'a' : undefined;
    if (segment === '') return undefined;
    return part.endsWith('+}') ? 'c' : 'b';
  });
  return ranks.includes(undefined) ? undefined : ranks.join('');
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** A quota of API Gateway: the size of a model, in bytes. */
const MAX_MODEL_BYTES = 400 * 1024;

/** Checks a payload of some media type. @throws GatewayError BAD_REQUEST_BODY */
type BodyValidator = (mediaType: string, body: string) => void;

type Check = (payload: unknown) => string | undefined;

/** Every REST API is born with these models. */
const BUILT_IN = {
  Empty: {},
  Error: { type: 'object', properties: { message: { type: 'string' } } },
};

const REFERENCE = '#/components/schemas/';

/** The API's models and request validators. */
class RequestValidation {
  readonly #models: ReadonlyMap<string, Check>;
  readonly #validators: Readonly<Record<string, { readonly validateRequestBody: boolean }>>;

  constructor({ address, document }: ApiDefinition) {
    const models = Object.entries(document.components?.schemas ?? {});
    this.#models = new Map([
      ...Object.entries(BUILT_IN).map(([name, schema]) => [name, compileSchema(schema, name)] as const),
      ...models.map(
        ([name, schema]) => [name, compileModel(schema, `${address}.components.schemas.${name}`)] as const,
      ),
    ]);
    this.#validators = document['x-amazon-apigateway-request-validators'] ?? {};
  }

  /**
   * @param content of a request's body, or of a response
   * @param address where it stands
   * @throws UnsupportedError for a model that the API does not have
   */
  modelsOf(content: Content, address: string): ReadonlyMap<string, Check> {
    return new Map(
      Object.entries(content).map(([type, { schema }]) => {
        const name = schema.$ref.startsWith(REFERENCE) ? schema.$ref.slice(REFERENCE.length) : '';
        const check = this.#models.get(name);
        return [
          type,
          check ?? refuse(`${address}["${type}"].schema.$ref`, `there is no model ${schema.$ref}`),
        ];
      }),
    );
  }

  /** A payload of a media type without a model passes, as do all payloads of a method without a validator. */
  of({ address, operation }: MethodDefinition): BodyValidator {
    const models = this.modelsOf(operation.requestBody?.content ?? {}, `${address}.requestBody.content`);
    const name = operation['x-amazon-apigateway-request-validator'];
    if (name === undefined) return () => undefined;
    if (!Object.hasOwn(this.#validators, name))
      return refuse(`${address}.x-amazon-apigateway-request-validator`, 'is no validator of this API');
    const validates = this.#validators[name]?.validateRequestBody;
    return (mediaType, body) => {
      const check = validates ? models.get(mediaType) : undefined;
      const fault = check?.(parse(body));
      if (fault !== undefined) throw new GatewayError('BAD_REQUEST_BODY', fault);
    };
  }
}

function compileModel(schema: object, address: string): Check {
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_MODEL_BYTES)
    return refuse(address, `API Gateway takes ${MAX_MODEL_BYTES} bytes at most`);
  return compileSchema(schema, address);
}

/** Each takes a tenth of a second, in which nobody is answered; both regions, and each deployment, have the same. */
const compiled = new Map<string, Check>();

function compileSchema(schema: object, address: string): Check {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const ajv = new Ajv({ strictSchema: true, strictTypes: false, strictRequired: false });
  try {
    const validate = ajv.compile(schema);
    const check: Check = (payload) => (validate(payload) ? undefined : ajv.errorsText(validate.errors));
    compiled.set(text, check);
    return check;
  } catch (error) {
    return refuse(address, `is no JSON Schema draft-04 as API Gateway takes it: ${reasonOf(error)}`);
  }
}

/** The parser's own message quotes the text, which is the caller's. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new GatewayError('BAD_REQUEST_BODY', 'the payload is not JSON');
  }
}

function refuse(address: string, what: string): never {
  throw new UnsupportedError(address, what);
}
