import { optionalText, text } from '../values';
import { policyDocument, policyDocumentArguments } from './policy-document';
import { emulated, noLocalMeaning, type ResourceTypes } from './resource-type';

export const identity: ResourceTypes = {
  aws_iam_role: {
    arguments: {
      ...emulated('name', 'path', 'assume_role_policy'),
      // A boundary is a policy of another's making, which is not known here.
      ...noLocalMeaning(
        'permissions_boundary',
        'description',
        'force_detach_policies',
        'max_session_duration',
        'tags',
      ),
    },
    computed: (of, { account, id }) => ({
      id: text(of, 'name'),
      arn: `arn:aws:iam::${account}:role${optionalText(of, 'path') ?? '/'}${text(of, 'name')}`,
      unique_id: `AROA${id(17).toUpperCase()}`,
    }),
  },
  aws_iam_role_policy: {
    arguments: emulated('name', 'role', 'policy'),
    computed: (of) => ({ id: `${text(of, 'role')}:${text(of, 'name')}` }),
  },
  'data.aws_iam_policy_document': {
    arguments: policyDocumentArguments,
    computed: (of, { id }) => ({ id: id(10), json: policyDocument(of) }),
  },
  'data.aws_caller_identity': {
    arguments: {},
    computed: (_, { account }) => ({
      id: account,
      account_id: account,
      arn: `arn:aws:iam::${account}:user/local`,
      user_id: 'AIDALOCALLOCALLOCALLO',
    }),
  },
  'data.aws_region': {
    arguments: {},
    computed: (_, { region }) => ({ id: region, name: region, region }),
  },
  'data.aws_partition': {
    arguments: {},
    computed: () => ({ id: 'aws', partition: 'aws', dns_suffix: 'amazonaws.com' }),
  },
  // Keys have names, and encrypt nothing: a local run keeps what they would protect on this machine.
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
