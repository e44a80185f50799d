import { type Resource, UnsupportedError } from '../../stack/resource';
import { type Addressed, number, optionalText, text, textMap } from '../../stack/values';
import { GatewayError, reasonOf } from './gateway-error';
import type { ApiResponse, BackendResponse } from './http';
import {
  type Environment,
  isContextVariable,
  type RequestContext,
  type ResponseOverride,
} from './velocity/host';
import { fullMatch } from './velocity/methods';
import { compileTemplate, type Template } from './velocity/template';
import { textOf } from './velocity/values';

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
 * @param responses the method's integration responses
 * @param methodResponses the method's responses, without which API Gateway takes no integration response
 * @throws UnsupportedError also where two responses are chosen by one status: which one wins is not documented
 */
export function compileIntegrationResponses(
  responses: readonly Resource[],
  methodResponses: readonly Resource[],
  stageVariables: readonly string[],
): IntegrationResponses {
  const compiled = responses.map((response) => {
    checkMethodResponse(response, methodResponses);
    return compile(response, stageVariables);
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

function compile(response: Resource, stageVariables: readonly string[]): IntegrationResponse {
  const template = jsonTemplateOf(response, textMap(response, 'response_templates'));
  return {
    address: response.address,
    status: number(response, 'status_code'),
    selects: selectionOf(response),
    headers: compileHeaders(response, 'method.response.header.'),
    // An empty template is none.
    template: template
      ? compileTemplate(template, `${response.address}.response_templates["application/json"]`, {
          phase: 'response',
          stageVariables,
        })
      : undefined,
  };
}

function selectionOf(response: Resource): IntegrationResponse['selects'] {
  const pattern = optionalText(response, 'selection_pattern') ?? '';
  if (pattern === '') return undefined;
  try {
    return fullMatch(pattern);
  } catch (error) {
    throw new UnsupportedError(`${response.address}.selection_pattern`, reasonOf(error));
  }
}

function checkMethodResponse(response: Resource, methodResponses: readonly Resource[]): void {
  const status = text(response, 'status_code');
  const declared = methodResponses.find((methodResponse) => text(methodResponse, 'status_code') === status);
  if (declared === undefined)
    throw new UnsupportedError(`${response.address}.status_code`, `the method has no response ${status}`);
  const headers = textMap(declared, 'response_parameters');
  const missing = Object.keys(textMap(response, 'response_parameters')).find(
    (header) => !(header in headers),
  );
  if (missing !== undefined)
    throw new UnsupportedError(
      `${response.address}.response_parameters["${missing}"]`,
      `${declared.address} does not declare it`,
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
    throw new UnsupportedError(
      `${second.address}.selection_pattern`,
      'another response is chosen by the same status',
    );
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
 * The headers of a resource's `response_parameters`.
 *
 * @param prefix what the keys begin with, e.g. `method.response.header.`
 * @returns for each request, names in lower case
 * @throws UnsupportedError for mappings other than a static `'value'` or `context.<variable>`
 */
export function compileHeaders(resource: Addressed, prefix: string): HeaderMapping {
  const headers = Object.entries(textMap(resource, 'response_parameters')).map(([key, value]) => {
    const address = `${resource.address}.response_parameters["${key}"]`;
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
 * The response template of a resource. Only JSON ones are emulated: among several, the request's Accept header
 * would choose.
 *
 * @throws UnsupportedError for another content type
 */
export function jsonTemplateOf(
  resource: Addressed,
  templates: Readonly<Record<string, string>>,
): string | undefined {
  const other = Object.keys(templates).find((type) => type !== 'application/json');
  if (other !== undefined)
    throw new UnsupportedError(
      `${resource.address}.response_templates["${other}"]`,
      'only application/json is emulated',
    );
  return templates['application/json'];
}
