import { type Resource, UnsupportedError } from '../../stack/resource';
import { number, optionalNumber, optionalText, text, textMap } from '../../stack/values';
import { GatewayError, reasonOf } from './gateway-error';
import type { BackendResponse, ServiceAction } from './http';
import type { Environment } from './velocity/host';
import { compileTemplate, type Template } from './velocity/template';

/** The payload for the backend. @throws GatewayError UNSUPPORTED_MEDIA_TYPE; what the template throws */
type IntegrationRequest = (mediaType: string, body: string, environment: Environment) => string;

/** Whether a payload for which no template stands goes on as it came. */
const PASSES: Readonly<Record<string, (templates: number) => boolean>> = {
  NEVER: () => false,
  WHEN_NO_MATCH: () => true,
  WHEN_NO_TEMPLATES: (templates) => templates === 0,
};

/** @throws UnsupportedError for templates that are not emulated */
export function compileIntegrationRequest(
  integration: Resource,
  stageVariables: readonly string[],
): IntegrationRequest {
  const templates = new Map<string, Template>(
    Object.entries(textMap(integration, 'request_templates')).map(([type, template]) => {
      const address = `${integration.address}.request_templates["${type}"]`;
      if (!type.includes('/')) throw new UnsupportedError(address, 'is no media type');
      return [type, compileTemplate(template, address, { phase: 'request', stageVariables })];
    }),
  );
  const behavior = optionalText(integration, 'passthrough_behavior') ?? 'WHEN_NO_MATCH';
  const passes = Object.hasOwn(PASSES, behavior) ? PASSES[behavior] : undefined;
  if (passes === undefined)
    throw new UnsupportedError(`${integration.address}.passthrough_behavior`, `${behavior} is not known`);
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
type Backend = (payload: string) => Promise<BackendResponse>;

/**
 * @param actions by the end of the integration's URI, e.g. `states:action/StartSyncExecution`
 * @throws UnsupportedError for other integrations than `MOCK` and `AWS` with one of the actions
 */
export function compileBackend(
  integration: Resource,
  actions: Readonly<Record<string, ServiceAction>>,
): Backend {
  const type = text(integration, 'type');
  const timeout = timeoutOf(integration);
  if (type === 'MOCK') return (payload) => Promise.resolve({ status: mockStatus(payload), body: '' });
  if (type !== 'AWS') throw new UnsupportedError(`${integration.address}.type`, `${type} is not emulated`);
  if (text(integration, 'integration_http_method') !== 'POST')
    throw new UnsupportedError(
      `${integration.address}.integration_http_method`,
      'a service action is called by POST',
    );
  const action = actionOf(integration, actions);
  const credentials = optionalText(integration, 'credentials');
  if (credentials === undefined)
    throw new UnsupportedError(`${integration.address}.credentials`, 'a service action needs a role');
  return (body) => withinTimeout(timeout, (signal) => action({ credentials, body, signal }));
}

function timeoutOf(integration: Resource): number {
  const timeout = optionalNumber(integration, 'timeout_milliseconds') ?? TIMEOUT.most;
  if (timeout < TIMEOUT.least || timeout > TIMEOUT.most)
    throw new UnsupportedError(
      `${integration.address}.timeout_milliseconds`,
      `API Gateway takes ${TIMEOUT.least} to ${TIMEOUT.most}`,
    );
  return timeout;
}

function actionOf(integration: Resource, actions: Readonly<Record<string, ServiceAction>>): ServiceAction {
  const uri = text(integration, 'uri');
  const name = /^arn:aws:apigateway:[a-z0-9-]+:(.+)$/.exec(uri)?.[1] ?? '';
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (action === undefined)
    throw new UnsupportedError(`${integration.address}.uri`, `${uri} is not emulated`);
  return action;
}

/** A mock answers with the `statusCode` that its request template says. */
function mockStatus(payload: string): number {
  try {
    return number(
      { address: 'the request template', values: JSON.parse(payload) as Resource['values'] },
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
  const { promise: timedOut, reject } = rejectable();
  const timer = setTimeout(() => {
    const error = new GatewayError('INTEGRATION_TIMEOUT', `no answer within ${milliseconds} ms`);
    deadline.abort(error);
    reject(error);
  }, milliseconds);
  try {
    return await Promise.race([timedOut, call(deadline.signal)]);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    throw new GatewayError('INTEGRATION_FAILURE', reasonOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function rejectable(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise;
  });
  return { promise, reject };
}
