import fc from 'fast-check';
import { synthesize, type StackName } from '../../../__tests__/support/synthesize';
import { EVERYTHING } from '../../../__tests__/support/everything';
import { shippedModelConfig } from '../../../contract/default-model-config';
import { costTable, standingUsd, troubleLines } from '../../cost/cost-table';
import { monthlyCost, total, type Use } from '../../cost/monthly-cost';
import { PRICES } from '../../cost/prices';
import { billed } from '../../cost/synthesized';
import { assistantStreams } from '../assistant';

type Resources = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

const USE: Use = { requests: 0, inputTokens: 300, outputTokens: 400, fallbackShare: 0, type: 'default' };
const rules = { rules: shippedModelConfig(), pollSeconds: 15 };

const stack = (resource: Resources, name = 'primary', region = 'us-east-1') =>
  billed(name, { provider: { aws: [{ region }] }, resource });
const standing = (...resources: readonly Resources[]) => {
  const stacks = resources.map((resource, index) => stack(resource, `stack${index}`));
  return monthlyCost(stacks, rules, USE).regions.map(({ standing: of }) => of);
};

const NAME = 'us-east-1.assistant.example.com';
const check = (interval: number, path: string) => ({
  ...{ type: 'HTTPS', request_interval: interval, fqdn: NAME, resource_path: path },
});

describe('what is billed by its being there', () => {
  it.each([
    ['nothing', {}, {}],
    ['two alarms', { aws_cloudwatch_metric_alarm: { a: {}, b: {} } }, { CloudWatch: 0.2 }],
    ['a dashboard', { aws_cloudwatch_dashboard: { a: {} } }, { CloudWatch: 3 }],
    ['a key', { aws_kms_key: { a: {} } }, { KMS: 1 }],
    ['a firewall of two rules', { aws_wafv2_web_acl: { a: { rule: [{}, {}] } } }, { WAF: 7 }],
    ['a fast check', { aws_route53_health_check: { a: check(10, '/health') } }, { 'Route 53': 4.75 }],
    ['a slow check', { aws_route53_health_check: { a: check(30, '/health') } }, { 'Route 53': 2.75 }],
    ['a calculated check', { aws_route53_health_check: { a: { type: 'CALCULATED' } } }, { 'Route 53': 1 }],
    [
      'a canary that is turned off',
      { aws_scheduler_schedule: { a: { name: 'x-canary-default', state: 'DISABLED' } } },
      {},
    ],
  ])('%s', (_, resources, expected) => {
    const [of = {}] = standing(resources);
    const billedServices = Object.fromEntries(Object.entries(of).filter(([, usd]) => usd !== 0));
    expect(Object.keys(billedServices)).toEqual(Object.keys(expected));
    for (const [service, usd] of Object.entries(expected)) expect(of[service]).toBeCloseTo(usd, 10);
  });

  it('puts the probes of a check where its name is served, and a third of them where it asks a third as often', () => {
    const served = { aws_api_gateway_domain_name: { a: { domain_name: NAME } } };
    const probesAt = (interval: number) => {
      const [asking = {}, asked = {}] = standing(
        { aws_route53_health_check: { a: check(interval, '/${var.probe_secret}/evacuation') } },
        served,
      );
      expect(asking['API Gateway'] ?? 0).toBe(0);
      return asked;
    };
    expect(probesAt(10)['API Gateway']).toBeCloseTo(((16 * 259_200) / 1e6) * 3.5, 6);
    expect(total(probesAt(30)) * 3).toBeCloseTo(total(probesAt(10)), 6);
  });
});

/** Types of which nothing is billed that anybody would miss, or whose use is in a request's. */
const WITHOUT_PRICE = [
  'aws_acm_certificate',
  'aws_acm_certificate_validation',
  'aws_api_gateway_account',
  'aws_api_gateway_api_key',
  'aws_api_gateway_base_path_mapping',
  'aws_api_gateway_deployment',
  'aws_api_gateway_domain_name',
  'aws_api_gateway_method_settings',
  'aws_api_gateway_rest_api',
  'aws_api_gateway_stage',
  'aws_api_gateway_usage_plan',
  'aws_api_gateway_usage_plan_key',
  'aws_apigatewayv2_api_mapping',
  'aws_appconfig_application',
  'aws_appconfig_configuration_profile',
  'aws_appconfig_deployment',
  'aws_appconfig_deployment_strategy',
  'aws_appconfig_environment',
  'aws_appconfig_hosted_configuration_version',
  'aws_bedrock_guardrail',
  'aws_bedrock_guardrail_version',
  'aws_budgets_budget',
  'aws_cloudwatch_log_group',
  'aws_dynamodb_table',
  'aws_iam_role',
  'aws_iam_role_policy',
  'aws_kms_alias',
  'aws_lambda_alias',
  'aws_lambda_function',
  'aws_route53_record',
  'aws_s3_bucket',
  'aws_s3_bucket_lifecycle_configuration',
  'aws_s3_bucket_ownership_controls',
  'aws_s3_bucket_policy',
  'aws_s3_bucket_public_access_block',
  'aws_s3_bucket_server_side_encryption_configuration',
  'aws_s3_bucket_versioning',
  'aws_sagemaker_model_package_group',
  'aws_sfn_state_machine',
  'aws_wafv2_ip_set',
  'aws_wafv2_web_acl_association',
  'aws_xray_sampling_rule',
];
const WITH_PRICE = [
  'aws_cloudwatch_dashboard',
  'aws_cloudwatch_metric_alarm',
  'aws_kms_key',
  'aws_route53_health_check',
  'aws_scheduler_schedule',
  'aws_wafv2_web_acl',
];

