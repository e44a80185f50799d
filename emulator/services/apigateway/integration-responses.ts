import { UnsupportedError } from '../../stack/resource';
import type { IntegrationResponse as Definition, MethodResponse } from './api-definition';
import { GatewayError, reasonOf } from './gateway-error';
import type { ApiResponse, BackendResponse } from './http';
import {
  type Environment,
  isContextVariable,
  type RequestContext,
  type ResponseOverride,
} from './velocity/host';
import { fullMatch, textOf } from './velocity/values';
import { compileTemplate, type Template } from './velocity/template';

const HEADER = 'method.response.header.';

/** Turns the backend's answer into the method's. @throws GatewayError where none is for it; what the template throws */
type IntegrationResponses = (
  backend: BackendResponse,
  see: Omit<Environment, 'body' | 'responseOverride'>,
) => ApiResponse;

interface IntegrationResponse {
  readonly address: string;
  readonly status: number;
  /** Undefined: the default. */
  readonly selects: ((status: string) => boolean) | undefined;
  readonly headers: HeaderMapping;
  /** Undefined: the backend's body goes on as it came. */
  readonly template: Template | undefined;
}

/**
 * @param responses the integration's, by the pattern of the statuses that they are for
 * @param methodResponses the method's by status, without which API Gateway takes no integration response
 * @param address the integration's
 * @throws UnsupportedError also where two responses are chosen by one status: which one wins is not documented
 */
export function compileIntegrationResponses(
  responses: Readonly<Record<string, Definition>>,
  methodResponses: Readonly<Record<string, MethodResponse>>,
  address: string,
  stageVariables: readonly string[],
): IntegrationResponses {
  const compiled = Object.entries(responses).map(([pattern, response]) => {
    const at = `${address}.responses["${pattern}"]`;
    checkMethodResponse(response, at, methodResponses);
    return compile(pattern, response, at, stageVariables);
  });
  checkUnambiguous(compiled);
  return (backend, see) => {
    const status = String(backend.status);
    const chosen =
      compiled.find(({ selects }) => selects?.(status)) ??
      compiled.find(({ selects }) => selects === undefined);
    if (chosen === undefined)
      throw new GatewayError('API_CONFIGURATION_ERROR', `no integration response for status ${status}`);
    return respond(chosen, backend, see);
  };
}

function respond(
  chosen: IntegrationResponse,
  backend: BackendResponse,
  see: Parameters<IntegrationResponses>[1],
): ApiResponse {
  const responseOverride: ResponseOverride = { headers: new Map() };
  // API Gateway shows an empty payload to a template as an empty object.
  const environment = { ...see, responseOverride, body: backend.body === '' ? '{}' : backend.body };
  const body = chosen.template?.(environment) ?? backend.body;
  const { status } = responseOverride;
  // Anything but an integer from 100 to 599 is ignored, a string of digits as well.
  const overrides = typeof status === 'number' && Number.isInteger(status) && status >= 100 && status <= 599;
  const overridden = [...responseOverride.headers].map(([name, value]) => [
    name.toLowerCase(),
    textOf(value, `the response header ${name}`),
  ]);
  return {
    status: overrides ? status : chosen.status,
    headers: {
      'content-type': 'application/json',
      ...chosen.headers(see.context),
      ...(Object.fromEntries(overridden) as Record<string, string>),
    },
    body,
  };
}

function compile(
  pattern: string,
  { statusCode, responseParameters = {}, responseTemplates = {} }: Definition,
  address: string,
  stageVariables: readonly string[],
): IntegrationResponse {
  const template = jsonTemplateOf(responseTemplates, address);
  return {
    address,
    status: Number(statusCode),
    selects: pattern === 'default' ? undefined : selectionOf(pattern, address),
    headers: compileHeaders(responseParameters, address, HEADER),
    // An empty template is none.
    template: template
      ? compileTemplate(template, `${address}.responseTemplates["application/json"]`, {
          phase: 'response',
          stageVariables,
        })
      : undefined,
  };
}

