import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { CIRCUIT_KEY, CIRCUIT_TTL, circuitTableName } from '../contract/circuit';
import type { TierEnvironment } from '../contract/environment';
import { acceptFindings } from './accepted-findings';
import type { Statement } from './iam';
import type { PartProps } from './part-props';

/**
 * Where all instances of the region share their models' circuits. Losing it loses what operators have opened, which they
 * can open again; all others are found out anew.
 */
export class CircuitTable extends Construct {
  readonly table: DynamodbTable;
  /** What a function that goes by the circuits has in its environment. */
  readonly environmentVariables: Pick<TierEnvironment, 'CIRCUIT_TABLE' | 'CIRCUIT_SETTINGS'>;
  /** Permission to read and write circuits. */
  readonly statement: Statement;

  constructor(scope: Construct, id: string, { config, provider }: PartProps) {
    super(scope, id);
    this.table = new DynamodbTable(this, 'default', {
      provider,
      name: circuitTableName(config.project),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: CIRCUIT_KEY,
      attribute: [{ name: CIRCUIT_KEY, type: 'S' }],
      ttl: { attributeName: CIRCUIT_TTL, enabled: true },
    });
    acceptFindings(this.table, {
      CKV_AWS_28:
        'Losing it loses what operators have opened, which they can open again; circuits start closed.',
      CKV_AWS_119: 'It holds names of models and counts; DynamoDB’s own key encrypts it.',
    });
    this.environmentVariables = {
      CIRCUIT_TABLE: this.table.name,
      CIRCUIT_SETTINGS: JSON.stringify(config.circuit),
    };
    this.statement = { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [this.table.arn] };
  }
}
