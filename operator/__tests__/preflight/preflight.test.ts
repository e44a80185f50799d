import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PORTS } from '@assistant/emulator';
import {
  AcceleratedClock,
  AccessDeniedError,
  createIam,
  createModelCatalogue,
  createServiceQuotas,
  Faults,
  OPERATOR,
  readStack,
} from '@assistant/emulator/run';
import { freePortBase } from '../../../__tests__/support/local-system';
import { shippedConfig, synthesize } from '../../../__tests__/support/synthesize';
import { defaultModelConfig } from '../../../contract/default-model-config';
import { assistant } from '../assistant';
import { startAppConfig } from '../local-app-config';
import { onTerminal, widthOf } from '../terminal';

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const LITE = 'us.amazon.nova-lite-v1:0';

let now: number;
let mayListQuotas: boolean;
const faults = new Faults();
const folder = mkdtempSync(join(tmpdir(), 'preflight-'));
const app = synthesize();
const running: { close(): unknown }[] = [];
let base: number;

/** The control planes of a region, as its stack declares it, without the rest of the region. */
async function startRegion(role: 'primary' | 'secondary') {
  const stack = readStack(app.directory, role);
  const { region } = stack;
  const options = {
    region,
    modelFault: faults.interceptor(role, 'bedrock'),
    intercept: faults.interceptor(role, 'region'),
  };
  const catalogue = createModelCatalogue({ ...options, authorize: () => undefined, now: () => now });
  const quotas = createServiceQuotas({
    ...options,
    authorize: (_, action, resource) => {
      if (!mayListQuotas)
        throw new AccessDeniedError('arn:aws:iam::123456789012:role/plan', action, resource, 'not allowed');
    },
  });
  const iam = createIam({ stack });
  const appConfig = await startAppConfig(stack, role, { clock: new AcceleratedClock(600), faults });
  running.push(catalogue, iam, quotas, appConfig.service);
  const client = (endpoint: string) => ({ endpoint, region, credentials: OPERATOR });
  const clients = {
    appConfig: appConfig.access,
    bedrock: client(await catalogue.listen()),
    iam: { ...client(await iam.listen()), region: 'us-east-1' },
    serviceQuotas: client(await quotas.listen()),
  };
  return [role, { region, clients }] as const;
}

beforeAll(async () => {
  base = await freePortBase();
  const regions = Object.fromEntries([await startRegion('primary'), await startRegion('secondary')]);
  const control = createServer((_, response) => {
    response.end(JSON.stringify({ clock: { speed: 600, models: now }, regions }));
  }).listen(base + PORTS.control, '127.0.0.1');
  await once(control, 'listening');
  running.push(control);
});
beforeEach(() => {
  now = Date.parse('2026-11-26');
  mayListQuotas = true;
  faults.clear();
});
afterAll(async () => {
  await Promise.all(running.map((service) => service.close()));
  app.remove();
});

async function preflight(...args: readonly string[]) {
  const { code, output } = await assistant(base, 'preflight', ...args);
  return { code, output, text: output.replace(/\s+/g, ' ') };
}

it('finds nothing in the shipped rules, in either region, in 80 columns', async () => {
  const { code, output } = await onTerminal(80, () => preflight());
  expect(output).toMatch(
    /│ *primary \(us-east-1\)[^]*claude-haiku-5-5 *│[^]*│ *secondary \(us-west-2\)[^]*nova-2-lite/,
  );
  expect(output).not.toMatch(/[!✗?]/);
  expect(widthOf(output)).toBeLessThanOrEqual(80);
  expect(code).toBe(0);
});

it('sees a model’s end coming, and knows the day after it', async () => {
  now = Date.parse('2027-09-01');
  const coming = await preflight();
  expect(coming.text).toMatch(
    /primary \(us-east-1\), secondary [^✗]*! life: Legacy: it ends on 2027-10-07, in 36 days/,
  );
  expect(coming.code).toBe(0);
  expect((await preflight('--strict')).code).toBe(4);
  now = Date.parse('2027-10-08');
  const gone = await preflight();
  expect(gone.text).toMatch(/claude-haiku-5-5 ✗ life: it is gone: This model version has reached the end/);
  expect(gone.code).toBe(4);
});

