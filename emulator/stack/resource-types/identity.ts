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
};