function selectionOf(pattern: string, address: string): IntegrationResponse['selects'] {
  try {
    return fullMatch(pattern);
  } catch (error) {
    throw new UnsupportedError(address, reasonOf(error));
  }
}

function checkMethodResponse(
  { statusCode, responseParameters = {} }: Definition,
  address: string,
  methodResponses: Readonly<Record<string, MethodResponse>>,
): void {
  const declared = methodResponses[statusCode];
  if (declared === undefined)
    throw new UnsupportedError(`${address}.statusCode`, `the method has no response ${statusCode}`);
  const names = Object.keys(declared.headers ?? {}).map((name) => `${HEADER}${name}`);
  const missing = Object.keys(responseParameters).find(
    (header) => header.startsWith(HEADER) && !names.includes(header),
  );
  if (missing !== undefined)
    throw new UnsupportedError(
      `${address}.responseParameters["${missing}"]`,
      `the method's response ${statusCode} does not declare it`,
    );
}

function checkUnambiguous(responses: readonly IntegrationResponse[]): void {
  const statuses = Array.from({ length: 500 }, (_, index) => String(index + 100));
  const groups = [
    responses.filter(({ selects }) => selects === undefined),
    ...statuses.map((status) => responses.filter(({ selects }) => selects?.(status))),
  ];
  const [, second] = groups.find(({ length }) => length > 1) ?? [];
  if (second !== undefined)
    throw new UnsupportedError(second.address, 'another response is chosen by the same status');
}

type HeaderMapping = (context: RequestContext) => Readonly<Record<string, string>>;

/** API Gateway keeps or renames these (`x-amzn-Remapped-...`), so that a mapping does not do what it says. */
const RESERVED = new Set(
  ['connection', 'content-encoding', 'content-length', 'date', 'host', 'server', 'te', 'trailer'].concat([
    'transfer-encoding',
    'upgrade',
    'user-agent',
    'via',
    'www-authenticate',
    'x-amzn-requestid',
  ]),
);

/**
 * The headers that `responseParameters` map.
 *
 * @param prefix what the keys begin with, e.g. `method.response.header.`
 * @returns for each request, names in lower case
 * @throws UnsupportedError for mappings other than a static `'value'` or `context.<variable>`
 */
export function compileHeaders(
  parameters: Readonly<Record<string, string>>,
  of: string,
  prefix: string,
): HeaderMapping {
  const headers = Object.entries(parameters).map(([key, value]) => {
    const address = `${of}.responseParameters["${key}"]`;
    if (!key.startsWith(prefix)) throw new UnsupportedError(address, `only ${prefix}<name> is emulated`);
    const name = key.slice(prefix.length).toLowerCase();
    if (RESERVED.has(name))
      throw new UnsupportedError(address, 'API Gateway does not let this header be mapped');
    return [name, compileValue(value, address)] as const;
  });
  return (context) => Object.fromEntries(headers.map(([name, value]) => [name, value(context)]));
}

function compileValue(value: string, address: string): (context: RequestContext) => string {
  const literal = /^'(.*)'$/s.exec(value)?.[1];
  if (literal !== undefined) return () => literal;
  const variable = value.replace(/^context\./, '');
  if (variable === value || !isContextVariable(variable))
    throw new UnsupportedError(
      address,
      `${value} is neither a static 'value' nor a known context.<variable>`,
    );
  return (context) => String(context[variable]);
}

/**
 * The response template. Only JSON ones are emulated: among several, the request's Accept header would choose.
 *
 * @throws UnsupportedError for another content type
 */
export function jsonTemplateOf(
  templates: Readonly<Record<string, string>>,
  address: string,
): string | undefined {
  const other = Object.keys(templates).find((type) => type !== 'application/json');
  if (other !== undefined)
    throw new UnsupportedError(
      `${address}.responseTemplates["${other}"]`,
      'only application/json is emulated',
    );
  return templates['application/json'];
}
