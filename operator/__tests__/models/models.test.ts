import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppConfigClient } from '@aws-sdk/client-appconfig';
import { AcceleratedClock, type AppConfig, Faults, readStack } from '@assistant/emulator/run';
import { shippedConfig, synthesize } from '../../../__tests__/support/synthesize';
import { defaultModelConfig } from '../../../contract/default-model-config';
import type { ModelConfig } from '../../../contract/model-config';
import { contentVersion } from '../../../contract/model-config-version';
import { fileFaults } from '../../model-config/model-config-file';
import { ORDER, planRollOut, rollOut, type RollOutTarget } from '../../model-config/roll-out';
import { type Change, deploy, rollback, set } from '../../models/change';
import { diff, history, show, status } from '../../models/look';
import { captureOutput } from '../capture-output';
import { startAppConfig } from '../local-app-config';

const NOVA = 'us.amazon.nova-2-lite-v1:0';
const LITE = 'us.amazon.nova-lite-v1:0';

/** Minutes are a fraction of a second. */
const SPEED = 600;

const folder = mkdtempSync(join(tmpdir(), 'models-'));
const app = synthesize();
const stacks = {
  primary: readStack(app.directory, 'primary'),
  secondary: readStack(app.directory, 'secondary'),
};
const faults = new Faults();

let regions: Record<'primary' | 'secondary', AppConfig>;
const clock = new AcceleratedClock(SPEED);
/** When emulated time has been stopped, if it has. */
let stoppedAt: number | undefined;
let target: RollOutTarget;
let output: ReturnType<typeof captureOutput>;

beforeEach(async () => {
  output = captureOutput();
  stoppedAt = undefined;
  const options = { clock: { now: () => stoppedAt ?? clock.now() }, faults };
  const primary = await startAppConfig(stacks.primary, 'primary', options);
  const secondary = await startAppConfig(stacks.secondary, 'secondary', options);
  regions = { primary: primary.service, secondary: secondary.service };
  target = {
    ...{ kind: 'local', config: shippedConfig(), speed: SPEED },
    appConfig: {
      primary: new AppConfigClient({ ...primary.access, maxAttempts: 1 }),
      secondary: new AppConfigClient({ ...secondary.access, maxAttempts: 1 }),
    },
  };
});
afterEach(async () => {
  faults.clear();
  for (const client of Object.values(target.appConfig)) client.destroy();
  await Promise.all(Object.values(regions).map((service) => service.close()));
  jest.restoreAllMocks();
});
afterAll(() => {
  app.remove();
  rmSync(folder, { recursive: true });
});

const inForce = (role: 'primary' | 'secondary') => JSON.parse(regions[role].current().content) as ModelConfig;
const saying = (maintenanceMessage: string): ModelConfig => ({ ...defaultModelConfig, maintenanceMessage });
const file = (config: unknown): string => {
  const path = join(folder, 'rules.json');
  writeFileSync(path, JSON.stringify(config));
  return path;
};
const change = (more: Partial<Change> = {}): Change => ({
  ...{ target, roles: ORDER, yes: true, now: true, force: false },
  preflight: () => Promise.resolve(true),
  ...more,
});
const look = (json = false) => ({ target, roles: ORDER, json });
const deployed = () => [regions.secondary.current().version, regions.primary.current().version];

