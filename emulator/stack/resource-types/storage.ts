import { text } from '../values';
import { emulated, noLocalMeaning, type ResourceType, type ResourceTypes } from './resource-type';

/** Deletion by `ttl` lags by minutes to days on AWS, so that a table which deletes nothing is as truthful. */
export const dynamoDbTable: ResourceType = {
  arguments: {
    ...emulated('name', 'hash_key', 'range_key', 'billing_mode'),
    attribute: emulated('name', 'type'),
    ttl: emulated('attribute_name', 'enabled'),
    ...noLocalMeaning(
      'deletion_protection_enabled',
      'point_in_time_recovery',
      'server_side_encryption',
      'tags',
    ),
  },
  computed: (of, { region, account }) => ({
    id: text(of, 'name'),
    arn: `arn:aws:dynamodb:${region}:${account}:table/${text(of, 'name')}`,
  }),
};

export const storage: ResourceTypes = { aws_dynamodb_table: dynamoDbTable };
