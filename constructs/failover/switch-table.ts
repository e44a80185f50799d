import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import type { Construct } from 'constructs';
import { SWITCH_KEY, switchTableName } from '../../contract/evacuation';
import { acceptFindings } from '../accepted-findings';
import type { PartProps } from '../part-props';
import { protectedTable } from '../protected-table';

/**
 * What operators turn by a write to the data plane, when every control plane may be out. A table that was deleted would
 * read as "not evacuated".
 */
export function createSwitchTable(scope: Construct, id: string, props: PartProps): DynamodbTable {
  const { config, provider } = props;
  const table = new DynamodbTable(scope, id, {
    provider,
    name: switchTableName(config.project),
    billingMode: 'PAY_PER_REQUEST',
    hashKey: SWITCH_KEY,
    attribute: [{ name: SWITCH_KEY, type: 'S' }],
    ...protectedTable(props),
  });
  acceptFindings(table, {
    CKV_AWS_119:
      'It holds one word, on or off: a key of KMS would be one more thing that an evacuation needs.',
  });
  return table;
}
