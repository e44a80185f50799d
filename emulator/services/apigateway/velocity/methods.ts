import { javaRegex, fullMatch } from './java-regex';
import { kindOf, memberOf, TemplateError, textOf, type Kind, type Value } from './values';

/** A Java method on a value. `regex` says that its first argument is a pattern and has to be a literal. */
export interface Method {
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
