import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import type { TierEnvironment } from '../contract/environment';
import { USAGE_KEY, USAGE_TTL, usageTableName } from '../contract/usage';
import { acceptFindings } from './accepted-findings';
import type { Statement } from './iam';
import type { PartProps } from './part-props';

/**
 * What each caller has used of its tokens of the day, in this region. Losing it gives them the day's tokens anew, and
 * loses nothing else: it needs neither protection nor backups.
 */
export class UsageTable extends Construct {
  /** What a function that counts has in its environment. */
  readonly environmentVariables: Pick<TierEnvironment, 'USAGE_TABLE'>;
  /** Permission to look up and to add. */
  readonly statement: Statement;

  constructor(scope: Construct, id: string, { config, provider }: PartProps) {
    super(scope, id);
    const table = new DynamodbTable(this, 'default', {
      provider,
      name: usageTableName(config.project),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: USAGE_KEY,
      attribute: [{ name: USAGE_KEY, type: 'S' }],
      ttl: { attributeName: USAGE_TTL, enabled: true },
    });
    acceptFindings(table, {
      CKV_AWS_28: 'Losing it gives callers the day’s tokens anew, and loses nothing else.',
      CKV_AWS_119: 'It holds names of callers and counts; DynamoDB’s own key encrypts it.',
    });
    this.environmentVariables = { USAGE_TABLE: table.name };
    this.statement = { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [table.arn] };
  }
}
