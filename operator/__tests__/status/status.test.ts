import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig, synthesize } from '../../../__tests__/support/synthesize';
import { switchTableName } from '../../../contract/evacuation';
import type { CircuitReport } from '../../circuits/circuit-admin';
import { EvacuationAdmin } from '../../evacuate/evacuation-admin';
import { latestAnswers, readSystem, type SystemState } from '../../status/read-system';
import { statusLines, troublesOf } from '../../status/status-command';
import { assistant, assistantStreams } from '../assistant';
import { onTerminal, textOf, widthOf } from '../terminal';

const SONNET = 'us.anthropic.claude-sonnet-5-5';

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem();
  process.env.LOCAL_PORT_BASE = String(running.portBase);
});
afterAll(async () => {
  delete process.env.LOCAL_PORT_BASE;
  await running.stop();
});

const region = ({ regions }: SystemState, role: 'primary' | 'secondary') => {
  const found = regions.find((candidate) => candidate.role === role);
  if (!found) throw new Error(`There is no ${role}.`);
  return found;
};

test('counts the answers of callers by tier, and names the rules that they were given by', async () => {
  const before = region(await readSystem(), 'primary').answers;
  const { body } = await running.ask({ question: 'Where is my parcel?' }, 'primary');
  const { answers, configuration } = region(await readSystem(), 'primary');
  expect(body.tier).toBe('primary');
  expect(answers).toEqual({ ...before, primary: before.primary + 1 });
  expect(configuration.answering).toEqual({ source: 'appconfig', version: configuration.deployed.version });
});

test('shows a region that is down as not reached, and ends with 2', async () => {
  await running.fault({ region: 'primary', target: 'region', mode: 'down' });
  const { code, output } = await onTerminal(80, () => assistant(running.portBase, 'status'));
  await running.send('control', 'DELETE', '/faults');
  expect(code).toBe(2);
  expect(output).toMatch(
    /What is wrong:[^]*circuits of primary \(us-east-1\) are not known[^]*circuits: not known[^]*circuits: all closed[^]*region . down/,
  );
  expect(output).not.toContain('run the command again');
  expect(widthOf(output)).toBeLessThanOrEqual(80);
});

test.each([
  [[], 2, /^Written: .*dashboard-customer-assistant.html\n/],
  [['--region', 'secondary'], 0, /^Written: .*-us-west-2.html\n$/],
  [['--region', 'primary'], 1, /^primary/],
])(
  'dashboard %j, while the primary is down, draws what is read, and ends with %d',
  async (args, ending, said) => {
    const out = mkdtempSync(join(tmpdir(), 'dashboard-'));
    await running.fault({ region: 'primary', target: 'region', mode: 'down' });
    const { code, output } = await assistant(running.portBase, 'dashboard', '--out', out, ...args);
    await running.send('control', 'DELETE', '/faults');
    expect(output).toMatch(said);
    expect(output.includes('primary (us-east-1): nothing was read. The service did not answer')).toBe(
      ending > 0,
    );
    expect(code).toBe(ending);
  },
);

test('dashboard --json prints what the graphs show, and nothing else', async () => {
  const out = mkdtempSync(join(tmpdir(), 'dashboard-'));
  const { piped } = await assistantStreams(running.portBase, 'dashboard', '--out', out, '--json');
  expect(JSON.parse(piped)).toMatchObject({
    dashboard: 'customer-assistant',
    graphs: expect.arrayContaining([
      { title: 'Do callers get answers?', lines: expect.any(Array) as unknown },
    ]) as unknown,
    failed: [],
  });
});

test('says in words that the primary is evacuated, and how it is given back', async () => {
  const { dynamoDb } = (await running.status()).regions.secondary.clients;
  const admin = new EvacuationAdmin(switchTableName(shippedConfig().project), dynamoDb);
  await admin.evacuate();
  const evacuated = textOf(statusLines(await readSystem()));
  await admin.giveBack();
  admin.close();
  expect(evacuated.replace(/\s+/g, ' ')).toMatch(
    /The primary is evacuated .*since 20\d\d-.*-- evacuate return/,
  );
  expect(statusLines(await readSystem()).slice(0, 2)).toEqual([
    'assistant.example.com is served by primary (us-east-1).',
    'Nothing is wrong.',
  ]);
});