describe('deploy', () => {
  it('shows what changes, and changes the standby first', async () => {
    await deploy(change(), file(saying('Theirs.')));
    expect(inForce('primary')).toEqual(saying('Theirs.'));
    expect(inForce('secondary')).toEqual(saying('Theirs.'));
    expect(output.text()).toMatch(
      /secondary \(us-west-2\), version 1:\n {2}maintenanceMessage\n {4}- Our [^]* {4}\+ Theirs\.\n[^]*us-west-2 \(secondary\): deployment 2 is in force[^]*us-east-1 \(primary\): deployment 2 is in force/,
    );
  });

  it('does nothing a second time, and asks nobody', async () => {
    await deploy(change(), file(saying('Once.')));
    await deploy(change({ yes: false }), file(saying('Once.')));
    expect(deployed()).toEqual([2, 2]);
    expect(output.text()).toContain('is in force already');
  });

  it('changes nothing where nobody agrees', async () => {
    await expect(deploy(change({ yes: false }), file(saying('No.')))).rejects.toThrow('Nothing was changed');
    expect(deployed()).toEqual([1, 1]);
  });

  it('changes one region where one is named', async () => {
    await deploy(change({ roles: ['secondary'] }), file(saying('Here.')));
    expect(deployed()).toEqual([2, 1]);
  });

  it('refuses what could not work, by its field', async () => {
    const { default: rule } = defaultModelConfig;
    const broken = { ...defaultModelConfig, default: { ...rule, primary: rule.fallback } };
    await expect(deploy(change(), file(broken))).rejects.toThrow(/default\.fallback\.modelId is "us\.amazon/);
    await expect(deploy(change(), file({}))).rejects.toThrow(/maintenanceMessage is missing/);
    expect(deployed()).toEqual([1, 1]);
  });

  it('has all faults of a file told before', () => {
    const { default: rule } = defaultModelConfig;
    const twice = { ...defaultModelConfig, default: { ...rule, primary: rule.fallback } };
    expect(fileFaults(file(defaultModelConfig), shippedConfig())).toEqual([]);
    expect(fileFaults(file(twice), shippedConfig())).toEqual([
      expect.stringContaining('default.fallback.modelId'),
    ]);
    expect(fileFaults(file({ types: {}, plan: 1 }), shippedConfig())).toEqual([
      expect.stringContaining('maintenanceMessage is missing'),
      expect.stringContaining('default is missing'),
      'it has unknown keys (plan)',
    ]);
  });

  it('is refused where a model cannot be called, and goes on where somebody knows better', async () => {
    const preflight = jest.fn(() => Promise.resolve(false));
    await expect(deploy(change({ preflight }), file(saying('Ours.')))).rejects.toThrow('Preflight has found');
    expect(deployed()).toEqual([1, 1]);
    await deploy(change({ preflight, force: true }), file(saying('Ours.')));
    expect(output.text()).toContain('--force: this goes on against what preflight has found');
    expect(deployed()).toEqual([2, 2]);
    await rollback({ ...change({ preflight }) }, undefined);
    expect(preflight.mock.calls.length).toBe(4);
  });

  it('is refused where other rules are in force than are expected', async () => {
    const expected = contentVersion(JSON.stringify(defaultModelConfig));
    regions.primary.deploy(JSON.stringify(saying('Theirs.')));
    await expect(deploy(change({ expect: expected }), file(saying('Ours.')))).rejects.toThrow(
      `The rules in us-east-1 are ${contentVersion(JSON.stringify(saying('Theirs.')))}, not ${expected}`,
    );
    expect(deployed()).toEqual([1, 2]);
  });

  it('names the region that is not reached, and how the other one is changed alone', async () => {
    faults.add({ region: 'primary', target: 'appconfig', mode: 'error' });
    const refusal = {
      message: expect.stringMatching(
        /^primary \(us-east-1\): nothing was changed\. .*\nNothing was changed in any region\. The other one alone: --region secondary$/,
      ) as string,
      exitCode: 1,
    };
    await expect(deploy(change(), file(saying('New.')))).rejects.toMatchObject(refusal);
    await expect(rollback(change(), undefined)).rejects.toMatchObject(refusal);
    await deploy(change({ roles: ['secondary'] }), file(saying('New.')));
    expect(deployed()).toEqual([2, 1]);
  });

  it('says what is in force where when the primary is lost, and goes on from there', async () => {
    const plans = await planRollOut(target, () => saying('New.'));
    faults.add({ region: 'primary', target: 'appconfig', mode: 'error' });
    await expect(rollOut(target, plans, { description: 'New', now: true })).rejects.toMatchObject({
      message: expect.stringMatching(
        /us-west-2 has the new rules \(deployment 2\), us-east-1 has the old/,
      ) as string,
      exitCode: 2,
    });
    faults.clear();
    await deploy(change(), file(saying('New.')));
    expect(deployed()).toEqual([2, 2]);
  });

  it('overwrites nothing that somebody else has deployed meanwhile', async () => {
    const plans = await planRollOut(target, () => saying('Ours.'), ['primary']);
    regions.primary.deploy(JSON.stringify(saying('Theirs.')));
    await expect(rollOut(target, plans, { description: 'Ours', now: true })).rejects.toThrow(
      'Somebody else has changed',
    );
    expect(inForce('primary')).toEqual(saying('Theirs.'));
    await deploy(change({ roles: ['primary'] }), file(saying('Ours.')));
    // The version that the refused run has left behind is used.
    expect(regions.primary.current().version).toBe(3);
  });
});

describe('a deployment step by step', () => {
  const begin = () => {
    const deployment = deploy(change({ now: false, roles: ['secondary'] }), file(saying('Slowly.')));
    // Whoever waits for it comes later.
    deployment.catch(() => undefined);
    return deployment;
  };
  /** However long the test takes from there, no step follows. */
  const untilUnderWay = async () => {
    while (regions.secondary.current().version === 1) await delay(20);
    stoppedAt = clock.now();
  };

  it('is followed to its end', async () => {
    await begin();
    expect(output.text()).toMatch(
      /\(secondary\): 20 of 100 percent[^]*an alarm takes it back[^]*is in force/,
    );
  });

  it('says so where somebody takes it back', async () => {
    const deployment = begin();
    await untilUnderWay();
    await rollback(change(), undefined);
    await expect(deployment).rejects.toMatchObject({
      message: expect.stringContaining('taken back by somebody (ROLLED_BACK') as string,
      exitCode: 3,
    });
    expect(deployed()).toEqual([1, 1]);
    await status(look());
    expect(output.text()).toMatch(/version 2,\s+deployment\s+2,\s+was\s+taken\s+back/);
    // What was taken back is none of what a lock goes by.
    await deploy(change(), file(saying('Again.')));
    expect(inForce('secondary')).toEqual(saying('Again.'));
  });

  it('is in the way of another, and followed by the same', async () => {
    const deployment = begin();
    await untilUnderWay();
    await expect(deploy(change(), file(saying('Another.')))).rejects.toThrow(/Deployment 2 is under way/);
    stoppedAt = undefined;
    await deploy(change({ now: false, roles: ['secondary'] }), file(saying('Slowly.')));
    await deployment;
    expect(regions.secondary.current().deploymentNumber).toBe(2);
  });
});

describe('set', () => {
  it('gives a tier a model, as another rule has it', async () => {
    await set(change(), { type: 'general', tier: 'fallback' }, LITE);
    await set(change(), { type: 'general', tier: 'primary' }, NOVA);
    const { general, finance_deep } = inForce('primary').types;
    expect(general).toMatchObject({
      primary: defaultModelConfig.default.fallback,
      fallback: { modelId: LITE, contextTokens: 300_000 },
    });
    expect(general?.primary).not.toHaveProperty('additionalModelRequestFields');
    expect(finance_deep).toEqual(defaultModelConfig.types.finance_deep);
    await history(look(), 1);
    expect(output.text().replace(/\s*│\s*/g, ' ')).toContain('Set general.primary to');
  });

  it('refuses a type without a rule, and one model on both tiers', async () => {
    await expect(set(change(), { type: 'sales', tier: 'primary' }, NOVA)).rejects.toThrow(
      'Name one of default, general, finance_deep',
    );
    await expect(set(change(), { type: 'general', tier: 'primary' }, NOVA)).rejects.toThrow('could not work');
  });

  it('refuses a tier in which the region has a model of its own', async () => {
    const own = { types: { general: { primary: { modelId: LITE } } } };
    const regional = { ...defaultModelConfig, regions: { 'us-east-1': own } };
    regions.primary.deploy(JSON.stringify(regional));
    await expect(
      set(change(), { type: 'general', tier: 'primary' }, 'us.amazon.nova-pro-v1:0'),
    ).rejects.toThrow(`regions.us-east-1 has a model of its own for general.primary, ${LITE}`);
  });
});

describe('rollback', () => {
  it('returns to the rules from before, and to those of a version', async () => {
    await deploy(change(), file(saying('Two.')));
    await deploy(change(), file(saying('Three.')));
    await rollback(change(), undefined);
    expect(deployed()).toEqual([2, 2]);
    await rollback(change(), 1);
    expect(inForce('primary')).toEqual(defaultModelConfig);
    await status(look());
    expect(output.text()).toContain('COMPLETE');
  });

  it('goes further back when it is given again, and never to what was taken back', async () => {
    await deploy(change(), file(saying('Two.')));
    await deploy(change(), file(saying('Three.')));
    await rollback(change(), undefined);
    await rollback(change(), undefined);
    expect(deployed()).toEqual([1, 1]);
    await expect(rollback(change(), undefined)).rejects.toThrow(
      /before version 1, but for what was rolled back.*--to VERSION.*models history/s,
    );
    await deploy(change(), file(saying('Four.')));
    await rollback(change(), undefined);
    expect(deployed()).toEqual([1, 1]);
  });

  it('names the versions to go on with, or to return to, where the second region fails', async () => {
    await deploy(change(), file(saying('Two.')));
    await deploy(change(), file(saying('Three.')));
    target.appConfig.primary.middlewareStack.add(
      (next, { commandName }) =>
        (args) =>
          commandName === 'StartDeploymentCommand' ? Promise.reject(new Error('Cut off.')) : next(args),
    );
    await expect(rollback(change(), undefined)).rejects.toMatchObject({
      message: expect.stringMatching(
        /us-west-2 has the new rules .*us-east-1 has the old ones\. Go on with it: .*--region us-east-1 --to 2\n.*us-west-2 .*--to 3$/,
      ) as string,
      exitCode: 2,
    });
    expect(deployed()).toEqual([2, 3]);
  });

  it('takes back the return to earlier rules that somebody has deployed as a file', async () => {
    await deploy(change(), file(saying('Two.')));
    await deploy(change(), file(defaultModelConfig));
    await rollback(change(), undefined);
    expect(deployed()).toEqual([2, 2]);
  });

  it('returns to what was in force just before, also where its rules were deployed and left earlier', async () => {
    await deploy(change(), file(saying('Two.')));
    await deploy(change(), file(saying('Three.')));
    for (const version of [1, 3, 2]) await rollback(change(), version);
    await deploy(change(), file(saying('Three.')));
    await rollback(change(), undefined);
    expect(inForce('primary')).toEqual(saying('Two.'));
  });

  it('begins in no further region once it is interrupted, and says how to go on', async () => {
    await deploy(change(), file(saying('Two.')));
    // What is asked of the second region just before its deployment is begun.
    target.appConfig.primary.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName === 'ListDeploymentStrategiesCommand' && deployed()[0] === 1) process.emit('SIGINT');
      return next(args);
    });
    await expect(rollback(change(), undefined)).rejects.toThrow(
      /^Interrupted\. .*`models status`\. The same command would .*--to VERSION/,
    );
    expect(deployed()).toEqual([1, 2]);
  });

  it('asks which region, where they differ', async () => {
    regions.primary.deploy(JSON.stringify(saying('Theirs.')));
    await expect(rollback(change(), undefined)).rejects.toThrow('Nothing was in force in us-west-2 before');
    await expect(rollback(change(), 1)).rejects.toThrow(
      /^The regions have different rules.*\n--region secondary: version 1 is in force, and 1 would be\n--region primary: version 2 .* and 1 would be$/,
    );
    await rollback(change({ roles: ['primary'] }), undefined);
    expect(inForce('primary')).toEqual(defaultModelConfig);
  });

  it('knows no version that is not there', async () => {
    await expect(rollback(change(), 9)).rejects.toThrow('has no version 9: it was deleted, or never was');
  });
});

