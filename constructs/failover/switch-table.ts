import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import type { Construct } from 'constructs';
import { SWITCH_KEY, switchTableName } from '../../contract/evacuation';
import type { PartProps } from '../part-props';

/** What operators turn by a write to the data plane, when every control plane may be out. */
export const createSwitchTable = (
  scope: Construct,
  id: string,
  { config, provider }: PartProps,
): DynamodbTable =>
  new DynamodbTable(scope, id, {
    provider,
    name: switchTableName(config.project),
    billingMode: 'PAY_PER_REQUEST',
    hashKey: SWITCH_KEY,
    attribute: [{ name: SWITCH_KEY, type: 'S' }],
  });
