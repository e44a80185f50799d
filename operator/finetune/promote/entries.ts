type Entries<T> = Readonly<Record<string, T>>;

/** Names such as `__proto__` are like any other: only own keys count. */
export const ownEntry = <T>(entries: Entries<T> | undefined, key: string): T | undefined =>
  entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined;

/** A copy with one entry set, in its place where it was there before. */
export function withEntry<T>(entries: Entries<T> | undefined, key: string, value: T): Record<string, T> {
  const before = Object.entries(entries ?? {});
  const after = before.map(([name, old]) => [name, name === key ? value : old] as const);
  return Object.fromEntries(ownEntry(entries, key) === undefined ? [...after, [key, value]] : after);
}

/** A copy of each entry, changed; those that change to undefined are left out. */
export const mapEntries = <T, U>(entries: Entries<T>, change: (value: T, key: string) => U | undefined) =>
  Object.fromEntries(
    Object.entries(entries).flatMap(([key, value]) => {
      const changed = change(value, key);
      return changed === undefined ? [] : [[key, changed] as const];
    }),
  ) as Record<string, U>;

/** undefined in place of an object without entries. */
export const unlessEmpty = <T extends object>(entries: T): T | undefined =>
  Object.keys(entries).length > 0 ? entries : undefined;
