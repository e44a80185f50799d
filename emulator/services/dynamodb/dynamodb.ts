import { requirePermission } from '../../platform/http/aws-error';
import { AwsServer, type AwsRequest, type Hangup, type Reply } from '../../platform/http/server';
import { requireScope } from '../../platform/http/sigv4';
import type { Faults } from '../../platform/faults/faults';
import { withEffect } from '../../platform/faults/with-effect';
import { ACCOUNT } from '../../stack/placement';
import type { Resource } from '../../stack/resource';
import { asDynamoDb } from './errors';
import { operationOf, tablesOf } from './operation';
import { tableDefinition, type TableDefinition } from './table-definition';
import { TableStore } from './table-store';

/** DynamoDB's limit on a request: 16 MB, of BatchWriteItem. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

export interface DynamoDbOptions {
  readonly region: string;
  /** the part that this region plays; faults are injected by it */
  readonly role: 'primary' | 'secondary';
  readonly faults: Pick<Faults, 'match'>;
  /**
   * Throws an error named `AccessDenied...` when this caller may not do this; default: all may.
   * `resource` is a table's ARN, or `*` for operations on no table, such as ListTables.
   */
  readonly authorize?: (accessKeyId: string, action: `dynamodb:${string}`, resource: string) => void;
}

/**
 * DynamoDB in one region, over its real protocol, with the tables that the stack declares.
 *
 * Conditions, expressions, the size of items (400 KB) and of batches are dynalite's and as on AWS. Not acted out:
 * transactions, PartiQL, backups and UpdateTimeToLive (UnknownOperationException); the throughput of a partition
 * (1,000 writes and 3,000 reads a second); a delay of eventually consistent reads. ARNs that DescribeTable answers
 * name an account that is not the stack's.
 */
export class DynamoDb {
  private readonly tables: readonly TableDefinition[];
  private readonly store = new TableStore();
  private readonly server: AwsServer;

  /**
   * @param tables the stack's `aws_dynamodb_table`
   * @throws UnsupportedError for indexes, streams, provisioned capacity, ...
   */
  constructor(
    tables: readonly Resource[],
    private readonly options: DynamoDbOptions,
  ) {
    this.tables = tables.map(tableDefinition);
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
    try {
      await this.store.open(this.tables);
      return await this.server.listen(port);
    } catch (error) {
      await this.store.close();
      throw error;
    }
  }

  /** The tables are gone with it. */
  async close(): Promise<void> {
    await this.server.close();
    await this.store.close();
  }

  private async handle({ headers, body, signal }: AwsRequest): Promise<Reply | Hangup> {
    const { region, role, faults } = this.options;
    const operation = operationOf(headers['x-amz-target']);
    asDynamoDb(() => {
      const { accessKeyId } = requireScope(headers.authorization, { region, service: 'dynamodb' });
      this.permit(accessKeyId, operation, tablesOf(body));
    });
    const fault = faults.match({ region: role, target: 'dynamodb' });
    return withEffect(fault?.effect, () => this.store.call(operation, body), signal);
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
    return declared?.arn ?? `arn:aws:dynamodb:${this.options.region}:${ACCOUNT}:table/${table}`;
  }
}
