import { layOver, valueAt } from '../../../constructs/config/environment';
import { ConfigError } from '../../../constructs/config/read-config';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { effectiveValues } from '../../config/effective-values';
import { assistant } from '../assistant';

const base = { ...shippedConfig(), waf: { requestsIn5Minutes: 100, managedRules: true } };
const FILE = 'environments/tests.json';
const value = {
  domain: { failover: 'a.company.com', primary: 'b.company.com', secondary: 'c.company.com' },
  healthCheck: { intervalSeconds: 30 },
  callers: { keys: [{ name: 'shop', sha256: 'ab'.repeat(32), created: '2026-11-25' }] },
  waf: null,
};
const layers = {
  from: 'cdktf.json',
  base,
  environment: { name: 'tests', file: FILE, value },
  assistant: layOver(base, value, 'tests'),
};

describe('the configuration in force', () => {
  const values = effectiveValues(layers);
  const find = (key: string) => values.find((each) => each.key === key);

  it.each([
    ['project', 'customer-assistant-tests', 'cdktf.json, and ASSISTANT_ENVIRONMENT'],
    ['environment', 'tests', 'ASSISTANT_ENVIRONMENT'],
    ['stage', 'live', 'cdktf.json'],
    ['healthCheck.intervalSeconds', 30, FILE],
    ['healthCheck.failureThreshold', 3, 'cdktf.json'],
    ['healthCheck.reservedConcurrency', undefined, 'default of the schema: left out'],
    ['guardrail', undefined, 'default of the schema: left out'],
    ['waf', undefined, FILE],
    ['callers.keys', [{ name: 'shop', sha256: 'abababababab…', created: '2026-11-25' }], FILE],
  ])('has %s as %j from %s', (key, is, from) => {
    expect(find(key)).toEqual({ key, ...(is !== undefined && { value: is }), from });
  });

  it('has every value of it once, and the rest is said to be left out', () => {
    expect(new Set(values.map(({ key }) => key)).size).toBe(values.length);
    for (const { key, value: is } of values.filter(({ key }) => key !== 'callers.keys'))
      expect(is).toEqual(valueAt(layers.assistant, key.split('.')));
  });

  it('is none where it is not valid', () => {
    expect(() => effectiveValues({ ...layers, assistant: base })).toThrow(ConfigError);
  });
});

describe('config', () => {
  it('shows the project’s, and of secrets only that they are set', async () => {
    const before = process.env.TF_VAR_probe_secret;
    process.env.TF_VAR_probe_secret = 'what-nobody-may-read-in-a-terminal';
    const { output } = await assistant(0, 'config');
    const json = await assistant(0, 'config', '--json');
    if (before === undefined) delete process.env.TF_VAR_probe_secret;
    else process.env.TF_VAR_probe_secret = before;
    expect(output).toMatch(/domain\.hostedZoneId +│ Z00000000EXAMPLE/);
    expect(output).toMatch(/TF_VAR_probe_secret +│ set; not shown/);
    expect(output + json.output).not.toContain('what-nobody-may-read');
    expect(JSON.parse(json.output)).toMatchObject({
      environment: null,
      secrets: { TF_VAR_probe_secret: true },
    });
  });
});
