import { text } from '../values';
import { noLocalMeaning, type ResourceTypes } from './resource-type';

/** Keys have names, and encrypt nothing: a local run keeps what they would protect on this machine. */
export const kms: ResourceTypes = {
  aws_kms_key: {
    readOnly: true,
    arguments: noLocalMeaning(
      'deletion_window_in_days',
      'description',
      'enable_key_rotation',
      'policy',
      'tags',
    ),
    computed: (_, { region, account, uuid }) => ({
      id: uuid(),
      key_id: uuid(),
      arn: `arn:aws:kms:${region}:${account}:key/${uuid()}`,
    }),
  },
  aws_kms_alias: {
    readOnly: true,
    arguments: noLocalMeaning('name', 'target_key_id'),
    computed: (of, { region, account }) => ({
      id: text(of, 'name'),
      arn: `arn:aws:kms:${region}:${account}:${text(of, 'name')}`,
    }),
  },
};
