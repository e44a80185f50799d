import { LambdaAlias } from '@cdktf/provider-aws/lib/lambda-alias';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue';
import { Testing } from 'cdktf';
import { Construct } from 'constructs';
import { BaseStack } from '../../constructs/base-stack';
import { addressed, shippedConfig, synthesize, type StackName } from '../support/synthesize';

const STACKS: readonly StackName[] = ['primary', 'secondary', 'conversations', 'mlops'];
const REGION = {
  primary: 'us-east-1',
  secondary: 'us-west-2',
  conversations: 'us-east-1',
  mlops: 'us-east-1',
} as const;

/** Every leaf of a JSON value by its dotted path. */
function flatten(value: unknown, path = ''): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]]);
  const entries = Object.entries(value).map(([key, child]) =>
    flatten(child, path === '' ? key : `${path}.${key}`),
  );
  return new Map(entries.flatMap((child) => [...child]));
}

describe('the synthesized stacks', () => {
  const app = synthesize();
  afterAll(app.remove);

  it.each(STACKS)('%s puts every resource and data source under its aliased provider', (name) => {
    const stack = app.stack(name);
    expect(stack.provider.aws).toEqual([
      expect.objectContaining({ alias: REGION[name], region: REGION[name] }),
    ]);
    const providers = addressed(stack).map(([address, { provider }]) => [address, provider]);
    expect(providers.length).toBeGreaterThan(name === 'conversations' ? 0 : 5);
    expect(providers.filter(([, provider]) => provider !== `aws.${REGION[name]}`)).toEqual([]);
  });

  it('have readable addresses, without a hash', () => {
    const addresses = STACKS.flatMap((name) => addressed(app.stack(name)).map(([address]) => address));
    expect(addresses).toContain('aws_lambda_function.assistant_primary_model');
    expect(addresses).toContain('aws_sfn_state_machine.assistant_workflow');
    expect(addresses.filter((address) => /_[0-9A-F]{8}$/.test(address))).toEqual([]);
  });

  it.each(['primary', 'secondary'] as const)(
    '%s creates nothing before its twin of the same name is destroyed',
    (name) => {
      const stack = app.stack(name);
      const byAddress = new Map(addressed(stack));
      const drawnIn = new Set<string>();
      // Terraform does so with all that such a resource depends on.
      const draw = (address: string): void => {
        if (drawnIn.has(address) || !byAddress.has(address)) return;
        drawnIn.add(address);
        const text = JSON.stringify(byAddress.get(address));
        for (const [dependency = ''] of text.matchAll(/(?<![\w.])(data\.)?aws_\w+\.\w+/g)) draw(dependency);
      };
      for (const [address, { lifecycle }] of byAddress) {
        if ((lifecycle as { create_before_destroy?: boolean } | undefined)?.create_before_destroy)
          draw(address);
      }
      const types = new Set([...drawnIn].map((address) => address.replace(/\.[^.]+$/, '')));
      expect([...types].filter((type) => !type.startsWith('aws_api_gateway_')).sort()).toEqual([
        'aws_acm_certificate',
        'aws_route53_health_check',
        'data.aws_caller_identity',
      ]);
      expect([...types]).not.toContain('aws_api_gateway_domain_name');
    },
  );

  it.each(STACKS)('%s reads no other stack and keeps a state of its own', (name) => {
    const { data = {}, terraform } = app.stack(name);
    const regional = ['aws_caller_identity', 'aws_route53_zone'];
    const read = {
      primary: regional,
      secondary: regional,
      conversations: [],
      mlops: ['aws_caller_identity'],
    };
    expect(Object.keys(data)).toEqual(read[name]);
    expect(terraform.backend).toEqual({ local: { path: `../../../terraform.${name}.tfstate` } });
  });

  it('name nothing of the primary region in the secondary', () => {
    const text = JSON.stringify(app.stack('secondary'));
    expect(text).toContain('us-west-2');
    expect(text).not.toContain('us-east-1');
  });

  it('differ in nothing but region, regional name and role', () => {
    const leaves = (name: 'primary' | 'secondary') => {
      const text = JSON.stringify({ ...app.stack(name), '//': null })
        .replaceAll(REGION[name], 'REGION')
        .replaceAll(`"path":"${name}/`, '"path":"ROLE/');
      return flatten(JSON.parse(text));
    };
    const [primary, secondary] = [leaves('primary'), leaves('secondary')];
    const own =
      /^resource\.(aws_route53_health_check\.assistant_failover_health(_evacuation|_models)?|aws_cloudwatch_dashboard\.assistant_dashboards_both)\./;
    const differing = [...primary.keys()].filter(
      (path) => !own.test(path) && primary.get(path) !== secondary.get(path),
    );
    expect([...secondary.keys()].filter((path) => !primary.has(path))).toEqual([]);
    expect(differing).toEqual([
      'output.health_check_id.value',
      'provider.aws.0.default_tags.0.tags.stack',
      'resource.aws_route53_record.assistant_failover_record.failover_routing_policy.type',
      'resource.aws_route53_record.assistant_failover_record.health_check_id',
      'resource.aws_route53_record.assistant_failover_record.set_identifier',
      'terraform.backend.local.path',
    ]);
  });

  it.each(STACKS)('%s has outputs for what a user needs next', (name) => {
    const regional = [
      'failover_url',
      'regional_url',
      'state_machine_arn',
      'appconfig_application_id',
      'appconfig_environment_id',
      'appconfig_profile_id',
      'health_check_id',
    ];
    const mlops = [
      's3_bucket_name',
      'sagemaker_role_arn',
      'kms_key_arn',
      'model_package_group_name',
      'region',
    ];
    const expected = { primary: regional, secondary: regional, conversations: ['table_name'], mlops };
    expect(Object.keys(app.stack(name).output).sort()).toEqual([...expected[name]].sort());
  });
});

