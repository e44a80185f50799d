import type { ResourceChange } from './read-plan';

type Path = readonly (string | number)[];
type Change = ResourceChange['change'];

/** Longer values would not be read. */
const SHOWN_CHARACTERS = 40;

/** What differs between before and after, leaf by leaf, with its values where they are short and no secret. */
export const differences = (change: Change): readonly string[] =>
  differingPaths(change).map((path) => difference(change, path));

/** The attributes that differ, each with its values. */
export const differingValues = (change: Change) =>
  differingPaths(change).map((path) => ({
    attribute: String(path.at(-1)),
    before: at(change.before, path),
    after: at(change.after, path),
  }));

function differingPaths(change: Change): readonly Path[] {
  const { before, after, after_unknown: unknown } = change;
  const paths = new Map(
    [before, after, unknown].flatMap((value) => leaves(value)).map((path) => [pathText(path), path]),
  );
  const differing = [...paths.values()].filter(
    (path) => isUnknown(change, path) || !isSame(at(before, path), at(after, path)),
  );
  // All tags are those of the resource and the provider's defaults: what is its own is not told twice.
  const told = differing.filter(
    ([first, ...rest]) =>
      first !== 'tags_all' || isSame(at(before, ['tags', ...rest]), at(after, ['tags', ...rest])),
  );
  const isKnown = (path: Path) => !isUnknown(change, path);
  return [...told.filter(isKnown), ...told.filter((path) => !isKnown(path))];
}

/** `path: before → after`, or the path alone where the values are long, a secret, or whole objects. */
export function difference(change: Change, path: Path): string {
  const { before, after, before_sensitive, after_sensitive } = change;
  const name = `\`${pathText(path)}\``;
  if (isMarked(before_sensitive, path) || isMarked(after_sensitive, path)) return `${name} (sensitive)`;
  if (isUnknown(change, path)) return `${name}: known after apply`;
  const [from, to] = [at(before, path), at(after, path)].map(valueText);
  return from === undefined || to === undefined ? name : `${name}: ${from} → ${to}`;
}

const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );

function valueText(value: unknown): string | undefined {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'object') return undefined;
  const text = JSON.stringify(value).replaceAll('`', "'");
  return text.length > SHOWN_CHARACTERS ? undefined : `\`${text}\``;
}

function leaves(value: unknown, path: Path = []): readonly Path[] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [path];
  return Array.isArray(value)
    ? value.flatMap((item, index) => leaves(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]));
}

function at(value: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  return at((value as Readonly<Record<string | number, unknown>>)[step], rest);
}

const isUnknown = ({ after_unknown: unknown }: Change, path: Path): boolean => isMarked(unknown, path);

/** Whether the value at a path, or one that holds it, is marked. */
const isMarked = (marks: unknown, path: Path): boolean =>
  path.some((_, length) => at(marks, path.slice(0, length)) === true) || at(marks, path) === true;

/** Terraform writes what is absent as null, or not at all; an empty list or object has no leaf. */
const isSame = (one: unknown, other: unknown): boolean =>
  (one ?? null) === (other ?? null) || JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
