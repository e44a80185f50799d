import { UnsupportedError, type Resource } from '../../stack/resource';
import { flag, text } from '../../stack/values';
import { compileBackend } from './backend';
import { GatewayError, reasonOf } from './gateway-error';
import { mediaTypeOf, type ApiRequest, type ApiResponse, type ServiceAction } from './http';
import { compileIntegrationRequest } from './integration-request';
import { compileIntegrationResponses } from './integration-responses';
import type { RequestValidation } from './request-validation';
import type { RequestContext } from './velocity/environment';
import { PayloadError } from './velocity/host';
import { TemplateError } from './velocity/values';

/** API Gateway's quota for a payload, in bytes. */
export const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

/** Serves a request from its payload to its response. @throws GatewayError */
export type Method = (request: ApiRequest, context: RequestContext) => Promise<ApiResponse>;

/** What a method is compiled with. */
export interface MethodParts {
  /** A stack's resources of a type that belong to the method. */
  readonly ofMethod: (type: string) => readonly Resource[];
  readonly validation: RequestValidation;
  readonly actions: Readonly<Record<string, ServiceAction>>;
  readonly stageVariables: Readonly<Record<string, string>>;
}

/**
 * @param resource of type `aws_api_gateway_method`
 * @throws UnsupportedError for what is not acted out, or what API Gateway would not deploy
 */
export function compileMethod(
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
    throw new UnsupportedError(`${method.address}.authorization`, `${authorization} is not acted out`);
  if (flag(method, 'api_key_required'))
    throw new UnsupportedError(`${method.address}.api_key_required`, 'API keys are not acted out');
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
