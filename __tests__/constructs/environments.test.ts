import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { environmentFile, environmentNames, layOver } from '../../constructs/config/environment';
import { readConfig } from '../../constructs/config/read-config';
import { shippedModelConfig } from '../../contract/default-model-config';
import { EVERYTHING } from '../support/everything';
import { ROOT, addressed, shippedConfig, synthesize, type StackName } from '../support/synthesize';

const SHIPPED = environmentNames(ROOT);
const FILE = join(ROOT, 'cdktf.json');

/** A project with an environment of this content. */
const project = mkdtempSync(join(tmpdir(), 'environments-'));
cpSync(FILE, join(project, 'cdktf.json'));
afterAll(() => {
  rmSync(project, { recursive: true });
});
function read(name: string, content: unknown, asked = name): AssistantConfig {
  const file = join(project, environmentFile(name));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  try {
    return readConfig({ ASSISTANT_ENVIRONMENT: asked }, join(project, 'cdktf.json'));
  } finally {
    rmSync(file);
  }
}

const domain = { failover: 'a.company.com', primary: 'b.company.com', secondary: 'c.company.com' };

describe('an environment laid over the configuration', () => {
  it.each([
    ['a value', { a: 1 }, { a: 2 }, { a: 2 }],
    ['a key of an object, beside the others', { a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } }],
    ['a list, whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['a key away', { a: { b: 1 }, c: 2 }, { a: null }, { c: 2 }],
    ['a key that was not there', {}, { a: { b: 1 } }, { a: { b: 1 } }],
    ['a key of no meaning to JavaScript', {}, JSON.parse('{"__proto__": 1}'), JSON.parse('{"__proto__": 1}')],
  ])('changes %s', (_, base, over, merged) => {
    expect(layOver(base, over, 'x')).toEqual({ ...merged, environment: 'x' });
  });

  it('has every value from its file, or else from cdktf.json', () => {
    const config = read('tests', { domain, logRetentionDays: 1, callers: { keys: [] }, conversations: null });
    const { conversations, ...shipped } = shippedConfig();
    expect(conversations).toBeDefined();
    expect(config).toEqual({
      ...shipped,
      project: `${shipped.project}-tests`,
      environment: 'tests',
      logRetentionDays: 1,
      domain: { ...shipped.domain, ...domain },
      callers: { ...shipped.callers, keys: [] },
    });
  });

  it('is laid over once, whoever passes it on', () => {
    const config = read('tests', { domain });
    const passedOn = JSON.stringify({ assistant: config });
    expect(readConfig({ CDKTF_CONTEXT_JSON: passedOn, ASSISTANT_ENVIRONMENT: 'tests' })).toEqual(config);
    expect(readConfig({ CDKTF_CONTEXT_JSON: passedOn })).toEqual(config);
  });

  it.each([
    ['', undefined],
    ['without the variable', undefined],
  ])('is none, and all as in cdktf.json (%s)', (_, name) => {
    expect(readConfig({ ASSISTANT_ENVIRONMENT: name }, FILE)).toEqual(shippedConfig());
  });
});

const TOO_LONG = 'tests-of-testers';

describe('an environment that is wrong', () => {
  it.each([
    [
      'an unknown name',
      { domain },
      'prod',
      /is "prod", and there is no environments\/prod\.json; there are tests\.$/,
    ],
    ['a name that leads elsewhere', { domain }, '../cdktf', /is "\.\.\/cdktf", and there is no/],
    ['no JSON', '{', 'tests', /tests\.json is not JSON/],
    ['no object', [], 'tests', /assistant is \[\]/],
    [
      'an unknown field',
      { domain, healthCheck: { interval: 30 } },
      'tests',
      /^ {2}environments\/tests\.json: healthCheck\.interval is unknown; allowed: intervalSeconds/m,
    ],
    [
      'a wrong value',
      { domain, budget: { totalMs: 1 } },
      'tests',
      /^ {2}environments\/tests\.json: budget\.totalMs is 1; allowed/m,
    ],
    [
      'a required key that is taken away',
      { domain, budget: null },
      'tests',
      /tests\.json: budget is missing/,
    ],
    [
      'names that it shares with cdktf.json',
      { domain: { primary: 'b.company.com' } },
      'tests',
      /^environments\/tests\.json is not valid:\n {2}domain\.failover is left out, .*\n {2}domain\.secondary is/,
    ],
  ])('is told: %s', (_, content, asked, said) => {
    expect(() => read('tests', content, asked)).toThrow(said);
  });

  it('is told: a name that makes others too long for AWS', () => {
    expect(() => read(TOO_LONG, { domain })).toThrow(
      /project is "customer-assistant-tests-of-testers"; allowed: 2 to 31 .*environment’s name included/,
    );
  });

  it('is told: one that somebody wrote into cdktf.json', () => {
    const context = JSON.stringify({ assistant: { ...shippedConfig(), environment: 'tests' } });
    expect(() => readConfig({ CDKTF_CONTEXT_JSON: context })).toThrow(
      /environment is "tests"; allowed: nothing: ASSISTANT_ENVIRONMENT sets it/,
    );
  });
});

