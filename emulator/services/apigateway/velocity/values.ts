import type { Environment } from './host';

/** A value of a mapping template: what JSON can carry. `null` is Velocity's undefined reference as well. */
export type Value = null | string | number | boolean | readonly Value[] | { readonly [key: string]: Value };

/** A mapping template failed while it ran: API Gateway answers API_CONFIGURATION_ERROR. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

type Kind = 'null' | 'string' | 'number' | 'boolean' | 'list' | 'map';

export function kindOf(value: Value): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'map' : (typeof value as 'string' | 'number' | 'boolean');
}

/** The member of a map, `null` where there is none (and on anything that is no map, as in Velocity). */
export function memberOf(value: Value, key: string): Value {
  if (kindOf(value) !== 'map') return null;
  return Object.hasOwn(value as object, key) ? ((value as Record<string, Value>)[key] ?? null) : null;
}

/**
 * The text of a value as Java prints it.
 *
 * @throws TemplateError for null (Velocity prints the reference's source text), for maps and lists (Java prints
 *   `{a=b}`, which is not JSON) and for numbers that Java and JavaScript write differently
 */
export function textOf(value: Value, source: string): string {
  if (value === null) throw new TemplateError(`${source} is null: test it first, or write $!`);
  if (typeof value === 'object')
    throw new TemplateError(
      `${source} is a ${kindOf(value)}, which prints as Java's toString(), not as JSON`,
    );
  if (typeof value !== 'number') return String(value);
  const text = String(value);
  const plain = Number.isInteger(value) ? Number.isSafeInteger(value) : /^-?\d+\.\d+$/.test(text);
  if (!plain) throw new TemplateError(`${source} is ${text}, a number that Java writes differently`);
  return text;
}

/**
 * Whether a condition holds. Velocity 1.x takes an empty string, 0 and an empty collection as true, 2.x as false,
 * and AWS does not say which it runs: a template must not depend on it.
 *
 * @throws TemplateError where the two disagree
 */
export function truthOf(value: Value, source: string): boolean {
  if (value === null || typeof value === 'boolean') return value === true;
  const empty = value === '' || value === 0 || (typeof value === 'object' && Object.keys(value).length === 0);
  if (empty)
    throw new TemplateError(`${source} is empty or 0: compare it, Velocity's versions disagree on its truth`);
  return true;
}

/** One rendering: the variables set so far and what the template sees of the request. */
export interface Scope {
  readonly variables: Map<string, Value>;
  readonly environment: Environment;
}

export type Evaluate = (scope: Scope) => Value;
export type Render = (scope: Scope) => string;

/** Where a template stands: what it may name and how it refuses the rest. */
export interface Site {
  readonly stageVariables: readonly string[];
  /** Response templates alone may set `$context.responseOverride`. */
  readonly phase: 'request' | 'response';
  readonly refuse: (what: string) => never;
}

/** A Java method on a value. `regex` says that its first argument is a pattern and has to be a literal. */
interface Method {
  /** The numbers of arguments it takes. */
  readonly arity: readonly number[];
  readonly regex?: true;
  readonly call: (receiver: Value, args: readonly Value[]) => Value;
}

const text = (value: Value | undefined): string => {
  if (typeof value !== 'string')
    throw new TemplateError(`a ${kindOf(value ?? null)} stands where a string is needed`);
  return value;
};

function substring(receiver: string, from: Value | undefined, to: Value = receiver.length): string {
  const inside =
    typeof from === 'number' && typeof to === 'number' && 0 <= from && from <= to && to <= receiver.length;
  if (!inside) throw new TemplateError(`substring() is out of range of ${receiver.length} characters`);
  return receiver.slice(from, to);
}

/** `$1` and `\` have a meaning in Java's replacement. */
function plainReplacement(value: Value | undefined): string {
  const replacement = text(value);
  if (/[\\$]/.test(replacement))
    throw new TemplateError(`the replacement ${replacement} is not emulated: it has \\ or $`);
  return replacement;
}

const STRING: Readonly<Record<string, Method>> = {
  contains: { arity: [1], call: (s, [part]) => text(s).includes(text(part)) },
  endsWith: { arity: [1], call: (s, [part]) => text(s).endsWith(text(part)) },
  equals: { arity: [1], call: (s, [other]) => s === other },
  isEmpty: { arity: [0], call: (s) => s === '' },
  length: { arity: [0], call: (s) => text(s).length },
  matches: { arity: [1], regex: true, call: (s, [pattern]) => fullMatch(text(pattern))(text(s)) },
  replace: { arity: [2], call: (s, [from, to]) => text(s).split(text(from)).join(text(to)) },
  replaceAll: {
    arity: [2],
    regex: true,
    call: (s, [pattern, to]) => {
      const replacement = plainReplacement(to);
      return text(s).replace(javaRegex(text(pattern), 'g'), () => replacement);
    },
  },
  startsWith: { arity: [1], call: (s, [part]) => text(s).startsWith(text(part)) },
  substring: { arity: [1, 2], call: (s, [from, to]) => substring(text(s), from, to) },
  toString: { arity: [0], call: (s) => s },
};

