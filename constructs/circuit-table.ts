import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { CIRCUIT_KEY, CIRCUIT_TTL, circuitTableName } from '../contract/circuit';
import type { TierEnvironment } from '../contract/environment';
import { acceptFindings } from './accepted-findings';
import type { Statement } from './iam';
import type { PartProps } from './part-props';
import { protectedTable } from './protected-table';

/**
 * Where all instances of the region share their models' circuits. Most of it is found out anew; what operators have
 * opened is not.
 */
export class CircuitTable extends Construct {
  readonly table: DynamodbTable;
  /** What a function that goes by the circuits has in its environment. */
  readonly environmentVariables: Pick<TierEnvironment, 'CIRCUIT_TABLE' | 'CIRCUIT_SETTINGS'>;
  /** Permission to read and write circuits. */
  readonly statement: Statement;

  constructor(scope: Construct, id: string, props: PartProps) {
    super(scope, id);
    const { config, provider } = props;
    this.table = new DynamodbTable(this, 'default', {
      provider,
      name: circuitTableName(config.project),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: CIRCUIT_KEY,
      attribute: [{ name: CIRCUIT_KEY, type: 'S' }],
      ttl: { attributeName: CIRCUIT_TTL, enabled: true },
      ...protectedTable(props),
    });
    acceptFindings(this.table, {
      CKV_AWS_119: 'It holds names of models and counts; DynamoDB’s own key encrypts it.',
    });
    this.environmentVariables = {
      CIRCUIT_TABLE: this.table.name,
      CIRCUIT_SETTINGS: JSON.stringify(config.circuit),
    };
    this.statement = { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [this.table.arn] };
  }
}