describe('what is shown', () => {
  it('is each region’s rules, and a file to change', async () => {
    const out = join(folder, 'shown.json');
    await show(look(), out);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(defaultModelConfig);
    const rules = contentVersion(JSON.stringify(defaultModelConfig));
    expect(output.text()).toMatch(
      new RegExp(
        `primary \\(us-east-1\\): version 1, deployment 1 \\(COMPLETE\\) of [^,]*Z,\\s+rules\\s+${rules}`,
      ),
    );
    expect(output.text()).toMatch(/finance_deep [^\n]*4096[^]*sonnet-5-5/);
    expect(
      output
        .text()
        .split('\n')
        .filter((line) => line.length > 80),
    ).toEqual([]);
  });

  it('is no one file where the regions differ', async () => {
    regions.primary.deploy(JSON.stringify(saying('Theirs.')));
    await expect(show(look(), join(folder, 'no.json'))).rejects.toThrow('different rules');
    await status(look());
    expect(output.text()).toContain('The regions have different rules.');
  });

  it('is what a file would change, also as JSON', async () => {
    const { finance_deep: _, ...types } = defaultModelConfig.types;
    await diff(look(true), file({ ...defaultModelConfig, types }));
    expect(JSON.parse(output.text())).toMatchObject({
      regions: [
        { role: 'secondary', differences: [{ field: 'types.finance_deep', before: { maxTokens: 2048 } }] },
        { role: 'primary' },
      ],
      failed: [],
    });
  });

  it('is what was reached, and says what was not', async () => {
    faults.add({ region: 'primary', target: 'appconfig', mode: 'error' });
    await expect(status(look())).rejects.toMatchObject({
      message: expect.stringMatching(/primary \(us-east-1\): nothing was read/) as string,
      exitCode: 2,
    });
    expect(output.text()).toContain('secondary (us-west-2)');
  });
});
