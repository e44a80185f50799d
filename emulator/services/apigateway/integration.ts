import { untilAborted } from '../../platform/faults/effects';
import { type Span, traced } from '../xray/segment';
import { UnsupportedError } from '../../stack/resource';
import { number } from '../../stack/values';
import type { Integration, MethodDefinition } from './api-definition';
import { GatewayError, reasonOf } from './gateway-error';
import {
  type ApiRequest,
  type ApiResponse,
  type BackendResponse,
  type InvokeWithResponseStream,
  mediaTypeOf,
  type ServiceAction,
} from './http';
import { compileIntegrationResponses } from './integration-responses';
import { compileStreamingProxy } from './streaming-proxy';
import { type Environment, PayloadError } from './velocity/host';
import { compileTemplate, type Template } from './velocity/template';
import { TemplateError } from './velocity/values';

type Integrate = (
  request: ApiRequest,
  see: Pick<Environment, 'context' | 'stageVariables'>,
) => Promise<ApiResponse>;

/** What an integration is compiled with. */
export interface IntegrationParts {
  /** By the end of its URI, e.g. `states:action/StartSyncExecution`. */
  readonly actions: Readonly<Record<string, ServiceAction>>;
  readonly invokeStreaming: InvokeWithResponseStream;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/**
 * What stands behind a method: a proxy, or what templates map.
 *
 * @throws UnsupportedError for what is not emulated, or what API Gateway would not deploy
 */
export function compileIntegration(method: MethodDefinition, parts: IntegrationParts): Integrate {
  const { actions, invokeStreaming, stageVariables } = parts;
  const integration = method.operation['x-amazon-apigateway-integration'];
  if (integration === undefined) throw new UnsupportedError(method.address, 'has no integration');
  const address = `${method.address}["x-amazon-apigateway-integration"]`;
  if (integration.type === 'aws_proxy') return compileStreamingProxy(integration, address, invokeStreaming);
  if (integration.responseTransferMode === 'STREAM')
    throw new UnsupportedError(`${address}.responseTransferMode`, 'API Gateway streams from proxies alone');
  const names = Object.keys(stageVariables);
  const toBackend = compileIntegrationRequest(integration, address, names);
  const backend = compileBackend(integration, address, actions);
  const { responses = {} } = integration;
  const fromBackend = compileIntegrationResponses(
    responses,
    method.operation.responses ?? {},
    address,
    names,
  );
  return async (request, see) => {
    const mediaType = mediaTypeOf(request.headers);
    const body = request.body.toString('utf8');
    // API Gateway shows an empty payload to a template as an empty object.
    const environment = { ...see, body: body === '' ? '{}' : body, responseOverride: { headers: new Map() } };
    const payload = mapped('BAD_REQUEST_BODY', () => toBackend(mediaType, body, environment));
    const response = await backend(payload, request.trace);
    return mapped('API_CONFIGURATION_ERROR', () => fromBackend(response, see));
  };
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

/** The payload for the backend. @throws GatewayError UNSUPPORTED_MEDIA_TYPE; what the template throws */
type IntegrationRequest = (mediaType: string, body: string, environment: Environment) => string;

/** Whether a payload for which no template stands goes on as it came. */
const PASSES: Readonly<Record<string, (templates: number) => boolean>> = {
  never: () => false,
  when_no_match: () => true,
  when_no_templates: (templates) => templates === 0,
};

/** @throws UnsupportedError for templates that are not emulated */
function compileIntegrationRequest(
  { requestTemplates = {}, passthroughBehavior: behavior = 'when_no_match' }: Integration,
  of: string,
  stageVariables: readonly string[],
): IntegrationRequest {
  const templates = new Map<string, Template>(
    Object.entries(requestTemplates).map(([type, template]) => {
      const address = `${of}.requestTemplates["${type}"]`;
      if (!type.includes('/')) throw new UnsupportedError(address, 'is no media type');
      return [type, compileTemplate(template, address, { phase: 'request', stageVariables })];
    }),
  );
  const passes = Object.hasOwn(PASSES, behavior) ? PASSES[behavior] : undefined;
  if (passes === undefined)
    throw new UnsupportedError(`${of}.passthroughBehavior`, `${behavior} is not known`);
  return (mediaType, body, environment) => {
    const template = templates.get(mediaType);
    if (template !== undefined) return template(environment);
    if (passes(templates.size)) return body;
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', 'no template for the media type of the payload');
  };
}

/** API Gateway's range for the timeout of an integration, in milliseconds, and its default. */
const TIMEOUT = { least: 50, most: 29_000 };

/** Sends a payload to what stands behind a method. @throws GatewayError where no answer comes of it */
type Backend = (payload: string, trace?: Span) => Promise<BackendResponse>;

/**
 * @param actions by the end of the integration's URI, e.g. `states:action/StartSyncExecution`
 * @throws UnsupportedError for other integrations than `mock` and `aws` with one of the actions
 */
function compileBackend(
  integration: Integration,
  address: string,
  actions: Readonly<Record<string, ServiceAction>>,
): Backend {
  const { type, credentials, httpMethod, timeoutInMillis: timeout = TIMEOUT.most } = integration;
  const refuse = (key: keyof Integration, what: string): never => {
    throw new UnsupportedError(`${address}.${key}`, what);
  };
  if (timeout < TIMEOUT.least || timeout > TIMEOUT.most)
    return refuse('timeoutInMillis', `API Gateway takes ${TIMEOUT.least} to ${TIMEOUT.most}`);
  if (type === 'mock') return (payload) => Promise.resolve({ status: mockStatus(payload), body: '' });
  if (type !== 'aws') return refuse('type', `${type} is not emulated`);
  if (httpMethod !== 'POST') return refuse('httpMethod', 'a service action is called by POST');
  const action = actionOf(integration, actions);
  if (action === undefined) return refuse('uri', `${String(integration.uri)} is not emulated`);
  if (credentials === undefined) return refuse('credentials', 'a service action needs a role');
  const name = SERVICE_NAMES[integration.uri?.split(':')[4] ?? ''] ?? 'AWS';
  return (body, whole) =>
    traced(
      whole?.within({ name, namespace: 'aws' }),
      (span) =>
        withinTimeout(timeout, (signal) => action({ credentials, body, signal, trace: span?.header })),
      ({ status }) => ({ http: { response: { status } } }),
    );
}

/** As traces name them, by the name in an integration's URI. */
const SERVICE_NAMES: Readonly<Record<string, string>> = { states: 'StepFunctions', dynamodb: 'DynamoDB' };

function actionOf(
  { uri = '' }: Integration,
  actions: Readonly<Record<string, ServiceAction>>,
): ServiceAction | undefined {
  const name = /^arn:aws:apigateway:[a-z0-9-]+:(.+)$/.exec(uri)?.[1] ?? '';
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}

/** A mock answers with the `statusCode` that its request template says. */
function mockStatus(payload: string): number {
  try {
    return number(
      { address: 'the request template', values: JSON.parse(payload) as Record<string, unknown> },
      'statusCode',
    );
  } catch (error) {
    throw new GatewayError('API_CONFIGURATION_ERROR', `mock integration: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

async function withinTimeout(
  milliseconds: number,
  call: (signal: AbortSignal) => Promise<BackendResponse>,
): Promise<BackendResponse> {
  const deadline = new AbortController();
  const timer = setTimeout(() => {
    deadline.abort(new GatewayError('INTEGRATION_TIMEOUT', `no answer within ${milliseconds} ms`));
  }, milliseconds);
  try {
    return await untilAborted(call(deadline.signal), deadline.signal);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('INTEGRATION_FAILURE', reasonOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
