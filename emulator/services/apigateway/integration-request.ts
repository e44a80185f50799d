import { UnsupportedError, type Resource } from '../../stack/resource';
import { optionalText, textMap } from '../../stack/values';
import { GatewayError } from './gateway-error';
import type { Environment } from './velocity/environment';
import { compileTemplate, type Template } from './velocity/template';

/** The payload for the backend. @throws GatewayError UNSUPPORTED_MEDIA_TYPE; what the template throws */
export type IntegrationRequest = (mediaType: string, body: string, environment: Environment) => string;

/** Whether a payload for which no template stands goes on as it came. */
const PASSES: Readonly<Record<string, (templates: number) => boolean>> = {
  NEVER: () => false,
  WHEN_NO_MATCH: () => true,
  WHEN_NO_TEMPLATES: (templates) => templates === 0,
};

/** @throws UnsupportedError for templates that are not acted out */
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
    throw new GatewayError('UNSUPPORTED_MEDIA_TYPE', `no template for ${mediaType}`);
  };
}
