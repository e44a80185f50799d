import { UnsupportedError } from '../../stack/resource';
import { textMap, type Addressed } from '../../stack/values';
import { isContextVariable, type RequestContext } from './velocity/environment';

export type HeaderMapping = (context: RequestContext) => Readonly<Record<string, string>>;

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
    if (!key.startsWith(prefix)) throw new UnsupportedError(address, `only ${prefix}<name> is acted out`);
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
