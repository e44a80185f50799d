import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { ConfigError, readConfig } from '../../constructs/config/read-config';
import { freePortBase } from '../support/local-system';
import { cdktfSynth, copyApp, ROOT, shippedConfig } from '../support/synthesize';

const folder = mkdtempSync(join(tmpdir(), 'assistant config '));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const STACK_TRACE = /^\s+at .*:\d+:\d+/m;

/** Starts a program of the project with a configuration that is laid over the shipped one. */
function run(program: readonly string[], overrides: object, environment: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', ...program], {
    cwd: ROOT,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDKTF_OUTDIR: folder,
      CDKTF_CONTEXT_JSON: JSON.stringify({ assistant: { ...shippedConfig(), ...overrides } }),
      ...environment,
    },
  });
  return { status, stdout, stderr };
}

const { regions, budget, throttle, circuit, domain, callers }: AssistantConfig = shippedConfig();
const MISTAKES: readonly (readonly [mistake: string, overrides: object, said: string])[] = [
  [
    'a misspelt region',
    { regions: { ...regions, primary: 'us-esat-1' } },
    'regions.primary is "us-esat-1"; allowed: one of us-east-1, us-east-2,',
  ],
  [
    'a region far from the models',
    { regions: { ...regions, secondary: 'eu-central-1' } },
    'regions.secondary is "eu-central-1"; allowed: us-east-1,',
  ],
  [
    'one region twice',
    { regions: { ...regions, secondary: 'us-east-1' } },
    'regions.secondary is "us-east-1"; allowed: another region',
  ],
  [
    'an unknown key',
    { throttle: { ...throttle, requestPerSecond: 5 } },
    'throttle.requestPerSecond is unknown; allowed: requestsPerSecond, burst',
  ],
  [
    'a key that is hardly one',
    { throttle: { ...throttle, ' ': 5 } },
    'throttle." " is unknown; allowed: requestsPerSecond, burst',
  ],
  [
    'a wrong type',
    { throttle: { ...throttle, burst: '400' } },
    'throttle.burst is "400"; allowed: a whole number from 1 to 5000',
  ],
  [
    'a request type that is too long for a schedule’s name',
    { canary: { enabled: true, requestTypes: ['default', 'x'.repeat(39)] } },
    `canary.requestTypes.1 is "${'x'.repeat(39)}"; allowed: a request type of at most 38 characters`,
  ],
  [
    'a missing key',
    { domain: { ...domain, hostedZoneId: undefined } },
    'domain.hostedZoneId is missing; allowed: the id of a Route 53 hosted zone',
  ],
  [
    'a missing group',
    { circuit: undefined },
    'circuit is missing; allowed: an object with failures, failureRate,',
  ],
  [
    'a number out of range',
    { circuit: { ...circuit, failureRate: 50 } },
    'circuit.failureRate is 50; allowed: a share above 0, at most 1',
  ],
  [
    'times that do not add up',
    { budget: { ...budget, primaryMs: 26_000 } },
    'budget.totalMs is 27000; allowed: totalMs that leaves the fallback tier 500 ms',
  ],
  [
    'a limit of tokens that is none',
    { callers: { ...callers, limits: { tokensPerDay: 0 } } },
    'callers.limits.tokensPerDay is 0; allowed: a whole number from 1 to 1000000000000',
  ],
  [
    'a rate of an address that WAF does not take',
    { waf: { requestsIn5Minutes: 9, managedRules: false } },
    'waf.requestsIn5Minutes is 9; allowed: a whole number from 10 to 2000000000',
  ],
  [
    'a budget that nobody is told of',
    { spend: { monthlyUsd: 100 } },
    'spend.emails is missing; allowed: whom to tell: emails, a topic, or both',
  ],
  [
    'streams that Lambda would end',
    { streaming: { maxSeconds: 841 } },
    'streaming.maxSeconds is 841; allowed: a whole number from 10 to 840',
  ],
  [
    'concurrency of no function',
    { reservedConcurrency: { degradation: 0 } },
    'reservedConcurrency.degradation is 0; allowed: a whole number from 1 to 10000',
  ],
  [
    'a rate of callers who cannot be',
    { callers: { ...callers, othersRate: { requestsPerSecond: 1, burst: 1 } } },
    'callers.othersRate is {"requestsPerSecond":1,"burst":1}; allowed: nothing with the mode keys: it would have no effect',
  ],
  [
    'a vendor left out',
    { modelVendors: ['anthropic'] },
    'modelVendors is ["anthropic"]; allowed: a list with "amazon"',
  ],
];

const HEAD = 'The configuration (context.assistant in cdktf.json) is not valid:';

/** What is said of a context as the CDKTF CLI passes it on. */
function complaintAbout(context: string): string {
  try {
    readConfig({ CDKTF_CONTEXT_JSON: context });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('Nothing is wrong with it.');
}

describe('a mistake in the configuration', () => {
  it.each(MISTAKES)('is told by key, value and what is allowed: %s', (_, overrides, said) => {
    const context = JSON.stringify({ assistant: { ...shippedConfig(), ...overrides } });
    const [head, ...lines] = complaintAbout(context).split('\n');
    expect(head).toBe(HEAD);
    expect(lines).toEqual([expect.stringContaining(`  ${said}`)]);
  });

  it('is all that the app says, by the error stream alone', () => {
    const { status, stdout, stderr } = run(['main.ts'], { retryAfterSeconds: 0 });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toBe(`${HEAD}\n  retryAfterSeconds is 0; allowed: a whole number from 1 to 3600\n`);
  });

  it('is told by npm start, without a stack trace', async () => {
    // Where it would run may be taken, by another `npm start` above all.
    const LOCAL_PORT_BASE = String(await freePortBase());
    const { status, stderr } = run(['emulator/run/start.ts'], { retryAfterSeconds: 0 }, { LOCAL_PORT_BASE });
    expect(status).toBe(1);
    expect(stderr).toContain('retryAfterSeconds is 0; allowed: a whole number from 1 to 3600');
    expect(stderr).not.toMatch(STACK_TRACE);
  });

  it('is told by cdktf synth, without a stack trace', () => {
    const project = join(folder, 'project');
    copyApp(project);
    const assistant = { ...shippedConfig(), stage: 'Live' };
    writeFileSync(
      join(project, 'cdktf.json'),
      JSON.stringify({ language: 'typescript', app: 'node --import tsx main.ts', context: { assistant } }),
    );
    const { status, output } = cdktfSynth(project);
    expect(status).toBe(1);
    expect(output).toContain('stage is "Live"; allowed: 1 to 32 lower-case letters, digits or "_"');
    expect(output).not.toMatch(STACK_TRACE);
  });

  it.each([
    ['no context', '{}', 'assistant is missing; allowed: an object with project,'],
    ['no JSON', '{', 'CDKTF_CONTEXT_JSON is not JSON: '],
  ])('may be that there is %s', (_, context, said) => {
    expect(complaintAbout(context)).toContain(said);
  });
});
