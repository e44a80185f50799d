import { UnsupportedError } from '../../stack/resource';
import { compileIntrinsic } from './intrinsic';
import { StatesError } from './states-error';

/** What a path may refer to. */
export interface Scope {
  /** `$`: the state's input, or a task's result. */
  readonly data: unknown;
  /** `$$`: the context object. */
  readonly context: unknown;
}

/** @throws StatesError */
export type Expression = (scope: Scope) => unknown;

/**
 * Compiles `Parameters` or `ResultSelector`: JSON in which a field `name.$` holds a path or an intrinsic
 * function, whose value becomes that of the field `name`.
 *
 * @throws UnsupportedError naming the field that is not emulated
 */
export function compileTemplate(template: unknown, address: string): Expression {
  if (Array.isArray(template)) {
    const items = template.map((item: unknown, index) => compileTemplate(item, `${address}.${index}`));
    return (scope) => items.map((evaluate) => evaluate(scope));
  }
  if (typeof template !== 'object' || template === null) return () => template;
  const fields = Object.entries(template).map(([key, value]: [string, unknown]) =>
    compileField(key, value, `${address}.${key}`),
  );
  return (scope) => Object.fromEntries(fields.map(([key, evaluate]) => [key, evaluate(scope)]));
}

function compileField(key: string, value: unknown, address: string): [string, Expression] {
  if (!key.endsWith('.$')) return [key, compileTemplate(value, address)];
  if (typeof value !== 'string') throw new UnsupportedError(address, 'want a path or an intrinsic function');
  return [key.slice(0, -2), compileExpression(value, address)];
}

/**
 * @param address where it stands, ending in the field's name
 * @throws UnsupportedError for JSONPath beyond reference paths, and for variables (`$name`)
 */
export function parsePath(text: string, address: string): ReferencePath {
  const path = parseReferencePath(text);
  if (path) return path;
  throw new UnsupportedError(address, `${text} is no reference path: the local run reads no other JSONPath`);
}

/** @throws UnsupportedError as `parsePath` does */
export function compilePath(text: string, address: string): Expression {
  const path = parsePath(text, address);
  return (scope) => {
    const value = lookUp(path, scope);
    if (value !== undefined) return value;
    const input = JSON.stringify(scope.data);
    throw new StatesError(
      'States.Runtime',
      `The JSONPath '${text}' specified for the field '${address.replace(/^.*?\.States\.[^.]*\./, '')}' ` +
        `could not be found in the input '${input}'`,
    );
  };
}

/** @returns undefined if there is nothing at the path */
export function lookUp(path: ReferencePath, { data, context }: Scope): unknown {
  return readPath(path, path.root === '$$' ? context : data);
}

/** A path or an intrinsic function, as a field ending in `.$` holds. */
export function compileExpression(text: string, address: string): Expression {
  return text.startsWith('$')
    ? compilePath(text, address)
    : compileIntrinsic(text, address, (path) => compilePath(path, address));
}

/** Combines a state's raw input with its result. */
type Combine = (input: unknown, result: unknown) => unknown;

/** `ResultPath`: absent or `$`, the result replaces the input; null, it is dropped. */
export function compileResultPath(path: string | null | undefined, address: string): Combine {
  if (path === undefined) return (_input, result) => result;
  if (path === null) return (input) => input;
  const parsed = parsePath(path, address);
  if (parsed.root === '$$') throw new UnsupportedError(address, 'the context object cannot be written');
  return (input, result) => writePath(parsed, input, result);
}

/**
 * A reference path of the Amazon States Language: JSONPath that names one place at most, such as
 * `$.answer.choices[0]['text']`. Wildcards, filters, slices and descents are not among them.
 */
interface ReferencePath {
  readonly text: string;
  /** The state's data, or the context object. */
  readonly root: '$' | '$$';
  readonly segments: readonly (string | number)[];
}

const SEGMENT = /\.([\p{L}\p{N}_-]+)|\['((?:[^'\\]|\\.)*)'\]|\[(\d+)\]/uy;

/** @returns undefined if the text is no reference path */
export function parseReferencePath(text: string): ReferencePath | undefined {
  const root = text.startsWith('$$') ? '$$' : '$';
  if (!text.startsWith(root)) return undefined;
  const segments: (string | number)[] = [];
  let position = root.length;
  while (position < text.length) {
    SEGMENT.lastIndex = position;
    const match = SEGMENT.exec(text);
    if (!match) return undefined;
    const [whole, name, quoted, index] = match;
    segments.push(name ?? quoted?.replace(/\\(.)/gu, '$1') ?? Number(index));
    position += whole.length;
  }
  return { text, root, segments };
}

/** @returns undefined, which JSON does not have, if there is nothing at the path */
export function readPath({ segments }: ReferencePath, data: unknown): unknown {
  return segments.reduce(child, data);
}

function child(parent: unknown, segment: string | number): unknown {
  if (typeof parent !== 'object' || parent === null) return undefined;
  if (Array.isArray(parent) !== (typeof segment === 'number')) return undefined;
  return Object.hasOwn(parent, segment) ? (parent as Record<string | number, unknown>)[segment] : undefined;
}

/**
 * A copy of the data with the value at the path; missing objects on the way are made.
 *
 * @throws StatesError `States.ResultPathMatchFailure` where the path runs into something else
 */
export function writePath(path: ReferencePath, data: unknown, value: unknown): unknown {
  const write = (parent: unknown, [segment, ...rest]: readonly (string | number)[]): unknown => {
    if (segment === undefined) return value;
    if (typeof segment === 'number') {
      if (!Array.isArray(parent) || segment >= parent.length) throw pathMismatch(path, data);
      return parent.map((item: unknown, index) => (index === segment ? write(item, rest) : item));
    }
    const object = parent ?? {};
    if (typeof object !== 'object' || Array.isArray(object) || parent === null)
      throw pathMismatch(path, data);
    // Written entry by entry: a key `__proto__` must stay a key.
    return Object.fromEntries([...Object.entries(object), [segment, write(child(object, segment), rest)]]);
  };
  return write(data, path.segments);
}

function pathMismatch({ text }: ReferencePath, data: unknown): StatesError {
  return new StatesError(
    'States.ResultPathMatchFailure',
    `Unable to apply ReferencePath ${text} to input ${JSON.stringify(data)}`,
  );
}

/** Bytes of UTF-8 JSON; https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const PAYLOAD_LIMIT_BYTES = 262_144;

/** One state's output is the next one's input, and nothing changes it: it is measured once. */
const fitting = new WeakSet<object>();

/**
 * @param what subject of the sentence, e.g. `The input of the state 'Answer'`
 * @throws StatesError `States.DataLimitExceeded`
 */
export function checkPayload(what: string, value: unknown): void {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && fitting.has(value)) return;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > PAYLOAD_LIMIT_BYTES) {
    throw new StatesError(
      'States.DataLimitExceeded',
      `${what} has ${bytes} bytes, more than the service limit of ${PAYLOAD_LIMIT_BYTES}.`,
    );
  }
  if (isObject) fitting.add(value);
}