const LIST: Readonly<Record<string, Method>> = {
  get: { arity: [1], call: (list, [index]) => elementOf(list as readonly Value[], index) },
  isEmpty: { arity: [0], call: (list) => (list as readonly Value[]).length === 0 },
  size: { arity: [0], call: (list) => (list as readonly Value[]).length },
};

const MAP: Readonly<Record<string, Method>> = {
  containsKey: { arity: [1], call: (map, [key]) => Object.hasOwn(map as Record<string, Value>, text(key)) },
  get: { arity: [1], call: (map, [key]) => memberOf(map, text(key)) },
  isEmpty: { arity: [0], call: (map) => Object.keys(map as object).length === 0 },
  size: { arity: [0], call: (map) => Object.keys(map as object).length },
};

const NUMBER: Readonly<Record<string, Method>> = {
  toString: { arity: [0], call: (value: Value) => textOf(value, 'toString()') },
};

const METHODS: Readonly<Partial<Record<Kind, Readonly<Record<string, Method>>>>> = {
  string: STRING,
  list: LIST,
  map: MAP,
  number: NUMBER,
};

function find(methods: Readonly<Record<string, Method>>, name: string, count: number): Method | undefined {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  return method?.arity.includes(count) === true ? method : undefined;
}

/** Java's `List.get`, which throws beyond the end. */
function elementOf(list: readonly Value[], index: Value | undefined): Value {
  const element = typeof index === 'number' ? list[index] : undefined;
  if (element === undefined) throw new TemplateError(`get() is out of range of ${list.length} elements`);
  return element;
}

/** Every method of that name and number of arguments, whatever it is called on; none: it is not emulated. */
export function methodsNamed(name: string, count: number): readonly Method[] {
  return Object.values(METHODS)
    .map((methods) => find(methods, name, count))
    .filter((method) => method !== undefined);
}

/**
 * Calls a method; on null it gives null, as in Velocity.
 *
 * @throws TemplateError where the value has no such method (Velocity would print the source text)
 */
export function callMethod(receiver: Value, name: string, args: readonly Value[]): Value {
  if (receiver === null) return null;
  const kind = kindOf(receiver);
  const method = find(METHODS[kind] ?? {}, name, args.length);
  if (method === undefined)
    throw new TemplateError(`a ${kind} has no method ${name} of ${args.length} arguments`);
  return method.call(receiver, args);
}

/** The parts of a regular expression that mean the same in java.util.regex and in JavaScript's `u` mode. */
const TOKENS: readonly (readonly [pattern: RegExp, translate: (token: string) => string])[] = [
  [/^\\[dDwW]/, (token) => token],
  [/^\\[^A-Za-z0-9\s]/, (token) => literal(token.slice(1))],
  [/^\[\^?/, (token) => token],
  [/^\]/, (token) => token],
  // Java's line terminators for `.` are JavaScript's and U+0085.
  [/^\./, () => String.raw`[^\n\r\u0085\u2028\u2029]`],
  [/^\((?:\?[:=!])?/, (token) => token],
  [/^(?:[)|^]|[*+?]\??|\{\d+(?:,\d*)?\}\??)/, (token) => token],
  [/^[^\\[\](){}.*+?|^$]/u, literal],
];
/** Inside a character class there are no operators, and Java alone knows `&&` and nested classes. */
const CLASS_TOKENS: typeof TOKENS = [
  [/^\\[dDwW]/, (token) => token],
  [/^\\[^A-Za-z0-9\s]/, (token) => literal(token.slice(1))],
  [/^\]/, (token) => token],
  [/^-/, (token) => token],
  [/^[^\\[\]&^]/u, literal],
];

function literal(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

/** Templates name their patterns as literals: there are as many as the stack has. */
const translated = new Map<string, RegExp>();

/**
 * A Java regular expression as a JavaScript one (flag `u`, since Java counts code points).
 *
 * @throws SyntaxError with the first part that the two languages might read differently
 */
export function javaRegex(pattern: string, flags: '' | 'g' = ''): RegExp {
  const key = `${flags}/${pattern}`;
  const known = translated.get(key);
  if (known !== undefined) return known;
  let source = '';
  let inClass = false;
  for (let rest = pattern; rest !== '';) {
    const found = match(rest, inClass ? CLASS_TOKENS : TOKENS);
    if (found === undefined)
      throw new SyntaxError(`${rest} in the Java pattern ${pattern} is not translated`);
    source += found.source;
    if (found.token.startsWith('[')) inClass = true;
    if (found.token === ']') inClass = false;
    rest = rest.slice(found.token.length);
  }
  const regex = new RegExp(source, `u${flags}`);
  translated.set(key, regex);
  return regex;
}

/** Like Java's `String.matches`: the whole text, not a part of it. */
export function fullMatch(pattern: string): (text: string) => boolean {
  const regex = new RegExp(`^(?:${javaRegex(pattern).source})$`, 'u');
  return (text) => regex.test(text);
}

function match(rest: string, tokens: typeof TOKENS): { token: string; source: string } | undefined {
  for (const [pattern, translate] of tokens) {
    const token = pattern.exec(rest)?.[0];
    if (token !== undefined) return { token, source: translate(token) };
  }
  return undefined;
}
