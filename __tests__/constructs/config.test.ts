import fc from 'fast-check';
import { mlopsRegion } from '../../constructs/config/mlops-config';
import { ConfigError, parseConfig, readConfig } from '../../constructs/config/read-config';
import { isPlaceholderDomain } from '../../constructs/config/placeholder-domain';
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
    ['regions.primary', 'us_east_1', /regions\.primary is "us_east_1"; allowed: an AWS region/],
    ['regions.secondary', 'us-east-1', /regions\.secondary is "us-east-1"; allowed: another region/],
    ['domain.failover', 'nodots', /domain\.failover is "nodots"; allowed: a lower-case domain name/],
    ['domain.primary', 'assistant.example.com', /domain is \{.*allowed: three different names/],
    ['domain.hostedZoneId', 'x', /domain\.hostedZoneId is "x"; allowed: the id of a Route 53 hosted zone/],
    ['budget.totalMs', 29_000, /budget\.totalMs is 29000; allowed: .*28000/],
    ['budget.primaryMs', 26_000, /budget\.totalMs is 27000; allowed: .*leaves the fallback tier 500 ms/],
    ['healthCheck.intervalSeconds', 20, /healthCheck\.intervalSeconds is 20; allowed: 10 or 30/],
    ['healthCheck.failureThreshold', 11, /healthCheck\.failureThreshold is 11; allowed: .*10/],
    ['modelConfigPollSeconds', 5, /modelConfigPollSeconds is 5; allowed: .*15/],
    ['logRetentionDays', 31, /logRetentionDays is 31; allowed: one of 1, 3, 5/],
    ['modelVendors', [], /modelVendors is \[\]; allowed/],
    ['backend', { type: 'ftp' }, /backend\.type is "ftp"; allowed/],
    ['backend', { type: 's3', buckets: { primary: 'a-bucket' } }, /backend\.buckets\.secondary is missing/],
    ['mlops', undefined, /mlops is missing/],
    [
      'mlops.baseModel',
      'amazon.titan-text-express-v1',
      /mlops\.baseModel is "amazon\.titan.*allowed: one of .*nova/,
    ],
    ['mlops.deletionProtection', 'yes', /mlops\.deletionProtection is "yes"; allowed: true or false/],
    ['mlops.noncurrentVersionDays', 0, /mlops\.noncurrentVersionDays is 0; allowed: .*1 to 3650/],
    [
      'regions.mlops',
      'us-west-2',
      /regions\.mlops is "us-west-2"; allowed: left out, or us-east-1: .*amazon\.nova-micro-v1:0:128k/,
    ],
    ['surprise', 1, /surprise: there is no such key/],
    ['budget.surprise', 1, /budget\.surprise: there is no such key/],
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

  it.each([
    ['assistant.example.com', true],
    ['example.org', true],
    ['assistant.test', true],
    ['assistant.company.com', false],
    ['myexample.com', false],
    ['example.com.company.net', false],
  ])('takes %s for a placeholder: %s', (domain, expected) => {
    expect(isPlaceholderDomain(domain)).toBe(expected);
  });
});
