import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { DynamoDb, type DynamoDbOptions } from '../../../services/dynamodb/dynamodb';
import { Faults } from '../../../platform/faults/faults';
import type { Resource } from '../../../stack/resource';

export const TABLE_ARN = 'arn:aws:dynamodb:us-east-1:123456789012:table/circuits';

export const table = (values: Readonly<Record<string, unknown>> = {}): Resource => ({
  address: 'aws_dynamodb_table.circuits',
  type: 'aws_dynamodb_table',
  name: 'circuits',
  values: {
    name: 'circuits',
    billing_mode: 'PAY_PER_REQUEST',
    hash_key: 'model',
    attribute: [{ name: 'model', type: 'S' }],
    ttl: { attribute_name: 'expiresAt', enabled: true },
    id: 'circuits',
    arn: TABLE_ARN,
    ...values,
  },
});

export interface RigOptions extends Partial<DynamoDbOptions> {
  readonly tables?: readonly Resource[];
  readonly clientRegion?: string;
}

/** A running DynamoDB and an unmodified client that calls it. */
export class Rig {
  private constructor(
    readonly url: string,
    readonly faults: Faults,
    readonly client: DynamoDBClient,
    private readonly dynamoDb: DynamoDb,
  ) {}

  static async start({ tables = [table()], clientRegion, ...options }: RigOptions = {}): Promise<Rig> {
    const faults = new Faults();
    const dynamoDb = new DynamoDb(tables, {
      region: 'us-east-1',
      intercept: faults.interceptor('primary', 'dynamodb'),
      ...options,
    });
    const url = await dynamoDb.listen();
    const client = new DynamoDBClient({
      endpoint: url,
      region: clientRegion ?? 'us-east-1',
      credentials: { accessKeyId: 'ASIATIER', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler: new NodeHttpHandler(),
    });
    return new Rig(url, faults, client, dynamoDb);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.dynamoDb.close();
  }
}
