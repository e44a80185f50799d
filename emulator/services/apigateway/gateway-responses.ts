import { UnsupportedError } from '../../stack/resource';
import type { ApiDefinition, GatewayResponse } from './api-definition';
import { GATEWAY_ERRORS, type GatewayErrorType, OTHER_GATEWAY_RESPONSE_TYPES } from './gateway-error';
import type { ApiResponse } from './http';
import { compileHeaders, jsonTemplateOf } from './integration-responses';
import { isContextVariable, type RequestContext } from './velocity/host';

type Render = (type: GatewayErrorType, context: RequestContext) => ApiResponse;

const EXTENSION = 'x-amazon-apigateway-gateway-responses';

const TYPES: ReadonlySet<string> = new Set([...Object.keys(GATEWAY_ERRORS), ...OTHER_GATEWAY_RESPONSE_TYPES]);

/** API Gateway's own, where no gateway response says otherwise. */
const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** The bodies, headers and status codes of what API Gateway answers by itself. */
export class GatewayResponses {
  readonly #byType: ReadonlyMap<string, Render>;
  readonly #default: Render;

  constructor({ address, document }: ApiDefinition, stageVariables: Readonly<Record<string, string>>) {
    const responses = Object.entries(document[EXTENSION] ?? {});
    this.#byType = new Map(
      responses.map(([type, response]) => {
        const at = `${address}.${EXTENSION}.${type}`;
        if (!TYPES.has(type)) throw new UnsupportedError(at, `${type} is not known`);
        return [type, compile(response, at, stageVariables)];
      }),
    );
    this.#default = compile({}, 'default', stageVariables);
  }

  /** The response of that type, else the DEFAULT_4XX or DEFAULT_5XX, else API Gateway's own. */
  render(type: GatewayErrorType, context: RequestContext): ApiResponse {
    const fallback = GATEWAY_ERRORS[type].status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
    const render = this.#byType.get(type) ?? this.#byType.get(fallback) ?? this.#default;
    return render(type, context);
  }
}

function compile(
  { statusCode, responseParameters = {}, responseTemplates = {} }: GatewayResponse,
  address: string,
  stageVariables: Readonly<Record<string, string>>,
): Render {
  const template = compileGatewayTemplate(
    jsonTemplateOf(responseTemplates, address) ?? DEFAULT_TEMPLATE,
    `${address}.responseTemplates["application/json"]`,
    Object.keys(stageVariables),
  );
  const headers = compileHeaders(responseParameters, address, 'gatewayresponse.header.');
  return (type, context) => {
    const { status: usual, message, errorType } = GATEWAY_ERRORS[type];
    return {
      status: statusCode === undefined ? usual : Number(statusCode),
      headers: { 'content-type': 'application/json', 'x-amzn-errortype': errorType, ...headers(context) },
      body: template({ context, stageVariables, error: { message, responseType: type } }),
    };
  };
}

/** What a gateway response's template sees. */
interface GatewayResponseContext {
  readonly context: RequestContext;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly error: { readonly message: string; readonly responseType: string };
}

type Variable = (see: GatewayResponseContext) => string;

const REFERENCE = /\$(\w+)((?:\.[A-Za-z]\w*)*)/g;

const ERROR_VARIABLES: ReadonlyMap<string, Variable> = new Map<string, Variable>([
  ['error.message', ({ error }) => error.message],
  ['error.messageString', ({ error }) => JSON.stringify(error.message)],
  ['error.responseType', ({ error }) => error.responseType],
]);

/**
 * A gateway response's template: API Gateway replaces its variables, and runs no Velocity on it.
 *
 * @throws UnsupportedError for directives, functions and unknown variables
 */
function compileGatewayTemplate(text: string, address: string, stageVariables: readonly string[]): Variable {
  const refuse = (what: string): never => {
    throw new UnsupportedError(
      address,
      `${what}: gateway responses take plain $context and $stageVariables only`,
    );
  };
  if (/#\{?[a-z]|#[*#[]/.test(text)) refuse('a directive');
  const parts: Variable[] = [];
  let end = 0;
  for (const match of text.matchAll(REFERENCE)) {
    const [reference, root, path = ''] = match;
    parts.push(literal(text.slice(end, match.index)));
    end = match.index + reference.length;
    const call = text.startsWith('(', end);
    parts.push((call ? undefined : variable(root, path.slice(1), stageVariables)) ?? refuse(reference));
  }
  const tail = text.slice(end);
  if (text.replaceAll(REFERENCE, '').includes('$')) refuse('a stray $');
  return (see) => [...parts, literal(tail)].map((part) => part(see)).join('');
}

const literal =
  (text: string): Variable =>
  () =>
    text;

function variable(
  root: string | undefined,
  name: string,
  stageVariables: readonly string[],
): Variable | undefined {
  if (root === 'stageVariables' && stageVariables.includes(name))
    return (see) => see.stageVariables[name] ?? '';
  if (root !== 'context') return undefined;
  return isContextVariable(name) ? ({ context }) => String(context[name]) : ERROR_VARIABLES.get(name);
}
