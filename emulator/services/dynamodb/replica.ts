import type { Reply } from '../../platform/http/server';
import type { TableDefinition } from './table-definition';
import type { TableStore } from './table-store';

type Item = Readonly<Record<string, unknown>>;

/** When and where an item was written last: of two, the later one wins, whole items at a time. */
interface Version {
  readonly at: number;
  readonly region: string;
}

/** What has become of an item. */
export interface Change {
  readonly table: string;
  readonly key: Item;
  /** undefined where it was deleted */
  readonly item: Item | undefined;
  readonly version: Version;
}

/** Of two writes in the same millisecond the one of the later region in the alphabet wins: the same one everywhere. */
const isLater = (one: Version, other: Version): boolean =>
  one.at === other.at ? one.region > other.region : one.at > other.at;

/** What is written before a table has its replicas. */
const LONG_AGO: Version = { at: 0, region: '' };

/** One region's replicas of global tables: what is written here, and what comes from elsewhere. */
export class Replica {
  private tables: ReadonlyMap<string, TableDefinition> = new Map();
  private readonly versions = new Map<string, Version>();
  private inTurn: Promise<unknown> = Promise.resolve();

  /** @param onChange told of each change that began here */
  constructor(
    readonly region: string,
    private readonly store: TableStore,
    private readonly onChange: (change: Change) => void,
  ) {}

  /** @returns those that are new */
  declare(tables: readonly TableDefinition[]): readonly TableDefinition[] {
    const before = this.tables;
    const global = tables.filter(({ isGlobal }) => isGlobal);
    this.tables = new Map(global.map((table) => [table.name, table]));
    return global.filter(({ name }) => !before.has(name));
  }

  /** Carries an operation out, as `TableStore.call` does. */
  async call(operation: string, body: Buffer): Promise<Reply> {
    const keys = this.writtenKeys(operation, body);
    if (keys.length === 0) return this.store.call(operation, body);
    return this.oneByOne(async () => {
      const reply = await this.store.call(operation, body);
      if (reply.status !== 200) return reply;
      const version = { at: performance.timeOrigin + performance.now(), region: this.region };
      for (const { table, key } of keys) {
        const item = await this.read(table, key);
        this.versions.set(idOf(table, key), version);
        this.onChange({ table, key, item, version });
      }
      return reply;
    });
  }

  /** Takes over what was written elsewhere, unless it was written here later. */
  async apply({ table, key, item, version }: Change): Promise<void> {
    if (!this.tables.has(table)) return;
    await this.oneByOne(async () => {
      const id = idOf(table, key);
      if (isLater(this.versions.get(id) ?? LONG_AGO, version)) return;
      this.versions.set(id, version);
      await (item === undefined
        ? this.ask('DeleteItem', { TableName: table, Key: key })
        : this.ask('PutItem', { TableName: table, Item: item }));
    });
  }

  /** What is in a table here, as the changes that led to it. */
  async contents({ name: table, keys }: TableDefinition): Promise<readonly Change[]> {
    if (!this.tables.has(table)) return [];
    const changes: Change[] = [];
    let from: object | undefined = {};
    while (from !== undefined) {
      const { Items, LastEvaluatedKey } = await this.ask('Scan', { TableName: table, ...from });
      for (const item of Items as readonly Item[]) {
        const key = only(keys, item);
        changes.push({ table, key, item, version: this.versions.get(idOf(table, key)) ?? LONG_AGO });
      }
      from = LastEvaluatedKey === undefined ? undefined : { ExclusiveStartKey: LastEvaluatedKey };
    }
    return changes;
  }

  private async read(table: string, key: Item): Promise<Item | undefined> {
    const { Item } = await this.ask('GetItem', { TableName: table, Key: key, ConsistentRead: true });
    return Item as Item | undefined;
  }

  private async ask(operation: string, input: object): Promise<Readonly<Record<string, unknown>>> {
    const { status, body } = await this.store.call(operation, JSON.stringify(input));
    const answer = JSON.parse(String(body)) as Readonly<Record<string, unknown>>;
    if (status !== 200) throw new Error(`A replica cannot ${operation}: ${String(body)}`);
    return answer;
  }

  /** A write and what is made known of it are one step, or an older change could come in between. */
  private oneByOne<T>(step: () => Promise<T>): Promise<T> {
    const done = this.inTurn.then(step);
    this.inTurn = done.catch(() => undefined);
    return done;
  }

  private writtenKeys(
    operation: string,
    body: Buffer,
  ): readonly { readonly table: string; readonly key: Item }[] {
    if (!WRITES.has(operation)) return [];
    const input = JSON.parse(body.toString('utf8')) as WriteInput;
    const writes = Object.entries(input.RequestItems ?? {}).flatMap(([table, requests]) =>
      requests.map(
        ({ PutRequest, DeleteRequest }) => [table, PutRequest?.Item ?? DeleteRequest?.Key] as const,
      ),
    );
    if (input.TableName !== undefined) writes.push([input.TableName, input.Item ?? input.Key]);
    return writes.flatMap(([table, item]) => {
      const definition = this.tables.get(table);
      return definition === undefined || item === undefined
        ? []
        : [{ table, key: only(definition.keys, item) }];
    });
  }
}

/** Those that change items and are emulated. */
const WRITES: ReadonlySet<string> = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem']);

interface WriteInput {
  readonly TableName?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly RequestItems?: Readonly<
    Record<
      string,
      readonly { readonly PutRequest?: { Item: Item }; readonly DeleteRequest?: { Key: Item } }[]
    >
  >;
}

const only = (names: readonly string[], item: Item): Item =>
  Object.fromEntries(names.map((name) => [name, item[name]]));

const idOf = (table: string, key: Item): string => JSON.stringify([table, key]);
