import { LOCAL_SECRET } from '../../stack/resolver';
import { UnsupportedError } from '../../stack/resource';
import { readStack } from '../../stack/stack';
import { ASSISTANT } from './assistant-fixture';
import { inOutDir, read, synthesized } from './fixture';

const role = { name: 'router', assume_role_policy: '{}' };
const policy = (more: Record<string, unknown>) => ({
  resource: { aws_iam_role_policy: { p: { name: 'p', role: 'router', policy: '{}', ...more } } },
});
const table = (more: Record<string, unknown>) => () =>
  read({ resource: { aws_dynamodb_table: { t: { name: 't', ...more } } } });
const withSection = (parts: Record<string, unknown>) => () =>
  inOutDir({ ...synthesized({}), ...parts }, (outDir) => readStack(outDir, 'primary'));

describe('a stack', () => {
  const stack = read(ASSISTANT);

  it('is read with its region, its directory and its outputs', () => {
    expect(stack).toMatchObject({ name: 'primary', region: 'us-east-1' });
    expect(stack.directory).toMatch(/stacks.primary$/);
    expect(stack.outputs).toEqual({
      machine: 'arn:aws:states:us-east-1:123456789012:stateMachine:assistant',
      url: expect.stringMatching(/^https:\/\/[a-z0-9]{10}\.example\.com\/$/) as string,
    });
  });

  it('gives its resources by type', () => {
    expect(stack.one('aws_lambda_function')).toMatchObject({
      address: 'aws_lambda_function.router',
      type: 'aws_lambda_function',
      name: 'router',
      values: {
        arn: 'arn:aws:lambda:us-east-1:123456789012:function:assistant-router',
        role: 'arn:aws:iam::123456789012:role/assistant-router',
        environment: { variables: { TABLE: 'assistant-circuits' } },
      },
    });
    expect(stack.of('aws_nothing')).toEqual([]);
    expect(stack.dataSources.map(({ address }) => address)).toContain('data.aws_caller_identity.current');
  });

  it('tells how many there are where one is asked for', () => {
    expect(() => stack.one('aws_nothing')).toThrow('exactly one aws_nothing, not 0: none');
    const two = read({ resource: { aws_dynamodb_table: { one: { name: 'one' }, two: { name: 'two' } } } });
    expect(() => two.one('aws_dynamodb_table')).toThrow(
      'not 2: aws_dynamodb_table.one, aws_dynamodb_table.two',
    );
  });

  it('lists what it does not emulate, and still resolves it', () => {
    expect(stack.notEmulated.get('aws_sns_topic')).toEqual(['aws_sns_topic.alerts']);
    expect([...stack.notEmulated.keys()]).toContain('aws_acm_certificate');
    expect([...stack.notEmulated.keys()]).not.toContain('aws_lambda_function');
    expect(stack.one('aws_cloudwatch_metric_alarm').values.alarm_actions).toEqual([
      'arn:aws:sns:us-east-1:123456789012:aws_sns_topic/alerts',
    ]);
  });

  it('has the same ids at every start, and others than another stack', () => {
    const idOf = (name: string) => read(ASSISTANT, name).one('aws_api_gateway_rest_api').values.id;
    expect(idOf('primary')).toBe(idOf('primary'));
    expect(idOf('primary')).not.toBe(idOf('secondary'));
  });

  it('resolves locals by each other and variables by their defaults', () => {
    const { outputs } = read({
      locals: { a: '${local.b}-${var.c}', b: 'b' },
      variable: { c: { default: 'c', type: 'string' } },
      output: { a: { value: '${local.a}' } },
    });
    expect(outputs).toEqual({ a: 'b-c' });
  });

  it('takes a secret that everybody knows for a sensitive variable without a default', () => {
    const { outputs } = read({
      variable: { secret: { sensitive: true, type: 'string' } },
      output: { path: { value: '/${var.secret}/health', sensitive: true } },
    });
    expect(outputs).toEqual({ path: `/${LOCAL_SECRET}/health` });
  });
});

