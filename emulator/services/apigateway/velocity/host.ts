import { kindOf, memberOf, TemplateError, type Value } from './values';

/** The `$context` variables emulated; also those of header mappings (`context.requestId`). */
const CONTEXT_VARIABLES = [
  'apiId',
  'extendedRequestId',
  'httpMethod',
  'identity.sourceIp',
  'path',
  'requestId',
  'requestTimeEpoch',
  'resourcePath',
  'stage',
] as const;

type ContextVariable = (typeof CONTEXT_VARIABLES)[number];
export type RequestContext = Readonly<Record<ContextVariable, string | number>> & {
  /** `$context.authorizer.<name>`: what the method's authorizer said; of what it did not say, nothing is printed. */
  readonly authorizer?: Readonly<Record<string, string>>;
  /** What the path has in place of the resource's `{parameters}`. */
  readonly pathParameters?: Readonly<Record<string, string>>;
};

export const isContextVariable = (name: string): name is ContextVariable =>
  (CONTEXT_VARIABLES as readonly string[]).includes(name);

/** `$context.responseOverride`: what a response template sets besides the body. */
export interface ResponseOverride {
  status?: Value;
  readonly headers: Map<string, Value>;
}

/** What a template sees while it is rendered. */
export interface Environment {
  /** `$input.body`: the payload, which API Gateway shows as `{}` where there is none. */
  readonly body: string;
  readonly context: RequestContext;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly responseOverride: ResponseOverride;
}

/** The payload is not JSON, although the template reads it as JSON. */
export class PayloadError extends TemplateError {}

/** A function of `$input` or `$util`: all of them take one argument. */
type HostFunction = (argument: Value, environment: Environment) => Value;

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

/** What a template has read once, for all of its references to it. */
const payloads = new WeakMap<Environment, Value>();

function payload(environment: Environment): Value {
  const known = payloads.get(environment);
  if (known !== undefined) return known;
  try {
    const parsed = JSON.parse(environment.body) as Value;
    payloads.set(environment, parsed);
    return parsed;
  } catch (error) {
    throw new PayloadError('the payload is not JSON', { cause: error });
  }
}

/**
 * `$input.path(...)` and `$input.json(...)` for a literal JSONPath.
 *
 * @throws SyntaxError for a JSONPath that is not emulated
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
  const authorizer = /^authorizer\.(\w+)$/.exec(name)?.[1];
  if (root === 'context' && authorizer !== undefined)
    return ({ context }) => context.authorizer?.[authorizer] ?? '';
  if (root === 'context' && isContextVariable(name)) return (environment) => environment.context[name];
  if (root === 'stageVariables' && stageVariables.includes(name))
    return (environment) => environment.stageVariables[name] ?? null;
  return undefined;
}

const NAMED: Readonly<Record<string, string>> = {
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
};

/**
 * `$util.escapeJavaScript`: Apache Commons' `escapeEcmaScript`. It escapes `'` and so is not JSON until
 * `.replaceAll("\\'", "'")` has taken that back; everything outside U+0020..U+007F becomes `\uXXXX` for each
 * UTF-16 unit.
 */
export function escapeJavaScript(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what it escapes
  return text.replace(/["'\\/\u0000-\u001f]|[\u0080-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return NAMED[unit] ?? `\\u${code}`;
  });
}

const STEP = /^(?:\.(?<name>[A-Za-z_][\w-]*)|\['(?<quoted>[^'\\]+)'\]|\[(?<index>\d+)\])/;

/**
 * A definite JSONPath: `$` followed by `.name`, `['name']` or `[0]`. What it does not find is null.
 *
 * @throws SyntaxError for filters, wildcards, slices and the like, which are not emulated
 */
function jsonPath(path: string): (root: Value) => Value {
  if (!path.startsWith('$')) throw new SyntaxError(`the JSONPath ${path} does not begin with $`);
  const keys: (string | number)[] = [];
  for (let rest = path.slice(1); rest !== '';) {
    const step = STEP.exec(rest);
    if (step === null) throw new SyntaxError(`${rest} in the JSONPath ${path} is not emulated`);
    const { name, quoted, index } = step.groups ?? {};
    keys.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
    rest = rest.slice(step[0].length);
  }
  return (root) => keys.reduce(step, root);
}

function step(value: Value, key: string | number): Value {
  if (typeof key === 'string') return memberOf(value, key);
  return kindOf(value) === 'list' ? ((value as readonly Value[])[key] ?? null) : null;
}
