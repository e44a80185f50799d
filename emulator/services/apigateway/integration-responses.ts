import { UnsupportedError, type Resource } from '../../stack/resource';
import { number, optionalText, text, textMap } from '../../stack/values';
import { GatewayError, reasonOf } from './gateway-error';
import { compileHeaders, type HeaderMapping } from './header-mapping';
import type { ApiResponse, BackendResponse } from './http';
import { jsonTemplateOf } from './json-template';
import type { Environment, ResponseOverride } from './velocity/environment';
import { fullMatch } from './velocity/java-regex';
import { compileTemplate, type Template } from './velocity/template';
import { textOf } from './velocity/values';

/** Turns the backend's answer into the method's. @throws GatewayError where none is for it; what the template throws */
export type IntegrationResponses = (
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
