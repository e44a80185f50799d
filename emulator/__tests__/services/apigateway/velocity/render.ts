import { compileTemplate } from '../../../../services/apigateway/velocity/template';
import type { Value } from '../../../../services/apigateway/velocity/values';

/** Renders a response template that sees a payload, one request and one stage variable. */
export function render(template: string, body = '{}'): string {
  return compileTemplate(template, 'x', { phase: 'response', stageVariables: ['tone'] })({
    body,
    context: {
      apiId: 'api',
      httpMethod: 'POST',
      'identity.sourceIp': '127.0.0.1',
      path: '/v1/x',
      requestId: 'request-1',
      extendedRequestId: 'extended-1',
      requestTimeEpoch: 5,
      resourcePath: '/x',
      stage: 'v1',
    },
    stageVariables: { tone: 'calm' },
    responseOverride: { headers: new Map<string, Value>() },
  });
}
