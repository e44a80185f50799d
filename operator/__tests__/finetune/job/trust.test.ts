import { trainingTrust } from '../../../../constructs/mlops/training-role';
import { bad } from '../../../command/check';
import { verdictOn } from '../../../finetune/job/preflight/role';
import { readTrust, type Trust } from '../../../finetune/job/preflight/trust';

const ACCOUNT = '123456789012';
const assumption = {
  service: 'bedrock.amazonaws.com',
  account: ACCOUNT,
  sourceArn: `arn:aws:bedrock:us-east-1:${ACCOUNT}:model-customization-job/any`,
};
const statement = (changed: object) => ({
  Effect: 'Allow',
  Principal: { Service: 'bedrock.amazonaws.com' },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  ...changed,
});
const policy = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

test.each<[string, string, Trust]>([
  ['the stack’s own', trainingTrust(ACCOUNT, 'us-east-1'), 'trusted'],
  ['the stack’s in another region', trainingTrust(ACCOUNT, 'us-west-2'), 'not trusted'],
  ['the stack’s in another account', trainingTrust('999999999999', 'us-east-1'), 'not trusted'],
  ['one statement, not in a list', JSON.stringify({ Statement: statement({}) }), 'trusted'],
  [
    'one that trusts SageMaker alone',
    policy(statement({ Principal: { Service: 'sagemaker.amazonaws.com' } })),
    'not trusted',
  ],
  ['one without conditions', policy(statement({ Condition: undefined })), 'unguarded'],
  [
    'one for another account',
    policy(statement({ Condition: { StringEquals: { 'aws:SourceAccount': '9' } } })),
    'not trusted',
  ],
  [
    'one with a denial',
    policy(statement({}), statement({ Effect: 'Deny', Condition: undefined })),
    'not trusted',
  ],
  [
    'one that trusts a person, too',
    policy(statement({}), statement({ Principal: { AWS: 'arn:aws:iam::1:root' } })),
    'trusted',
  ],
  ['one that trusts everybody', policy(statement({ Principal: '*', Condition: undefined })), 'unguarded'],
  [
    'one with an operator not evaluated',
    policy(statement({ Condition: { NumericLessThan: { a: '1' } } })),
    'unreadable',
  ],
  [
    'one guarded by a wildcard of ARNs alone',
    policy(
      statement({
        Condition: { ArnLike: { 'AWS:SourceArn': `arn:aws:bedrock:*:${ACCOUNT}:model-customization-job/*` } },
      }),
    ),
    'trusted',
  ],
  ['one of all of STS’s actions', policy(statement({ Action: ['sts:*'] })), 'trusted'],
  ['one of another action', policy(statement({ Action: 'sts:TagSession' })), 'not trusted'],
  [
    'one whose condition names what is not known here',
    policy(statement({ Condition: { StringEquals: { 'sts:ExternalId': 'x' } } })),
    'not trusted',
  ],
  ['no policy', 'nonsense', 'unreadable'],
])('%s', (_, document, expected) => {
  expect(readTrust(encodeURIComponent(document), assumption)).toBe(expected);
});

test.each<[Trust, string]>([
  ['trusted', 'good'],
  ['unguarded', 'bad'],
  ['not trusted', 'bad'],
  ['unreadable', 'unknown'],
])('a role that is %s is %s', (trust, verdict) => {
  const check = verdictOn(trust, 'arn:aws:iam::123456789012:role/training');
  expect(check.verdict).toBe(verdict);
  if (verdict === 'bad') expect(check).toEqual(bad(check.name, check.detail, expect.any(String) as string));
});
