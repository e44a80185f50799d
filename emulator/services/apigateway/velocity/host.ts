import { isContextVariable, type Environment } from './environment';
import { escapeJavaScript } from './escape';
import { jsonPath } from './json-path';
import { TemplateError, kindOf, type Value } from './values';

/** The payload is not JSON, although the template reads it as JSON. */
export class PayloadError extends TemplateError {}

/** A function of `$input` or `$util`: all of them take one argument. */
export type HostFunction = (argument: Value, environment: Environment) => Value;

const onText =
  (transform: (text: string) => Value): HostFunction =>
  (argument) => {
    if (typeof argument !== 'string')
      throw new TemplateError(`$util needs a string, not a ${kindOf(argument)}`);
    return transform(argument);
  };

function parseJson(text: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw new TemplateError('$util.parseJson: the argument is not JSON', { cause: error });
  }
}

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw new TemplateError('$util.urlDecode: the argument is not URL-encoded', { cause: error });
  }
}

const UTIL: Readonly<Record<string, HostFunction>> = {
  base64Decode: onText((text) => Buffer.from(text, 'base64').toString()),
  base64Encode: onText((text) => Buffer.from(text).toString('base64')),
  escapeJavaScript: onText(escapeJavaScript),
  parseJson: onText(parseJson),
  // java.net.URLEncoder writes a space as + and leaves * alone, but escapes !'()~.
  urlEncode: onText((text) =>
    encodeURIComponent(text)
      .replaceAll('%20', '+')
      .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`),
  ),
  urlDecode: onText(urlDecode),
};

export function utilFunction(name: string): HostFunction | undefined {
  return Object.hasOwn(UTIL, name) ? UTIL[name] : undefined;
}

function payload(environment: Environment): Value {
  try {
    return JSON.parse(environment.body) as Value;
  } catch (error) {
    throw new PayloadError('the payload is not JSON', { cause: error });
  }
}

/**
 * `$input.path(...)` and `$input.json(...)` for a literal JSONPath.
 *
 * @throws SyntaxError for a JSONPath that is not acted out
 */
export function inputFunction(name: string, path: string): ((environment: Environment) => Value) | undefined {
  if (name !== 'path' && name !== 'json') return undefined;
  const select = jsonPath(path);
  if (name === 'path') return (environment) => select(payload(environment));
  return (environment) => {
    const value = select(payload(environment));
    if (value === null && path !== '$') throw new TemplateError(`$input.json("${path}") finds nothing`);
    return JSON.stringify(value);
  };
}

/** `$context.a.b` or `$stageVariables.a`, by its dotted name. */
export function hostVariable(
  root: string,
  name: string,
  stageVariables: readonly string[],
): ((environment: Environment) => Value) | undefined {
  if (root === 'context' && isContextVariable(name)) return (environment) => environment.context[name];
  if (root === 'stageVariables' && stageVariables.includes(name))
    return (environment) => environment.stageVariables[name] ?? null;
  return undefined;
}
