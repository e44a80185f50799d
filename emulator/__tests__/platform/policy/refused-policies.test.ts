import { UnsupportedError } from '../../../stack/resource';
import { allow, authorizerOf, documentOf, resource, TRUST } from './fixture';

describe('policies that are refused at the start', () => {
  it.each<[string, unknown, string]>([
    [
      'NotAction',
      { Effect: 'Allow', NotAction: 'a:*', Resource: '*' },
      'aws_iam_role_policy.x.policy.Statement',
    ],
    [
      'NotResource',
      { Effect: 'Allow', Action: 'a:*', NotResource: '*' },
      'aws_iam_role_policy.x.policy.Statement',
    ],
    ['a principal', { ...allow, Principal: '*' }, 'aws_iam_role_policy.x.policy.Statement'],
    [
      'a resource that is no ARN',
      { ...allow, Resource: 'my-table' },
      'aws_iam_role_policy.x.policy.Statement',
    ],
    [
      'an action without a service',
      { ...allow, Action: 'InvokeModel' },
      'aws_iam_role_policy.x.policy.Statement',
    ],
    ['no action', { ...allow, Action: [] }, 'aws_iam_role_policy.x.policy.Statement'],
    [
      'another operator',
      { ...allow, Condition: { Null: { k: 'true' } } },
      'policy.Statement.0.Condition.Null: ',
    ],
    ['a variable', { ...allow, Resource: 'arn:aws:s3:::${aws:username}' }, 'policy variables'],
    ['a Sid with a space', { ...allow, Sid: 'a b' }, 'aws_iam_role_policy.x.policy.Statement'],
  ])('%s', (_, statement, message) => {
    const create = () => authorizerOf([documentOf(statement)]);
    expect(create).toThrow(UnsupportedError);
    expect(create).toThrow(message);
  });

  it('an older version of the language', () => {
    const policy = JSON.stringify({ Version: '2008-10-17', Statement: [allow] });
    expect(() => authorizerOf([policy])).toThrow('aws_iam_role_policy.x.policy.Version');
  });

  it.each(['*', 'lambda', 'lambda.example.com'])('a trusted service named %s', (Service) => {
    expect(() => authorizerOf([], documentOf({ ...TRUST, Principal: { Service } }))).toThrow(
      'aws_iam_role.x.assume_role_policy.Statement',
    );
  });

  it('managed policies', () => {
    const attachment = resource('aws_iam_role_policy_attachment', { role: 'router', policy_arn: 'arn:x' });
    expect(() => authorizerOf([], undefined, [attachment])).toThrow('aws_iam_role_policy_attachment.x: ');
  });

  it('a policy of a role that is not there', () => {
    const stray = resource('aws_iam_role_policy', { role: 'absent', policy: documentOf(allow) });
    expect(() => authorizerOf([], undefined, [stray])).toThrow('aws_iam_role_policy.x.role: ');
  });

  it('inline policies longer than IAM allows, one or all together, white space not counted', () => {
    const ofSize = (size: number) => {
      const bare = documentOf({ ...allow, Sid: '' }).length;
      return documentOf({ ...allow, Sid: 'a'.repeat(size - bare) });
    };
    expect(() => authorizerOf([ofSize(10_240) + ' '.repeat(99)])).not.toThrow();
    expect(() => authorizerOf([ofSize(10_241)])).toThrow('10241 characters, of which IAM allows 10240');
    expect(() => authorizerOf([ofSize(5_000), ofSize(5_241)])).toThrow('10241 characters of inline policies');
  });

  it('a trust policy longer than IAM allows', () => {
    const long = documentOf({ ...TRUST, Sid: 'a'.repeat(2_048) });
    expect(() => authorizerOf([], long)).toThrow('of which IAM allows 2048');
  });
});
