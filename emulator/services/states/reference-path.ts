import { StatesError } from './states-error';

/**
 * A reference path of the Amazon States Language: JSONPath that names one place at most, such as
 * `$.answer.choices[0]['text']`. Wildcards, filters, slices and descents are not among them.
 */
export interface ReferencePath {
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
