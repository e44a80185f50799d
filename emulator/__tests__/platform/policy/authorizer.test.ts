import { AccessDeniedError } from '../../../platform/policy/authorizer';
import { allow, authorizerOf, documentOf, ROLE, TRUST, resource } from './fixture';
import { UnsupportedError } from '../../../stack/resource';

const MODEL = 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0';

function allowed(
  statements: readonly unknown[],
  { action = 'bedrock:InvokeModel', on = MODEL, context = {} } = {},
): boolean {
  try {
    authorizerOf([documentOf(...statements)]).authorize(ROLE, action, on, context);
    return true;
  } catch (error) {
    if (error instanceof AccessDeniedError) return false;
    throw error;
  }
}

describe('a role may', () => {
  it.each([
    ['bedrock:InvokeModel', true],
    ['BEDROCK:invokemodel', true],
    ['bedrock:Invoke*', true],
    ['bedrock:InvokeMode?', true],
    ['*', true],
    ['bedrock:Invoke', false],
    ['bedrock:InvokeModel?', false],
    ['bedrock-runtime:InvokeModel', false],
  ])('invoke a model with the action %s: %s', (Action, expected) => {
    expect(allowed([{ ...allow, Action: Action.replace(/^BEDROCK/, 'bedrock') }])).toBe(expected);
  });

  it('name an action in any case', () => {
    expect(allowed([allow], { action: 'Bedrock:invokeMODEL' })).toBe(true);
  });

  it.each([
    ['*', true],
    [MODEL, true],
    ['arn:aws:bedrock:*::foundation-model/amazon.nova-*', true],
    ['arn:aws:bedrock:us-????-1::foundation-model/amazon.nova-lite-v1:0', true],
    ['arn:aws:bedrock:*', true],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1', false],
    ['arn:aws:bedrock:us-west-2::foundation-model/*', false],
    // A wildcard inside a segment stays inside it.
    ['arn:aws:bedrock:us-*t-1::foundation-model/amazon.nova-lite-v1:0', true],
    ['arn:aws:bedrock:us-*model/amazon.nova-lite-v1:0', false],
    ['arn:aws:bedrock:us-east-1?:foundation-model/amazon.nova-lite-v1:0', false],
    // What means something in a regular expression means itself.
    ['arn:aws:bedrock:us-east-1::foundation-model/amazonXnova-lite-v1:0', false],
    ['arn:aws:bedrock:us-east-1::foundation-model/amazon.*a-lite-v1:0', true],
    ['arn:aws:bedrock:us-east-1::foundation-model/(amazon.nova-lite-v1:0)', false],
    ['arn:AWS:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0', false],
  ])('invoke a model with the resource %s: %s', (Resource, expected) => {
    expect(allowed([{ ...allow, Resource }])).toBe(expected);
  });

  it.each<[string, Record<string, Record<string, unknown>>, Record<string, string>, boolean]>([
    ['the value', { StringEquals: { 'aws:SourceAccount': '1' } }, { 'aws:SourceAccount': '1' }, true],
    [
      'any case of the key',
      { StringEquals: { 'AWS:sourceaccount': '1' } },
      { 'aws:SourceAccount': '1' },
      true,
    ],
    ['any of the values', { StringEquals: { k: ['1', '2'] } }, { k: '2' }, true],
    ['another value', { StringEquals: { k: '1' } }, { k: '2' }, false],
    ['another case of the value', { StringEquals: { k: 'a' } }, { k: 'A' }, false],
    ['no such key', { StringEquals: { k: '1' } }, {}, false],
    ['one of two keys', { StringEquals: { k: '1', l: '1' } }, { k: '1' }, false],
    [
      'one of two operators',
      { StringEquals: { k: '1' }, StringLike: { l: 'x*' } },
      { k: '1', l: 'y' },
      false,
    ],
    ['a pattern', { StringLike: { k: 'a*?' } }, { k: 'a:bc' }, true],
    ['a pattern without wildcards meaning', { StringEquals: { k: 'a*' } }, { k: 'ab' }, false],
    ['an ARN', { ArnLike: { k: 'arn:aws:states:*:1:x*' } }, { k: 'arn:aws:states:us-east-1:1:x:y' }, true],
    [
      'an ARN exactly or not',
      { ArnEquals: { k: 'arn:aws:states:*:1:x*' } },
      { k: 'arn:aws:states:us-east-1:1:x' },
      true,
    ],
    ['an ARN of another shape', { ArnLike: { k: 'arn:aws:states:*' } }, { k: 'arn:aws:states:r:1:x' }, false],
    [
      'a secure transport',
      { Bool: { 'aws:SecureTransport': true } },
      { 'aws:SecureTransport': 'true' },
      true,
    ],
    [
      'no secure transport',
      { Bool: { 'aws:SecureTransport': 'true' } },
      { 'aws:SecureTransport': 'false' },
      false,
    ],
  ])('do it on the condition of %s', (_, Condition, context, expected) => {
    expect(allowed([{ ...allow, Condition }], { context })).toBe(expected);
  });

  it('do nothing that is not allowed, and nothing that is denied', () => {
    const authorizer = authorizerOf([
      documentOf(allow, {
        Effect: 'Deny',
        Action: 'bedrock:*',
        Resource: 'arn:*nova-pro*',
      }),
    ]);
    expect(() => {
      authorizer.authorize(ROLE, 'bedrock:InvokeModel', MODEL);
    }).not.toThrow();
    expect(() => {
      authorizer.authorize(ROLE, 'bedrock:InvokeModel', MODEL.replace('lite', 'pro'));
    }).toThrow('with an explicit deny in an identity-based policy');
    expect(() => {
      authorizer.authorize(ROLE, 'dynamodb:GetItem', 'arn:aws:dynamodb:r:1:table/t');
    }).toThrow(
      'User: arn:aws:sts::123456789012:assumed-role/router/local is not authorized to perform: dynamodb:GetItem ' +
        'on resource: arn:aws:dynamodb:r:1:table/t because no identity-based policy allows the dynamodb:GetItem action',
    );
  });

  it('do what any of its policies allows, and a role that does not exist nothing', () => {
    const other = { ...allow, Action: 'dynamodb:GetItem' };
    const authorizer = authorizerOf([documentOf(allow), documentOf(other)]);
    expect(() => {
      authorizer.authorize(ROLE, 'dynamodb:GetItem', '*');
    }).not.toThrow();
    expect(() => {
      authorizer.authorize(`${ROLE}-absent`, 'dynamodb:GetItem', '*');
    }).toThrow(AccessDeniedError);
  });
});

describe('a role can be assumed', () => {
  const source = { ...TRUST, Condition: { StringEquals: { 'aws:SourceAccount': '1' } } };

  it.each<[string, unknown, string, Record<string, string>, boolean]>([
    ['by the service it trusts', TRUST, 'lambda.amazonaws.com', {}, true],
    ['not by another', TRUST, 'states.amazonaws.com', {}, false],
    ['not by another action', { ...TRUST, Action: 'sts:TagSession' }, 'lambda.amazonaws.com', {}, false],
    ['on a condition', source, 'lambda.amazonaws.com', { 'aws:SourceAccount': '1' }, true],
    ['not without it', source, 'lambda.amazonaws.com', {}, false],
  ])('%s', (_, trust, service, context, expected) => {
    expect(authorizerOf([], documentOf(trust)).assumable(ROLE, service, context)).toBe(expected);
  });

  it('only if it exists', () => {
    expect(authorizerOf([]).assumable(`${ROLE}-absent`, 'lambda.amazonaws.com')).toBe(false);
  });
});

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
