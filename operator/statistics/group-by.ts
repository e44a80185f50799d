/** @returns the items with the same key together, groups and items in their first order */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}

/** @returns how often each name comes, in the order in which they first do */
export const countsOf = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(groupBy(names, (name) => name).map((same) => [same[0], same.length]));