describe('what a stack must not ask for', () => {
  it.each([
    [
      'an argument that is not emulated',
      table({ table_class: 'STANDARD' }),
      'aws_dynamodb_table.t.table_class: this argument is not emulated',
    ],
    [
      'an index of a table',
      table({ global_secondary_index: [{ name: 'byTime' }] }),
      'aws_dynamodb_table.t.global_secondary_index: ',
    ],
    [
      'a local index of a table',
      table({ local_secondary_index: [{ name: 'byTime' }] }),
      'aws_dynamodb_table.t.local_secondary_index: ',
    ],
    [
      'replicas that agree at once',
      table({ replica: [{ region_name: 'us-west-2', consistency_mode: 'STRONG' }] }),
      'aws_dynamodb_table.t.replica.consistency_mode: ',
    ],
    [
      'an argument of a block that is not emulated',
      table({ attribute: [{ name: 'a' }, { kind: 'S' }] }),
      'aws_dynamodb_table.t.attribute[1].kind: ',
    ],
    ['a name that its service does not take', table({}), 'aws_dynamodb_table.t: invalid value for name'],
    [
      'another provider',
      () => read(policy({ provider: 'aws.us-west-2' })),
      'aws_iam_role_policy.p.provider: ',
    ],
    ['no provider', () => read(policy({ provider: undefined })), 'aws_iam_role_policy.p.provider: '],
    ['count', () => read(policy({ count: 2 })), 'aws_iam_role_policy.p.count: '],
    ['for_each', () => read(policy({ for_each: {} })), 'aws_iam_role_policy.p.for_each: '],
    [
      'an unknown part of a lifecycle',
      () => read(policy({ lifecycle: { action_trigger: [{}] } })),
      '.lifecycle.action_trigger: ',
    ],
    [
      'another value than the one that asks for nothing',
      () =>
        read({
          resource: { aws_scheduler_schedule: { s: { group_name: 'other' } } },
        }),
      'aws_scheduler_schedule.s.group_name: only "default"',
    ],
    [
      'a resource that is not there',
      () => read(policy({ role: '${aws_iam_role.absent.name}' })),
      'aws_iam_role_policy.p.role: refers to aws_iam_role.absent, which the stack does not have',
    ],
    [
      'an attribute that is not computed',
      () =>
        read({
          resource: { aws_iam_role: { r: role } },
          locals: { a: '${aws_iam_role.r.create_date}' },
          output: { a: { value: '${local.a}' } },
        }),
      'local.a: aws_iam_role.r.create_date is neither an argument',
    ],
    [
      'a variable without a default',
      () => read({ variable: { v: {} }, output: { v: { value: '${var.v}' } } }),
      'var.v: ',
    ],
    ['a module', withSection({ module: { m: {} } }), 'primary: '],
    [
      'a validated variable',
      withSection({ variable: { v: { default: 1, validation: [] } } }),
      'primary.variable.v: ',
    ],
    ['two regions', withSection({ provider: { aws: [{}, {}] } }), 'primary.provider.aws: 2 providers'],
    ['no region', withSection({ provider: {} }), 'primary.provider.aws: 0 providers'],
    [
      'another kind of provider',
      withSection({ provider: { aws: [{ alias: 'a', region: 'us-east-1' }], random: [{}] } }),
      'primary.provider.random: ',
    ],
    [
      'an argument of the provider that is not emulated',
      withSection({ provider: { aws: [{ alias: 'a', region: 'us-east-1', assume_role: [{}] }] } }),
      'primary.provider.aws.assume_role: ',
    ],
  ])('%s', (_, reading, message) => {
    expect(reading).toThrow(UnsupportedError);
    expect(reading).toThrow(message);
  });

  describe('a precondition', () => {
    const guarded = (type: string, condition: string) =>
      read({
        locals: { domain: 'example.com' },
        resource: {
          [type]: {
            x: {
              name: 'x',
              lifecycle: {
                precondition: [{ condition, error_message: '${local.domain} is a placeholder.' }],
              },
            },
          },
        },
      });

    it('that is not met stops the start with its own message', () => {
      expect(() => guarded('aws_sns_topic', '${local.domain != "example.com"}')).toThrow(
        'aws_sns_topic.x.lifecycle.precondition: example.com is a placeholder.',
      );
    });

    it('that is met lets it through', () => {
      expect(guarded('aws_sns_topic', '${local.domain == "example.com"}').one('aws_sns_topic').name).toBe(
        'x',
      );
    });

    it('of a certificate asks for what a local run does not need', () => {
      expect(() =>
        read({
          resource: {
            aws_acm_certificate: {
              x: { domain_name: 'example.com', lifecycle: { precondition: [{ condition: '${false}' }] } },
            },
          },
        }),
      ).not.toThrow();
    });
  });

  it('references in a circle', () => {
    const circle = { locals: { a: '${local.b}', b: '${local.a}' }, output: { a: { value: '${local.a}' } } };
    expect(() => read(circle)).toThrow('local.a -> local.b -> local.a: a cycle');
  });

  it('a default provider', () => {
    expect(withSection({ provider: { aws: [{ region: 'us-east-1' }] } })).toThrow(
      'primary.provider.aws.alias is missing',
    );
  });

  it('a region that is only known later', () => {
    const provider = { aws: [{ alias: 'a', region: '${var.region}' }] };
    expect(withSection({ provider })).toThrow('primary.provider.aws.region must be');
  });
});

it('tells how to get a stack that has not been synthesized', () => {
  expect(() => inOutDir(synthesized({}), (outDir) => readStack(outDir, 'other'))).toThrow(
    /other.cdk\.tf\.json cannot be read: synthesize the stack "other" first/,
  );
});
