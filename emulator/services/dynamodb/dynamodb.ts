import { z } from 'zod';
import { type Intercept, withEffect } from '../../platform/faults/effects';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, type Hangup, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import type { Resource } from '../../stack/resource';
import { tableArn } from '../../stack/resource-types/storage';
import { type Replica, TableStore } from './tables';
import { Replication } from './replication';
import { tableDefinition, type TableDefinition } from './table-definition';

/** DynamoDB's limit on a request: 16 MB, of BatchWriteItem. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export interface DynamoDbOptions {
  readonly region: string;
  /** what is wrong with a call; default: nothing */
  readonly intercept?: Intercept;
  /**
   * Throws an error named `AccessDenied...` when this caller may not do this; default: all may.
   * `resource` is a table's ARN, or `*` for operations on no table, such as ListTables.
   */
  readonly authorize?: (accessKeyId: string, action: `dynamodb:${string}`, resource: string) => void;
  /** By which tables that have replicas share what is written; default: one of its own, with nobody to share with */
  readonly replication?: Replication;
}

/**
 * DynamoDB in one region, over its real protocol, with the tables that the stack declares.
 *
 * Conditions, expressions, the size of items (400 KB) and of batches are dynalite's and as on AWS. Not emulated:
 * transactions, PartiQL, backups and UpdateTimeToLive (UnknownOperationException); the throughput of a partition
 * (1,000 writes and 3,000 reads a second); a delay of eventually consistent reads; of limits, 300 operators in an
 * expression, 2 MB of its values and 32 levels of an item. The item that a failed condition is to return is left out.
 * ARNs that DescribeTable answers name an account that is not the stack's.
 */
export class DynamoDb {
  private tables: readonly TableDefinition[];
  private readonly store = new TableStore();
  private readonly replication: Replication;
  private readonly replica: Replica;
  private readonly server: AwsServer;

  /**
   * @param tables the stack's `aws_dynamodb_table`
   * @throws UnsupportedError for streams, provisioned capacity, ...
   */
  constructor(
    tables: readonly Resource[],
    private readonly options: DynamoDbOptions,
  ) {
    this.tables = tables.map(tableDefinition);
    this.replication = options.replication ?? new Replication(() => false);
    this.replica = this.replication.join(options.region, this.store);
    this.server = new AwsServer({
      maxBodyBytes: MAX_BODY_BYTES,
      protocol: 'awsJson1_0',
      handle: (request) => this.handle(request),
    });
  }

  /**
   * Creates the tables, empty.
   * @returns the endpoint's URL
   * @throws UnsupportedError for a table that DynamoDB refuses to create
   */
  async listen(port = 0): Promise<string> {
    await this.store.create(this.tables);
    await this.replication.declare(this.replica, this.tables);
    return this.server.listen(port);
  }

  /**
   * Takes these for all tables that there are: those that stay keep their items, also where something else about them
   * has changed. @throws UnsupportedError
   */
  async declare(resources: readonly Resource[]): Promise<void> {
    const tables = resources.map(tableDefinition);
    const names = (of: readonly TableDefinition[]) => new Set(of.map(({ name }) => name));
    const [before, after] = [names(this.tables), names(tables)];
    await this.store.create(tables.filter(({ name }) => !before.has(name)));
    await this.replication.declare(this.replica, tables);
    await this.store.delete([...before].filter((name) => !after.has(name)));
    this.tables = tables;
  }

  /** The tables are gone with it. */
  async close(): Promise<void> {
    await this.server.close();
    this.replication.leave(this.replica);
  }

  private async handle({ headers, body, signal }: AwsRequest): Promise<Reply | Hangup> {
    const { region, intercept } = this.options;
    const operation = operationOf(headers['x-amz-target']);
    const input = parse(body);
    asDynamoDb(() => {
      const { accessKeyId } = requireScope(headers.authorization, { region, service: 'dynamodb' });
      this.permit(accessKeyId, operation, tablesOf(input));
    });
    checkExpressions(input);
    return withEffect(intercept?.(), () => this.replica.call(operation, body), signal);
  }

  private permit(accessKeyId: string, operation: string, tables: readonly string[]): void {
    const resources = tables.length === 0 ? ['*'] : tables.map((name) => this.arnOf(name));
    for (const resource of resources) {
      requirePermission(() => this.options.authorize?.(accessKeyId, `dynamodb:${operation}`, resource));
    }
  }

  /** Permission is asked before existence, so that a table which is not there has an ARN, too. */
  private arnOf(table: string): string {
    const declared = this.tables.find(({ name }) => name === table);
    return declared?.arn ?? tableArn(this.options.region, table);
  }
}

const TARGET = /^DynamoDB_20120810\.([A-Za-z]+)$/;

/**
 * The operation that a request's `X-Amz-Target` names, e.g. `GetItem`.
 * @throws AwsError 400 UnknownOperationException
 */
function operationOf(target: unknown): string {
  const [, operation] = TARGET.exec(typeof target === 'string' ? target : '') ?? [];
  if (operation === undefined) {
    throw coralError(
      'UnknownOperationException',
      'X-Amz-Target must name an operation of DynamoDB_20120810.',
    );
  }
  return operation;
}

const named = z.object({
  /** of operations on one table */
  TableName: z.string().optional().catch(undefined),
  /** of batches, by the table's name */
  RequestItems: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** @returns names of the tables that an operation's input, JSON, names; whether they exist is not asked */
function tablesOf(input: unknown): readonly string[] {
  const { data } = named.safeParse(input);
  return [
    ...(data?.TableName === undefined ? [] : [data.TableName]),
    ...Object.keys(data?.RequestItems ?? {}),
  ];
}

/** What is not JSON names no table; it is refused where the operation is carried out. */
function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What dynalite does not limit; https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_EXPRESSION_BYTES = 4096;
const MAX_IN_OPERANDS = 100;

/** @throws AwsError 400 ValidationException */
function checkExpressions(input: unknown): void {
  for (const [name, expression] of Object.entries(input ?? {})) {
    if (!name.endsWith('Expression') || typeof expression !== 'string') continue;
    const refuse = (why: string) => {
      throw new AwsError(400, 'com.amazon.coral.validate#ValidationException', `Invalid ${name}: ${why}`);
    };
    const bytes = Buffer.byteLength(expression);
    if (bytes > MAX_EXPRESSION_BYTES)
      refuse(`Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    for (const [, list = ''] of expression.matchAll(/\bIN\s*\(([^)]*)\)/gi)) {
      const operands = list.split(',').length;
      if (operands > MAX_IN_OPERANDS)
        refuse(`The IN operator is provided with too many operands; number of operands: ${operands}`);
    }
  }
}

/**
 * An error of the layer in front of DynamoDB, which answers everything with 400, also what REST services
 * answer with 403.
 */
const coralError = (name: string, message: string): AwsError =>
  new AwsError(400, `com.amazon.coral.service#${name}`, message);

/**
 * Runs a check that words its errors as REST services do, and words them as DynamoDB does.
 * @throws AwsError 400
 */
function asDynamoDb<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (error instanceof AwsError) throw coralError(error.type, error.message);
    throw error;
  }
}