const scp = join(folder, 'scp.json');
const writeRegionDeny = (): void => {
  const Condition = { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1', 'us-west-2'] } };
  const denial = { Effect: 'Deny', NotAction: ['iam:*'], Resource: '*', Condition };
  writeFileSync(scp, JSON.stringify({ Version: '2012-10-17', Statement: [denial] }));
};

it('has an organization’s policy evaluated in every region that a profile leads to', async () => {
  writeRegionDeny();
  const { code, text } = await preflight('--scp', scp);
  expect(text).toMatch(
    /nova-2-lite-v1:0 ✗ role: the policy of --scp denies [^ ]*fallback-model-us-east-1 bedrock:InvokeModel on arn:aws:bedrock:us-east-2::/,
  );
  expect(code).toBe(4);
  writeFileSync(scp, '{}');
  expect(await preflight('--scp', scp)).toMatchObject({
    code: 1,
    text: expect.stringMatching(/is no policy/) as string,
  });
});

it('says which quota of the account each model has, and what it has room for', async () => {
  const { code, text } = await preflight();
  expect(text).toMatch(
    /haiku-5-5 ✓ quota: “Cross-region model inference tokens per minute for Anthropic Claude Haiku 5.5” is 4,000,000: at most [\d,]+ requests/,
  );
  expect(code).toBe(0);
  const busy = await preflight('--requests-per-minute', '12000');
  expect(busy.text).toMatch(/haiku-5-5 ! quota: too little for 12,000 requests a minute: .* → Ask for more/);
  expect(busy.code).toBe(0);
});

it('fails where the account’s quota of a model is 0, as that of a new one may be', async () => {
  faults.add({ region: 'secondary', target: 'bedrock', mode: 'quota', model: HAIKU });
  const { code, text } = await preflight();
  expect(text).toMatch(
    /secondary \(us-west-2\) [^✓]*haiku-5-5 ✗ quota: “Cross[^”]*” is 0 \(AWS’s default: 4,000,000\)/,
  );
  expect(code).toBe(4);
});

it('says which right it lacks to look at quotas, and all else that it has found', async () => {
  mayListQuotas = false;
  const { code, text } = await preflight();
  expect(text).toMatch(
    /\? quota: Your user or role may not do this .* It takes servicequotas:ListServiceQuotas and/,
  );
  expect(text).not.toMatch(/[!✗]/);
  expect(code).toBe(2);
});

it('warns of a first sign that is waited for as long as its tier has, which the fallback has longer than the primary', async () => {
  const { primaryMs, totalMs, reserveMs } = shippedConfig().budget;
  const { primary, fallback, ...rule } = defaultModelConfig.default;
  const file = join(folder, 'rules.json');
  const warned = async (firstSignMs: number) => {
    const models = { primary: { ...primary, firstSignMs }, fallback: { ...fallback, firstSignMs } };
    writeFileSync(file, JSON.stringify({ ...defaultModelConfig, default: { ...rule, ...models } }));
    const { text } = await preflight(file, '--region', 'primary');
    return [...text.matchAll(/default\.(\w+)\.firstSignMs leaves nothing of the tier’s (\d+)/g)].map(
      ([, tier, ms]) => [tier, Number(ms)],
    );
  };
  expect(await warned(primaryMs)).toEqual([['primary', primaryMs]]);
  expect(await warned(totalMs - reserveMs)).toEqual([
    ['primary', primaryMs],
    ['fallback', totalMs - reserveMs],
  ]);
});

it('says which region was not reached, and looks at the other', async () => {
  faults.add({ region: 'primary', target: 'appconfig', mode: 'error' });
  const { code, output } = await preflight('--json');
  expect(JSON.parse(output.slice(0, output.lastIndexOf('\n}') + 2))).toMatchObject({
    asOf: '2026-11-26T00:00:00.000Z',
    regions: [{ role: 'secondary', models: expect.any(Array) as unknown }],
    failed: [{ role: 'primary' }],
  });
  expect(code).toBe(2);
});

it('says what could not be looked at', async () => {
  faults.add({ region: 'primary', target: 'region', mode: 'down' });
  const { code, text } = await preflight('--region', 'primary');
  expect(text).toMatch(/\? life: .*ECONNRESET.*\? role: not known without the profile/);
  expect(code).toBe(2);
});

it('keeps a model from the rules that an organization’s policy would not let anybody call', async () => {
  writeRegionDeny();
  const refused = await assistant(base, 'models', 'set', 'general.primary', LITE, '--yes', '--scp', scp);
  expect(refused.output).toMatch(/the policy of --scp[^]*Nothing was changed/);
  expect(refused.code).toBe(1);
});

it('keeps a model that cannot be called from the rules, unless somebody knows better', async () => {
  faults.add({ region: 'both', target: 'bedrock', mode: 'denied', model: LITE });
  const set = ['models', 'set', 'general.primary', LITE, '--yes', '--now'];
  const refused = await assistant(base, ...set);
  expect(refused.output).toMatch(/✗ access: the account has no access to it[^]*Nothing was changed/);
  // Nothing of what was there before: those models are not the change's.
  expect(refused.output).not.toContain(HAIKU);
  expect(refused.code).toBe(1);
  const forced = await assistant(base, ...set, '--force');
  expect(forced.output).toMatch(
    /--force: this goes on against[^]*primary \(us-east-1\): deployment 2 is in force/,
  );
  expect(forced.code).toBe(0);
  expect((await assistant(base, 'models', 'rollback', '--yes')).code).toBe(0);
});