const forced = { model: SONNET, phase: 'open', forced: true } as CircuitReport;
const TROUBLES: readonly (readonly [
  trouble: string,
  change: (system: SystemState) => object,
  said: RegExp,
])[] = [
  [
    'a region that is not deployed',
    ({ regions: [, ...others] }) => ({ regions: others }),
    /The primary is not deployed, .* get 502 until .* -- rehearse deploy primary$/,
  ],
  [
    'a standby that is not deployed, which nobody misses yet',
    ({ regions: [primary] }) => ({ regions: [primary] }),
    /The secondary is not deployed, so that nothing takes over from the other region\. Deploy it: .* secondary$/,
  ],
  ['a switch that is not reached', () => ({ evacuation: 'It hung.' }), /evacuated is not known.*It hung/],
  [
    'an unhealthy check',
    ({ healthChecks }) => ({ healthChecks: healthChecks.map((check) => ({ ...check, healthy: false })) }),
    /Health check \S+ primary is unhealthy: /,
  ],
  [
    'a circuit',
    inPrimary({ circuits: [{ ...forced, forced: false }] }),
    /claude-sonnet-5-5 has failed and is not asked/,
  ],
  [
    'a forced circuit',
    inPrimary({ circuits: [forced] }),
    /an operator took .* -- circuits close us\.anthropic/,
  ],
  [
    'an alarm',
    inPrimary({ alarms: [{ name: 'failing', state: 'ALARM' }] }),
    /primary \(us-east-1\): alarm failing/,
  ],
  [
    'rules that AppConfig has not given',
    inPrimary({ configuration: { deployed: {}, answering: { source: 'bundled', version: 'a' } } }),
    /answers by the bundled ModelConfig/,
  ],
  [
    'degraded answers',
    inPrimary({ latest: ['degraded', 'primary', 'degraded'] }),
    /primary \(us-east-1\): degraded answers, .*no model answered: 2 of the latest 3 to callers\.$/,
  ],
  [
    'degraded answers that seem to be over',
    inPrimary({ latest: ['primary', 'degraded'] }),
    /: 1 of the latest 2 to callers\. The latest is a model’s\.$/,
  ],
  [
    'answers of the fallback model',
    inPrimary({ latest: ['fallback', 'primary'] }),
    /answers of the fallback model, and not of the primary one: 1 of the latest 2 to callers\.$/,
  ],
  ['a fault', () => ({ faults: [{}] }), /injected.* -- fault clear/],
];

test.each(TROUBLES)('tells what is wrong first: %s', async (_, change, said) => {
  const system = await readSystem();
  expect(troublesOf(system)).toEqual([]);
  expect(troublesOf({ ...system, ...change(system) })[0]?.replace('\n', ' ')).toMatch(said);
});

test('leads from an alarm to its page', async () => {
  const system = await readSystem();
  const alarmed = inPrimary({ alarms: [{ name: 'failing', state: 'ALARM' }] })(system);
  const page = 'docs/operate/alarms.md';
  expect(textOf(statusLines({ ...system, ...alarmed }))).toContain(page);
  expect(textOf(statusLines(system))).not.toContain(page);
});

test.each([
  ['canary-silent', 1],
  ['no-model-answers', 0],
])('of alarms without data, names that of a silent canary alone: %s', async (name, times) => {
  const system = await readSystem();
  const silent = inPrimary({ alarms: [{ name, state: 'INSUFFICIENT_DATA' }] })(system);
  const lines = statusLines({ ...system, ...silent });
  expect(lines.filter((line) => line === `  alarm without data: ${name}`)).toHaveLength(times);
});

function inPrimary(change: object) {
  return ({ regions: [primary, ...others] }: SystemState): object => ({
    regions: [{ ...primary, ...change }, ...others],
  });
}

test('tells that callers are answered by no model, until ten answers later, and nothing of the canary', async () => {
  await running.fault({ region: 'primary', target: 'bedrock', mode: 'error' });
  const { body } = await running.ask({ question: 'Where is my parcel?' }, 'primary');
  await running.send('control', 'DELETE', '/faults');
  expect(body.degraded).toBe(true);
  const system = await readSystem();
  expect(region(system, 'primary').latest[0]).toBe('degraded');
  expect(textOf(statusLines(system))).toMatch(/What is wrong:\n.*degraded answers/);
  expect(statusLines(system)).not.toContain('Nothing is wrong.');

  const line = (message: string, source: string, tier: string) => ({
    line: JSON.stringify({ message, source, tier, configurationSource: 'appconfig' }),
  });
  const canary = line('degraded', 'canary', 'degraded');
  const good = Array.from({ length: 9 }, () => line('answered', 'caller', 'primary'));
  expect(latestAnswers([...good, canary], ['degraded'])).toEqual([...good.map(() => 'primary'), 'degraded']);
  expect(
    latestAnswers([canary, ...good, line('answered', 'caller', 'primary'), canary], ['degraded']),
  ).not.toContain('degraded');
});

test.each(['abc', '65456'])('of a port base that is none, %s, says what one is', async (base) => {
  const before = process.env.LOCAL_PORT_BASE;
  process.env.LOCAL_PORT_BASE = base;
  await expect(readSystem()).rejects.toThrow(
    `LOCAL_PORT_BASE is "${base}". It must be a whole number from 1 to 65455.`,
  );
  process.env.LOCAL_PORT_BASE = before;
});

describe('where the standby is deployed before the primary', () => {
  beforeAll(async () => {
    const { directory } = synthesize();
    const file = join(directory, 'manifest.json');
    const { stacks, ...manifest } = JSON.parse(readFileSync(file, 'utf8')) as {
      stacks: { secondary: object };
    };
    writeFileSync(file, JSON.stringify({ ...manifest, stacks: { secondary: stacks.secondary } }));
    await running.system.deploy(directory);
  });

  test.each([
    [[], 0, /^Written: .*-us-west-2.html\n$/],
    [['--region', 'secondary'], 0, /^Written: .*-us-west-2.html\n$/],
    [['--region', 'primary'], 1, /^The primary region is not deployed/],
  ])('dashboard %j draws what there is, and ends with %d', async (args, ending, said) => {
    const out = mkdtempSync(join(tmpdir(), 'dashboard-'));
    const { code, output } = await assistant(running.portBase, 'dashboard', '--out', out, ...args);
    expect(output).toMatch(said);
    expect(code).toBe(ending);
  });
});
