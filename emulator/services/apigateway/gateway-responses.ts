import { UnsupportedError, type Resource } from '../../stack/resource';
import { optionalNumber, text, textMap } from '../../stack/values';
import { GATEWAY_ERRORS, OTHER_GATEWAY_RESPONSE_TYPES, type GatewayErrorType } from './gateway-error';
import { compileGatewayTemplate } from './gateway-template';
import { compileHeaders } from './header-mapping';
import type { ApiResponse } from './http';
import { jsonTemplateOf } from './json-template';
import type { RequestContext } from './velocity/environment';

type Render = (type: GatewayErrorType, context: RequestContext) => ApiResponse;

const TYPES: ReadonlySet<string> = new Set([...Object.keys(GATEWAY_ERRORS), ...OTHER_GATEWAY_RESPONSE_TYPES]);

/** API Gateway's own, where no gateway response says otherwise. */
const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/** The bodies, headers and status codes of what API Gateway answers by itself. */
export class GatewayResponses {
  readonly #byType: ReadonlyMap<string, Render>;
  readonly #default: Render;

  /** @param resources those of type `aws_api_gateway_gateway_response` */
  constructor(resources: readonly Resource[], stageVariables: Readonly<Record<string, string>>) {
    this.#byType = new Map(
      resources.map((resource) => [responseType(resource), compile(resource, stageVariables)]),
    );
    this.#default = compile({ address: 'default', values: {} }, stageVariables);
  }

  /** The response of that type, else the DEFAULT_4XX or DEFAULT_5XX, else API Gateway's own. */
  render(type: GatewayErrorType, context: RequestContext): ApiResponse {
    const fallback = GATEWAY_ERRORS[type].status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX';
    const render = this.#byType.get(type) ?? this.#byType.get(fallback) ?? this.#default;
    return render(type, context);
  }
}

function responseType(resource: Resource): string {
  const type = text(resource, 'response_type');
  if (!TYPES.has(type))
    throw new UnsupportedError(`${resource.address}.response_type`, `${type} is not known`);
  return type;
}

function compile(
  resource: Pick<Resource, 'address' | 'values'>,
  stageVariables: Readonly<Record<string, string>>,
): Render {
  const template = compileGatewayTemplate(
    jsonTemplateOf(resource, textMap(resource, 'response_templates')) ?? DEFAULT_TEMPLATE,
    `${resource.address}.response_templates["application/json"]`,
    Object.keys(stageVariables),
  );
  const headers = compileHeaders(resource, 'gatewayresponse.header.');
  const status = optionalNumber(resource, 'status_code');
  return (type, context) => {
    const { status: usual, message } = GATEWAY_ERRORS[type];
    return {
      status: status ?? usual,
      headers: { 'content-type': 'application/json', ...headers(context) },
      body: template({ context, stageVariables, error: { message, responseType: type } }),
    };
  };
}
