import fc from 'fast-check';
import { mlopsRegion } from '../../constructs/config/mlops-config';
import { ConfigError, parseConfig, readConfig } from '../../constructs/config/read-config';
import { shippedModelFaults } from '../../constructs/config/shipped-models';
import { defaultModelConfig } from '../../contract/default-model-config';
import type { ModelConfig } from '../../contract/model-config';
import { TUNABLE_MODELS } from '../../contract/tunable-models';
import { shippedConfig } from '../support/synthesize';

/** @returns the shipped configuration with one value, at a dotted path, replaced (or removed when undefined) */
function withValue(path: string, value: unknown): unknown {
  const config = structuredClone(shippedConfig()) as unknown as Record<string, unknown>;
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.reduce((node, step) => node[step] as Record<string, unknown>, config);
  parent[last] = value;
  return JSON.parse(JSON.stringify(config));
}

/** The dotted path of every value of a configuration. */
const leaves = (value: unknown, path = ''): readonly string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`))
    : [path];

function problemsOf(config: unknown): string {
  try {
    parseConfig(config);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe('the configuration', () => {
  it('is valid as shipped', () => {
    expect(parseConfig(shippedConfig())).toEqual(shippedConfig());
  });

  it('comes from the CLI’s context, or from cdktf.json without it', () => {
    expect(readConfig({})).toEqual(shippedConfig());
    const context = JSON.stringify({ assistant: { ...shippedConfig(), project: 'other' } });
    expect(readConfig({ CDKTF_CONTEXT_JSON: context }).project).toBe('other');
  });

  it.each([
    ['project', undefined, /project is missing; allowed: .*letters/],
    ['project', 'No Spaces', /project is "No Spaces"; allowed/],
    ['regions.primary', 'us_east_1', /regions\.primary is "us_east_1"; allowed: one of us-east-1, us-east-2/],
    ['regions.secondary', 'us-east-1', /regions\.secondary is "us-east-1"; allowed: another region/],
    ['domain.failover', 'nodots', /domain\.failover is "nodots"; allowed: a lower-case domain name/],
    ['domain.failover', `${'a'.repeat(53)}.company.com`, /domain\.failover is .*allowed: .*at most 64 char/],
    ['domain.primary', 'assistant.example.com', /domain is \{.*allowed: three different names/],
    ['domain.hostedZoneId', 'x', /domain\.hostedZoneId is "x"; allowed: the id of a Route 53 hosted zone/],
    ['budget.totalMs', 29_000, /budget\.totalMs is 29000; allowed: .*28000/],
    ['budget.primaryMs', 26_000, /budget\.totalMs is 27000; allowed: .*leaves the fallback tier 500 ms/],
    ['openai', undefined, /openai is missing/],
    ['tracing', undefined, /tracing is missing; allowed: true or false/],
    ['tracing', 'on', /tracing is "on"; allowed: true or false/],
    [
      'openai.systemMessages',
      'replace',
      /openai\.systemMessages is "replace"; allowed: one of append, refuse/,
    ],
    ['healthCheck.intervalSeconds', 20, /healthCheck\.intervalSeconds is 20; allowed: 10 or 30/],
    ['healthCheck.failureThreshold', 11, /healthCheck\.failureThreshold is 11; allowed: .*10/],
    ['modelConfigPollSeconds', 5, /modelConfigPollSeconds is 5; allowed: .*15/],
    ['modelConfigRollout.minutes', 1_441, /modelConfigRollout\.minutes is 1441; allowed: .*1440/],
    ['modelConfigRollout.growthPercent', 0, /modelConfigRollout\.growthPercent is 0; allowed: .*100/],
    ['modelConfigRollout.bakeMinutes', -1, /modelConfigRollout\.bakeMinutes is -1; allowed: .*1440/],
    ['logRetentionDays', 31, /logRetentionDays is 31; allowed: one of 1, 3, 5/],
    ['modelVendors', [], /modelVendors is \[\]; allowed/],
    ['backend', { type: 'ftp' }, /backend\.type is "ftp"; allowed/],
    ['backend', { type: 's3', buckets: { primary: 'a-bucket' } }, /backend\.buckets\.secondary is missing/],
    ['mlops', undefined, /mlops is missing/],
    [
      'conversations',
      { retentionDays: 0, deletionProtection: true },
      /conversations\.retentionDays is 0; allowed: a whole number from 1 to 3650/,
    ],
    [
      'conversations',
      { retentionDays: 30 },
      /conversations\.deletionProtection is missing; allowed: true or false/,
    ],
    [
      'backend',
      { type: 's3', buckets: { primary: 'state-east', secondary: 'state-west', mlops: 'state-mlops' } },
      /backend\.buckets\.conversations is missing; allowed: the name of an S3 bucket, since/,
    ],
    [
      'mlops.baseModel',
      'amazon.titan-text-express-v1',
      /mlops\.baseModel is "amazon\.titan.*allowed: one of .*nova/,
    ],
    ['mlops.deletionProtection', 'yes', /mlops\.deletionProtection is "yes"; allowed: true or false/],
    ['evacuation.deletionProtection', 1, /evacuation\.deletionProtection is 1; allowed: true or false/],
    ['permissionsBoundary', 'admin', /permissionsBoundary is "admin"; allowed: the ARN of a managed policy/],
    [
      'permissionsBoundary',
      'arn:aws:iam::123456789012:role/boundary',
      /permissionsBoundary is .*allowed: the ARN of a managed policy/,
    ],
    [
      'accessLogs',
      { accountRole: 'mine' },
      /accessLogs\.accountRole is "mine"; allowed: one of create, existing/,
    ],
    ['mlops.noncurrentVersionDays', 0, /mlops\.noncurrentVersionDays is 0; allowed: .*1 to 3650/],
    [
      'regions.mlops',
      'us-west-2',
      /regions\.mlops is "us-west-2"; allowed: left out, or us-east-1: .*amazon\.nova-micro-v1:0:128k/,
    ],
    ['regions.primary', 'cn-north-1', /regions\.primary is "cn-north-1"; allowed: one of us-east-1/],
    ['regions.primary', 'us-gov-west-1', /regions\.primary is "us-gov-west-1"; allowed: one of us-east-1/],
    [
      'regions.primary',
      'eu-central-1',
      /regions\.primary is "eu-central-1"; allowed: us-east-1.*profiles of its/,
    ],
    ['tags', { 'aws:cost': 'x' }, /tags is .*allowed: at most 47 names.*no name begins with "aws:"/],
    ['tags', { stack: 'mine' }, /tags is .*allowed: .*one that the stacks set \(project, stack, Name\)/],
    ['tags', { owner: 'me; you' }, /tags\.owner is "me; you"; allowed: .*letters, digits, spaces/],
    ['tags', Object.fromEntries(Array.from({ length: 48 }, (_, n) => [`t${n}`, ''])), /allowed: at most 47/],
    [
      'alarmTopics',
      { primary: ['ops'] },
      /alarmTopics\.primary\.0 is "ops"; allowed: the ARN of an SNS topic/,
    ],
    [
      'alarmTopics',
      { secondary: ['arn:aws:sns:us-east-1:123456789012:ops'] },
      /alarmTopics\.secondary is .*allowed: topics in us-west-2/,
    ],
    [
      'maintenanceMessage',
      ' \u200B\u2800',
      /maintenanceMessage is .*allowed: a text .* one of which is visible/,
    ],
    ['surprise', 1, /surprise is unknown; allowed: project, stage, regions/],
    ['budget.surprise', 1, /budget\.surprise is unknown; allowed: totalMs, primaryMs, reserveMs/],
  ])('names key, value and what is allowed when %s is %j', (path, value, message) => {
    const parse = () => parseConfig(withValue(path, value));
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(message);
  });

  it.each(TUNABLE_MODELS.map(({ id, regions }) => [id, regions] as const))(
    'puts the mlops stack where %s is tuned',
    (baseModel, regions) => {
      const shipped = shippedConfig();
      const config = { ...shipped, mlops: { ...shipped.mlops, baseModel } };
      expect(mlopsRegion(parseConfig(config))).toBe(regions[0]);
      for (const region of regions) {
        const given = parseConfig({ ...config, regions: { ...shipped.regions, mlops: region } });
        expect(mlopsRegion(given)).toBe(region);
      }
    },
  );

  it('refuses anything else than an object, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseConfig(value)).toThrow(ConfigError);
      }),
    );
  });

  it('says of each key once what is allowed, and never in the validator’s own words', () => {
    fc.assert(
      fc.property(fc.constantFrom(...leaves(shippedConfig())), fc.jsonValue(), (path, value) => {
        const text = problemsOf(withValue(path, value));
        expect(text).not.toMatch(/Invalid input|Unrecognized key|Too (big|small)|expected /);
        const keys = text
          .split('\n')
          .slice(1)
          .map((line) => line.split(' is ')[0]);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the models that the assistant is shipped with', () => {
  const { modelVendors } = shippedConfig();
  const regions = { primary: 'us-east-1', secondary: 'us-west-2' };
  const named = (prefix: string) =>
    JSON.parse(
      JSON.stringify(defaultModelConfig).replaceAll('"us.', `"${prefix}.`),
    ) as typeof defaultModelConfig;

  it.each([
    ['us', regions, []],
    ['us', { primary: 'us-east-1', secondary: 'eu-central-1' }, ['regions.secondary']],
    ['eu', { primary: 'eu-central-1', secondary: 'eu-west-1' }, []],
    ['eu', regions, ['regions.primary', 'regions.secondary']],
    ['jp', { primary: 'ap-northeast-1', secondary: 'ap-northeast-3' }, []],
    ['au', { primary: 'ap-southeast-2', secondary: 'ap-northeast-1' }, ['regions.secondary']],
    ['apac', { primary: 'ap-southeast-2', secondary: 'ap-northeast-1' }, []],
    ['global', { primary: 'us-east-1', secondary: 'af-south-1' }, []],
  ])('with the prefix "%s." fit %j but for %j', (prefix, placed, wrong) => {
    const faults = shippedModelFaults({ regions: placed, modelVendors }, named(prefix));
    expect(faults.map(({ path }) => path.join('.'))).toEqual(wrong);
  });

  it('are of vendors whose models the functions may call', () => {
    const [fault] = shippedModelFaults({ regions, modelVendors: ['anthropic'] });
    expect(fault?.path).toEqual(['modelVendors']);
    expect(fault?.allowed).toMatch(/a list with "amazon", whose us\.amazon\.nova-2-lite-v1:0 is in/);
  });

  it('could work together', () => {
    const general = defaultModelConfig.default;
    const config = { ...defaultModelConfig, default: { ...general, fallback: general.primary } };
    const [fault] = shippedModelFaults({ regions, modelVendors }, config);
    expect(fault?.allowed).toMatch(/default\.fallback\.modelId is .*another model than default\.primary/);
  });

  it.each([
    [
      'a field of another type',
      { maxTokens: 'x' },
      'default.maxTokens is missing, or not of the type number',
    ],
    ['a field too many', { nosuch: 1 }, 'default has unknown keys (nosuch)'],
    ['no fallback', { fallback: undefined }, 'default.fallback is missing, or not of the type object'],
  ])('are of the right form: %s is told by its field', (_, change, told) => {
    const config = { ...defaultModelConfig, default: { ...defaultModelConfig.default, ...change } };
    const faults = shippedModelFaults({ regions, modelVendors }, config as typeof defaultModelConfig);
    expect(faults).toEqual([
      { path: [], allowed: `contract/default-model-config.json cannot work: ${told}` },
    ]);
  });

  it('have ids by which a model is called: another text is told by its field', () => {
    const text = JSON.stringify(defaultModelConfig).replace('us.amazon.nova-2-lite-v1:0', 'nova');
    const [fault, ...others] = shippedModelFaults({ regions, modelVendors }, JSON.parse(text) as ModelConfig);
    expect(fault?.allowed).toMatch(/cannot work: default\.fallback\.modelId is "nova"; allowed: the id of/);
    expect(others).toEqual([]);
  });

  it('may differ by region: each is asked for its own', () => {
    const { default: rule, types } = named('eu');
    const placed = { primary: 'us-east-1', secondary: 'eu-central-1' };
    const config = { ...defaultModelConfig, regions: { 'eu-central-1': { default: rule, types } } };
    expect(shippedModelFaults({ regions: placed, modelVendors }, config)).toEqual([]);
    const meta = { ...rule, fallback: { modelId: 'eu.meta.llama3-2-3b-instruct-v1:0' } };
    const ofAnother = { ...config, regions: { 'eu-central-1': { default: meta, types } } };
    expect(shippedModelFaults({ regions: placed, modelVendors }, ofAnother)).toMatchObject([
      { path: ['modelVendors'], allowed: expect.stringContaining('a list with "meta"') as string },
    ]);
  });

  it('have a region that can call all of them', () => {
    const text = JSON.stringify(defaultModelConfig).replace('"us.', '"eu.');
    const faults = shippedModelFaults({ regions, modelVendors }, JSON.parse(text) as ModelConfig);
    expect(faults).toMatchObject([
      { path: [], allowed: expect.stringMatching(/no region .*\(eu\..*us\./) as string },
    ]);
  });
});