describe('the shipped environments', () => {
  const config = (name: string) => readConfig({ ASSISTANT_ENVIRONMENT: name }, FILE);

  it.each(SHIPPED)('%s is valid', (name) => {
    expect(config(name).project).toBe(`${shippedConfig().project}-${name}`);
  });

  it('have a cheap one', () => {
    const { canary, waf, healthCheck } = config('development');
    expect({ canary: canary.enabled, waf, interval: healthCheck.intervalSeconds }).toEqual({
      canary: false,
      waf: undefined,
      interval: 30,
    });
  });

  it('have one in the EU, whose models answer there', () => {
    const { regions, modelGeography } = config('europe');
    expect([regions.primary, regions.secondary].every((region) => region.startsWith('eu-'))).toBe(true);
    const models = JSON.stringify(shippedModelConfig(modelGeography)).match(/"modelId":"[^"]+/g) ?? [];
    expect(models.length).toBeGreaterThan(5);
    expect(models.every((model) => model.startsWith('"modelId":"eu.'))).toBe(true);
    expect(() =>
      readConfig({
        CDKTF_CONTEXT_JSON: JSON.stringify({ assistant: { ...config('europe'), modelGeography: undefined } }),
        ASSISTANT_ENVIRONMENT: 'europe',
      }),
    ).toThrow(/regions\.primary is "eu-central-1"; allowed: us-east-1.* set modelGeography/);
  });
});

/** What AWS knows by a name inside of something else that is named. */
const INSIDE = [
  'aws_lambda_alias',
  'aws_iam_role_policy',
  'aws_appconfig_configuration_profile',
  'aws_appconfig_environment',
  'aws_api_gateway_stage',
];
const NAMING = /^(name|bucket|(function|alarm|dashboard|domain|model_package_group)_name)$/;

describe('environments beside each other in an account', () => {
  const template = 'template';
  const bare = synthesize(EVERYTHING);
  const own = synthesize({
    ...EVERYTHING,
    project: `${shippedConfig().project}-${template}`,
    environment: template,
    domain: {
      ...shippedConfig().domain,
      failover: `${template}.example.com`,
      primary: `one.${template}.example.com`,
      secondary: `two.${template}.example.com`,
    },
  });
  afterAll(() => {
    bare.remove();
    own.remove();
  });

  const STACKS: readonly StackName[] = ['primary', 'secondary', 'conversations', 'mlops'];
  const namesIn = ({ stack }: typeof own) =>
    STACKS.flatMap((name) =>
      addressed(stack(name)).flatMap(([address, values]) => {
        const [type = ''] = address.split('.');
        if (type === 'data' || INSIDE.includes(type)) return [];
        return Object.entries(values).flatMap(([key, value]) =>
          NAMING.test(key) && typeof value === 'string' && !/^\$\{[^}]*\}$/.test(value)
            ? [`${name === 'secondary' ? 'us-west-2' : 'us-east-1'} ${type} ${value}`]
            : [],
        );
      }),
    );
  const [ofBare, ofTemplate] = [namesIn(bare), namesIn(own)];

  it('name all that is named by the environment', () => {
    expect(ofTemplate.length).toBeGreaterThan(100);
    expect(ofTemplate).toHaveLength(ofBare.length);
    const without = ofTemplate.filter((name) => !name.includes(template));
    // A validation record is named by what it proves.
    expect(without.filter((name) => !name.includes('domain_validation_options'))).toEqual([]);
  });

  it('never have a name of each other’s, or of what is deployed without one', () => {
    const environment = fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/);
    const proven = (names: readonly string[]) => names.filter((name) => !name.includes('domain_validation'));
    const of = (name: string) => proven(ofTemplate).map((each) => each.replaceAll(template, name));
    fc.assert(
      fc.property(environment, environment, (one, other) => {
        fc.pre(one !== other);
        const taken = new Set([...proven(ofBare), ...of(one)]);
        expect(of(other).filter((name) => taken.has(name))).toEqual([]);
      }),
    );
  });

  it.each(STACKS)('keep the state of %s apart, and where it is synthesized', (name) => {
    expect(own.stack(name).terraform.backend).toEqual({
      local: { path: `../../../terraform.${template}.${name}.tfstate` },
    });
    const manifest = readFileSync(join(own.directory, 'manifest.json'), 'utf8');
    expect(manifest).toContain(`"workingDirectory": "stacks-${template}/${name}"`);
  });

  it('have addresses as without one, so that nothing moves', () => {
    for (const name of STACKS)
      expect(addressed(own.stack(name)).map(([address]) => address)).toEqual(
        addressed(bare.stack(name)).map(([address]) => address),
      );
  });
});
