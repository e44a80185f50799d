import { UnsupportedError } from '../../../stack/resource';
import { compileStatements } from './directives';
import type { Environment } from './environment';
import type { Site } from './scope';
import { parseTemplate } from './syntax';

/** A quota of API Gateway: the size of a mapping template, in bytes. */
const MAX_TEMPLATE_BYTES = 300 * 1024;

/**
 * A compiled mapping template.
 *
 * @throws TemplateError (at rendering) where Velocity fails, or would print what is no JSON
 */
export type Template = (environment: Environment) => string;

/**
 * Compiles a mapping template in the Velocity Template Language: everything it names is checked here, so that
 * nothing it asks for is silently left out of a response. White space around directives is not acted out to the
 * letter (Velocity's versions differ in it): a template must not put any inside a JSON string.
 *
 * @param address where the template stands: state address and argument
 * @throws UnsupportedError for what the local run does not act out
 */
export function compileTemplate(text: string, address: string, site: Omit<Site, 'refuse'>): Template {
  const refuse = (what: string): never => {
    throw new UnsupportedError(address, what);
  };
  if (Buffer.byteLength(text) > MAX_TEMPLATE_BYTES)
    refuse(`API Gateway takes ${MAX_TEMPLATE_BYTES} bytes at most`);
  try {
    const render = compileStatements(parseTemplate(text), { ...site, refuse });
    return (environment) => render({ environment, variables: new Map() });
  } catch (error) {
    if (error instanceof SyntaxError) refuse(error.message);
    throw error;
  }
}
