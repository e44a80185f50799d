import { EventEmitter } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import dynalite from 'dynalite';
import type { Reply } from '../../platform/http/server';
import { UnsupportedError } from '../../stack/resource';
import type { TableDefinition } from './table-definition';

/** Dynalite wants to be signed for, and verifies nothing: whoever calls has been checked before. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': '20260101T000000Z',
};

/** Checks of a new table, and milliseconds between them; it is active within one or two. */
const ACTIVE_CHECKS = 500;
const ACTIVE_CHECK_MS = 2;

/** The tables and DynamoDB's operations on them: dynalite, in memory. */
export class TableStore {
  private readonly server = dynalite({ createTableMs: 0 });

  /** @throws UnsupportedError for a table that DynamoDB refuses to create */
  async create(tables: readonly TableDefinition[]): Promise<void> {
    await Promise.all(tables.map((table) => this.createOne(table)));
  }

  async delete(names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.call('DeleteTable', JSON.stringify({ TableName: name }))));
  }

  /**
   * Hands a request to dynalite's server as if it had come by a connection, which that saves. What has arrived is done,
   * whether its caller still waits or not.
   * @param operation e.g. `GetItem`
   * @param body its input, JSON
   */
  call(operation: string, body: string | Buffer): Promise<Reply> {
    return new Promise((resolve) => {
      const request = Object.assign(new EventEmitter(), {
        method: 'POST',
        url: '/',
        headers: { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` },
      });
      const headers: Record<string, string> = {};
      const response = {
        statusCode: 200,
        setHeader: (name: string, value: string | number) => {
          headers[name.toLowerCase()] = String(value);
        },
        end: (answer: string) => {
          resolve({ status: response.statusCode, headers, body: answer });
        },
      };
      this.server.emit('request', request, response);
      request.emit('data', Buffer.from(body));
      request.emit('end');
    });
  }

  private async createOne({ address, name, createTable }: TableDefinition): Promise<void> {
    const { status, body } = await this.call('CreateTable', JSON.stringify(createTable));
    if (status !== 200) throw new UnsupportedError(address, `DynamoDB refuses it: ${String(body)}`);
    for (let check = 0; check < ACTIVE_CHECKS; check += 1) {
      const described = await this.call('DescribeTable', JSON.stringify({ TableName: name }));
      const { Table } = JSON.parse(String(described.body)) as { Table?: { TableStatus: string } };
      if (Table?.TableStatus === 'ACTIVE') return;
      await delay(ACTIVE_CHECK_MS);
    }
    throw new Error(`${address}: the table ${name} has not become active.`);
  }
}

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
