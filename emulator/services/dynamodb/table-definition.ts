import { UnsupportedError, type Resource } from '../../stack/resource';
import { blocks, flag, optionalBlock, optionalText, text } from '../../stack/values';

/** A declared table, and the input of CreateTable that makes it. */
export interface TableDefinition {
  readonly address: string;
  readonly name: string;
  readonly arn: string;
  /** Names of the attributes that an item's key consists of. */
  readonly keys: readonly string[];
  /** Whether other regions have replicas of it. */
  readonly isGlobal: boolean;
  readonly createTable: Readonly<Record<string, unknown>>;
}

/**
 * @param table an `aws_dynamodb_table`
 * @throws UnsupportedError for a stream and provisioned capacity; other arguments, the reader of the stack has refused
 */
export function tableDefinition(table: Resource): TableDefinition {
  const { address } = table;
  // PROVISIONED is the provider's default.
  const billingMode = optionalText(table, 'billing_mode') ?? 'PROVISIONED';
  if (billingMode !== 'PAY_PER_REQUEST') {
    throw new UnsupportedError(
      `${address}.billing_mode`,
      `${billingMode} is not emulated, only PAY_PER_REQUEST`,
    );
  }
  checkTtl(table);
  const isGlobal = blocks(table, 'replica').length > 0;
  if (!isGlobal && flag(table, 'stream_enabled', false)) {
    throw new UnsupportedError(
      `${address}.stream_enabled`,
      'a stream that no replication goes by is not emulated',
    );
  }
  const hashKey = text(table, 'hash_key');
  const rangeKey = optionalText(table, 'range_key');
  const name = text(table, 'name');
  return {
    address,
    name,
    arn: text(table, 'arn'),
    keys: rangeKey === undefined ? [hashKey] : [hashKey, rangeKey],
    isGlobal,
    createTable: {
      TableName: name,
      BillingMode: billingMode,
      KeySchema: [
        { AttributeName: hashKey, KeyType: 'HASH' },
        ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: 'RANGE' }]),
      ],
      AttributeDefinitions: blocks(table, 'attribute').map((attribute) => ({
        AttributeName: text(attribute, 'name'),
        AttributeType: text(attribute, 'type'),
      })),
    },
  };
}

/** Nothing is deleted by it here, but what the deployment would refuse is refused. */
function checkTtl(table: Resource): void {
  const ttl = optionalBlock(table, 'ttl');
  if (ttl !== undefined && flag(ttl, 'enabled')) text(ttl, 'attribute_name');
}
