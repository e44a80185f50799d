import { json } from '../../../stack/values';
import { read } from '../fixture';

const computed = (type: string, body: Record<string, unknown>) =>
  read({ resource: { [type]: { x: body } } }).one(type).values;

describe('computed attributes', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    [
      'aws_lambda_function',
      { function_name: 'f' },
      {
        version: '$LATEST',
        invoke_arn:
          'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations',
      },
    ],
    [
      'aws_lambda_function',
      { function_name: 'f', publish: true },
      { version: '1', qualified_arn: 'arn:aws:lambda:us-east-1:123456789012:function:f:1' },
    ],
    [
      'aws_lambda_alias',
      { name: 'live', function_name: 'f' },
      { arn: 'arn:aws:lambda:us-east-1:123456789012:function:f:live' },
    ],
    [
      'aws_iam_role',
      { name: 'r', path: '/service/' },
      { id: 'r', arn: 'arn:aws:iam::123456789012:role/service/r' },
    ],
    [
      'aws_cloudwatch_log_group',
      { name: '/aws/f' },
      { arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/f' },
    ],
    [
      'aws_dynamodb_table',
      { name: 'tab' },
      { id: 'tab', arn: 'arn:aws:dynamodb:us-east-1:123456789012:table/tab' },
    ],
    ['aws_appconfig_application', { name: 'a' }, { id: expect.stringMatching(/^[a-z0-9]{7}$/) }],
    [
      'aws_appconfig_environment',
      { name: 'e', application_id: 'abcdefg' },
      { id: expect.stringMatching(/^[a-z0-9]{7}:abcdefg$/) },
    ],
    [
      'aws_route53_health_check',
      { type: 'HTTPS' },
      { id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) },
    ],
    [
      'aws_route53_record',
      { zone_id: 'Z', name: 'a.example.com.', type: 'A', set_identifier: 'primary' },
      { id: 'Z_a.example.com._A_primary', fqdn: 'a.example.com' },
    ],
    ['aws_api_gateway_domain_name', { domain_name: 'a.example.com' }, { regional_zone_id: 'Z1UJRXOUMOOFQ8' }],
    [
      'aws_api_gateway_stage',
      { rest_api_id: 'api', stage_name: 'live' },
      { invoke_url: 'https://api.execute-api.us-east-1.amazonaws.com/live' },
    ],
    [
      'aws_s3_bucket',
      { bucket: 'buc' },
      { id: 'buc', arn: 'arn:aws:s3:::buc', bucket_regional_domain_name: 'buc.s3.us-east-1.amazonaws.com' },
    ],
    [
      'aws_s3_bucket_versioning',
      { bucket: 'b', versioning_configuration: { status: 'Enabled' } },
      { id: 'b' },
    ],
    [
      'aws_kms_key',
      {},
      { arn: expect.stringMatching(/^arn:aws:kms:us-east-1:123456789012:key\/[0-9a-f-]{36}$/) },
    ],
    [
      'aws_kms_alias',
      { name: 'alias/k', target_key_id: 'k' },
      { id: 'alias/k', arn: 'arn:aws:kms:us-east-1:123456789012:alias/k' },
    ],
    [
      'aws_sagemaker_model_package_group',
      { model_package_group_name: 'g' },
      { id: 'g', arn: 'arn:aws:sagemaker:us-east-1:123456789012:model-package-group/g' },
    ],
    ['aws_api_gateway_base_path_mapping', { domain_name: 'a.example.com' }, { id: 'a.example.com/' }],
  ])('%s %j', (type, body, expected) => {
    expect(computed(type, body)).toMatchObject(expected);
  });

  it('need the arguments that they are made of', () => {
    expect(() => computed('aws_lambda_function', {})).toThrow(
      'aws_lambda_function.x.function_name is missing',
    );
  });
});

describe('the policy document data source', () => {
  const documentOf = (statement: unknown) => {
    const [document] = read({ data: { aws_iam_policy_document: { d: { statement } } } }).dataSources;
    if (document === undefined) throw new Error('no data source');
    return json(document, 'json');
  };

  it('renders statements as the provider does: allow by default, one value plainly, several descending', () => {
    const condition = [
      { test: 'StringEquals', variable: 'aws:SourceAccount', values: ['1'] },
      { test: 'StringEquals', variable: 'aws:PrincipalTag/team', values: ['&{aws:username}', 'b'] },
    ];
    expect(
      documentOf([
        { sid: 'one', actions: ['a:A', 'a:B'], resources: ['arn:x'], condition },
        { effect: 'Deny', not_actions: ['a:A'], not_resources: ['*'] },
      ]),
    ).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'one',
          Effect: 'Allow',
          Action: ['a:B', 'a:A'],
          Resource: 'arn:x',
          Condition: {
            StringEquals: { 'aws:SourceAccount': '1', 'aws:PrincipalTag/team': ['${aws:username}', 'b'] },
          },
        },
        { Effect: 'Deny', NotAction: 'a:A', NotResource: '*' },
      ],
    });
  });

  it.each([
    [[{ type: '*', identifiers: ['*'] }], '*'],
    [[{ type: 'AWS', identifiers: ['*'] }], { AWS: '*' }],
    [
      [
        { type: 'Service', identifiers: ['a.amazonaws.com'] },
        { type: 'Service', identifiers: ['b.amazonaws.com'] },
      ],
      { Service: ['b.amazonaws.com', 'a.amazonaws.com'] },
    ],
  ])('renders the principals %j', (principals, expected) => {
    expect(documentOf([{ actions: ['sts:AssumeRole'], principals }])).toMatchObject({
      Statement: [{ Principal: expected }],
    });
  });
});