describe('a remote backend', () => {
  it('keeps each state in a bucket of its own region, locked by the bucket itself', () => {
    const buckets = {
      primary: 'state-east',
      secondary: 'state-west',
      conversations: 'state-shared',
      mlops: 'state-mlops',
    };
    const app = synthesize({ backend: { type: 's3', buckets } });
    const backends = STACKS.map((name) => app.stack(name).terraform.backend);
    app.remove();
    expect(backends).toEqual(
      STACKS.map((name) => ({
        s3: {
          bucket: buckets[name],
          key: `customer-assistant/${name}.tfstate`,
          region: REGION[name],
          encrypt: true,
          use_lockfile: true,
        },
      })),
    );
  });
});

describe('BaseStack', () => {
  class TestStack extends BaseStack {
    constructor(scope: Construct, build: (stack: TestStack) => void) {
      super(scope, 'primary', { config: shippedConfig(), region: 'us-east-1' });
      build(this);
    }
    get aws() {
      return this.provider;
    }
  }
  const stackWith = (build: (stack: TestStack) => void) => new TestStack(Testing.app(), build);

  it('refuses a resource without a provider, by its path', () => {
    const stack = stackWith((scope) => new SqsQueue(scope, 'stray', {}));
    expect(() => Testing.fullSynth(stack)).toThrow(/primary\/stray.*names no provider/s);
  });

  it('takes a resource with the aliased provider', () => {
    const stack = stackWith((scope) => new SqsQueue(scope, 'queue', { provider: scope.aws }));
    expect(() => Testing.fullSynth(stack)).not.toThrow();
  });

  it('refuses two resources of a type with one address, naming both', () => {
    const build = () =>
      stackWith((scope) => {
        new SqsQueue(scope, 'a_b', { provider: scope.aws });
        new SqsQueue(new Construct(scope, 'a'), 'b', { provider: scope.aws });
      });
    expect(() => Testing.synth(build())).toThrow(/aws_sqs_queue\.a_b is taken by primary\/a_b/);
  });

  it('lets resources of different types share a name', () => {
    const stack = stackWith((scope) => {
      const parent = new Construct(scope, 'thing');
      new SqsQueue(parent, 'default', { provider: scope.aws });
      new LambdaAlias(scope, 'other', {
        provider: scope.aws,
        name: 'a',
        functionName: 'f',
        functionVersion: '1',
      });
    });
    expect(Testing.synth(stack)).toContain('"thing"');
  });
});