describe('a month of all that can be configured', () => {
  const app = synthesize(EVERYTHING);
  afterAll(app.remove);
  const names: readonly StackName[] = ['primary', 'secondary', 'conversations', 'mlops'];
  const stacks = names.map((name) =>
    billed(name, app.stack(name) as unknown as Parameters<typeof billed>[1]),
  );
  const month = (use: Partial<Use> = {}) => monthlyCost(stacks, rules, { ...USE, ...use });

  it('has a price, or none for a reason, of each type of resource', () => {
    const types = names.flatMap((name) => Object.keys(app.stack(name).resource));
    expect([...new Set(types)].filter((type) => ![...WITH_PRICE, ...WITHOUT_PRICE].includes(type))).toEqual(
      [],
    );
  });

  it('is by each of the services that it goes through', () => {
    const services = ['API Gateway', 'AppConfig', 'Bedrock', 'CloudWatch', 'DynamoDB', 'KMS', 'Lambda'];
    const cost = month({ requests: 1_000_000 });
    const [, ...rows] = costTable(cost, { ...USE, requests: 1_000_000 });
    expect(rows.map(([service]) => service).toSorted()).toEqual(
      [...services, 'Route 53', 'Scheduler', 'Step Functions', 'WAF', 'X-Ray', 'all'].toSorted(),
    );
    const [last = []] = rows.slice(-1);
    expect(Number(last.at(-1))).toBeCloseTo(standingUsd(cost) + total(cost.byUse), 1);
  });

  it.each([
    ['each request, where there is one in a second at the most', 1_000_000, 5],
    ['one in a second and 5 % of the others, beyond', 100_000_000, 37.31],
  ])('has traces of %s', (_, requests, usd) => {
    expect(month({ requests }).byUse['X-Ray']).toBeCloseTo(usd, 2);
  });

  it('is by use as large as there are requests, between what one costs by either model', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000_000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (requests, fallbackShare) => {
          const { ofOne, byUse, regions } = month({ requests, fallbackShare });
          const bounds = [total(ofOne.primary), total(ofOne.fallback)].map((usd) => usd * requests);
          expect(total(byUse)).toBeGreaterThanOrEqual(Math.min(...bounds) * (1 - 1e-9));
          expect(total(byUse)).toBeLessThanOrEqual(Math.max(...bounds) * (1 + 1e-9));
          expect(regions).toEqual(month().regions);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('charges a degraded answer for no model, and a fallback for the failed calls before it', () => {
    const { ofOne } = month();
    expect(ofOne.degraded.Bedrock ?? 0).toBe(0);
    expect(ofOne.fallback.Lambda ?? 0).toBeGreaterThan(ofOne.primary.Lambda ?? 0);
    expect(troubleLines(month({ requests: 1_000_000 }), USE)).toHaveLength(4);
  });

  it('is refused where a model has no price', () => {
    const { default: rule } = rules.rules;
    const unknown = { ...rules.rules, default: { ...rule, primary: { modelId: 'us.meta.new-v1:0' } } };
    expect(() => monthlyCost(stacks, { ...rules, rules: unknown }, USE)).toThrow(
      /has no price of us\.meta\.new/,
    );
  });
});

it('has each price with where it was read, or that it is assumed', () => {
  for (const [name, { usd, source, basis }] of Object.entries(PRICES)) {
    expect([name, usd > 0, source.startsWith('https://'), ['reported', 'assumed'].includes(basis)]).toEqual([
      name,
      true,
      true,
      true,
    ]);
  }
});

it.each([
  ['no-such-type', true],
  ['finance_deep', false],
  ['default', false],
])('says of the request type %s that no rule is for it alone: %s', async (type, isTold) => {
  const { code, output, piped } = await assistantStreams(4_000, 'cost', '--type', type, '--json');
  expect(output.includes(`No rule is for ${type} alone`)).toBe(isTold);
  expect(JSON.parse(piped)).toMatchObject({ use: { type } });
  expect(code).toBe(0);
});
