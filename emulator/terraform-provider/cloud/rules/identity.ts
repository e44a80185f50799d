import { Refusal } from '../refusal';
import { need, refuseWhileUsed, type Rules } from './rule';

export const identity: Rules = {
  aws_iam_role: {
    unique: {
      by: ['name'],
      refusal: ({ name }) =>
        new Refusal('EntityAlreadyExists', `Role with name ${String(name)} already exists.`),
    },
    beforeDelete: (role, context) => {
      refuseWhileUsed(
        context,
        'aws_iam_role_policy',
        (policy) => policy.role === role.id,
        () => new Refusal('DeleteConflict', 'Cannot delete entity, must delete policies first.'),
      );
    },
    computed: () => ({ create_date: new Date().toISOString().replace(/\.\d+/, '') }),
  },
  aws_iam_role_policy: {
    needs: [
      need('role', ['aws_iam_role', 'name'], 'NoSuchEntity', 'The role with that name cannot be found.'),
    ],
  },
  aws_kms_key: { computed: () => ({ multi_region: false }) },
  aws_kms_alias: {
    unique: {
      by: ['name'],
      refusal: ({ name }) =>
        new Refusal('AlreadyExistsException', `An alias with the name ${String(name)} already exists`),
    },
    needs: [need('target_key_id', ['aws_kms_key', 'key_id'], 'NotFoundException', 'The key does not exist')],
    computed: ({ target_key_id: id }, { find }) => ({
      target_key_arn: find('aws_kms_key', 'key_id', id)?.arn ?? null,
    }),
  },
};
