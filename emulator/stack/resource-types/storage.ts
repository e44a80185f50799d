import { ACCOUNT } from '../placement';
import { text } from '../values';
import { emulated, noLocalMeaning, type ResourceTypes } from './resource-type';

export const tableArn = (region: string, name: string): string =>
  `arn:aws:dynamodb:${region}:${ACCOUNT}:table/${name}`;

export const storage: ResourceTypes = {
  // Deletion by `ttl` lags by minutes to days on AWS, so that a table which deletes nothing is as truthful.
  aws_dynamodb_table: {
    arguments: {
      ...emulated('name', 'hash_key', 'range_key', 'billing_mode'),
      attribute: emulated('name', 'type'),
      ttl: emulated('attribute_name', 'enabled'),
      // Eventually consistent: what is written comes to the other region later.
      replica: {
        ...emulated('region_name'),
        ...noLocalMeaning('deletion_protection_enabled', 'point_in_time_recovery', 'propagate_tags'),
      },
      ...noLocalMeaning(
        'deletion_protection_enabled',
        'point_in_time_recovery',
        'server_side_encryption',
        // Replication does not go by it here, and nothing else reads it.
        'stream_enabled',
        'stream_view_type',
        'tags',
      ),
    },
    computed: (of, { region }) => ({
      id: text(of, 'name'),
      arn: tableArn(region, text(of, 'name')),
    }),
  },
};
