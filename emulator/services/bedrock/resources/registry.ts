import { encodeCursor, type ListQuery } from '../http/list-query';

/** A resource that can be named and listed. */
export interface Listed {
  readonly arn: string;
  readonly name: string;
  /** milliseconds since the epoch */
  readonly createdAt: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/** The resources of one kind, in the order of their creation. */
export class Registry<T extends Listed> {
  private readonly entries = new Map<string, { readonly sequence: number; readonly item: T }>();
  private created = 0;

  /** Adds a resource, or replaces the one of the same ARN. */
  put(item: T): T {
    const sequence = this.entries.get(item.arn)?.sequence ?? (this.created += 1);
    this.entries.set(item.arn, { sequence, item });
    return item;
  }

  remove(arn: string): void {
    this.entries.delete(arn);
  }

  /** @param identifier ARN or name */
  find(identifier: string): T | undefined {
    return this.entries.get(identifier)?.item ?? this.all().find(({ name }) => name === identifier);
  }

  all(): readonly T[] {
    return [...this.entries.values()].map(({ item }) => item);
  }

  /** @param keep a List operation's own filters */
  page(query: ListQuery, keep: (item: T) => boolean = () => true): Page<T> {
    const { nameContains = '', after = -Infinity, before = Infinity, cursor, sortOrder, maxResults } = query;
    const ascending = sortOrder === 'Ascending';
    const found = [...this.entries.values()]
      .filter(
        ({ sequence, item }) =>
          (cursor === undefined || (ascending ? sequence > cursor : sequence < cursor)) &&
          item.name.includes(nameContains) &&
          item.createdAt > after &&
          item.createdAt < before &&
          keep(item),
      )
      .sort((a, b) => (ascending ? a.sequence - b.sequence : b.sequence - a.sequence));
    const shown = found.slice(0, maxResults);
    const last = shown.at(-1);
    return {
      items: shown.map(({ item }) => item),
      ...(found.length > shown.length && last && { nextToken: encodeCursor(last.sequence) }),
    };
  }
}
