import { UnsupportedError } from '../../stack/resource';
import type { Addressed } from '../../stack/values';

/**
 * The response template of a resource. Only JSON ones are acted out: among several, the request's Accept header
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
      'only application/json is acted out',
    );
  return templates['application/json'];
}
