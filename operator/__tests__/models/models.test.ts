import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { defaultModelConfig } from '../../../contract/default-model-config';
import { contentVersion } from '../../../contract/model-config-version';
import { fileFaults } from '../../model-config/model-config-file';
import { planRollOut, rollOut } from '../../model-config/roll-out';
import { deploy, rollback, set } from '../../models/change';
import { diff, history, show, status } from '../../models/look';
import { saying, useModels } from './fixture';
import { onTerminal, widthOf } from '../terminal';

const NOVA = 'us.amazon.nova-2-lite-v1:0';
const LITE = 'us.amazon.nova-lite-v1:0';

const { change, deployed, faults, file, folder, goOn, inForce, look, regions, stopTime } = useModels();

describe('deploy', () => {
  it('shows what changes, and changes the standby first', async () => {
    await deploy(change(), file(saying('Theirs.')));
    expect(inForce('primary')).toEqual(saying('Theirs.'));
    expect(inForce('secondary')).toEqual(saying('Theirs.'));
    expect(regions().output.text()).toMatch(
      /secondary \(us-west-2\), version 1:\n {2}maintenanceMessage\n {4}- Our [^]* {4}\+ Theirs\.\n[^]*secondary \(us-west-2\): deployment 2 is in force[^]*primary \(us-east-1\): deployment 2 is in force/,
    );
  });

  it('does nothing a second time, and asks nobody', async () => {
    await deploy(change(), file(saying('Once.')));
    await deploy(change({ yes: false }), file(saying('Once.')));
    expect(deployed()).toEqual([2, 2]);
    expect(regions().output.text()).toContain('is in force already');
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
    expect(regions().output.text()).toContain('--force: this goes on against what preflight has found');
    expect(deployed()).toEqual([2, 2]);
    await rollback({ ...change({ preflight }) }, undefined);
    expect(preflight.mock.calls.length).toBe(4);
  });

  it('is refused where other rules are in force than are expected', async () => {
    const expected = contentVersion(JSON.stringify(defaultModelConfig));
    regions().services.primary.deploy(JSON.stringify(saying('Theirs.')));
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
    const plans = await planRollOut(regions().target, () => saying('New.'));
    faults.add({ region: 'primary', target: 'appconfig', mode: 'error' });
    await expect(rollOut(regions().target, plans, { description: 'New', now: true })).rejects.toMatchObject({
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
    const plans = await planRollOut(regions().target, () => saying('Ours.'), ['primary']);
    regions().services.primary.deploy(JSON.stringify(saying('Theirs.')));
    await expect(rollOut(regions().target, plans, { description: 'Ours', now: true })).rejects.toThrow(
      'Somebody else has changed',
    );
    expect(inForce('primary')).toEqual(saying('Theirs.'));
    await deploy(change({ roles: ['primary'] }), file(saying('Ours.')));
    // The version that the refused run has left behind is used.
    expect(regions().services.primary.current().version).toBe(3);
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
    while (regions().services.secondary.current().version === 1) await delay(20);
    stopTime();
  };

  it('is followed to its end', async () => {
    await begin();
    expect(regions().output.text()).toMatch(
      /secondary \(us-west-2\): 20 of 100 percent[^]*an alarm takes it back[^]*is in force/,
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
    expect(regions().output.text()).toMatch(/version 2,\s+deployment\s+2,\s+was\s+taken\s+back/);
    // What was taken back is none of what a lock goes by.
    await deploy(change(), file(saying('Again.')));
    expect(inForce('secondary')).toEqual(saying('Again.'));
  });

  it('is in the way of another, and followed by the same', async () => {
    const deployment = begin();
    await untilUnderWay();
    await expect(deploy(change(), file(saying('Another.')))).rejects.toThrow(/Deployment 2 is under way/);
    goOn();
    await deploy(change({ now: false, roles: ['secondary'] }), file(saying('Slowly.')));
    await deployment;
    expect(regions().services.secondary.current().deploymentNumber).toBe(2);
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
    expect(
      regions()
        .output.text()
        .replace(/\s*│\s*/g, ' '),
    ).toContain('Set general.primary to');
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
    regions().services.primary.deploy(JSON.stringify(regional));
    await expect(
      set(change(), { type: 'general', tier: 'primary' }, 'us.amazon.nova-pro-v1:0'),
    ).rejects.toThrow(`regions.us-east-1 has a model of its own for general.primary, ${LITE}`);
  });
});

describe('what is shown', () => {
  it('is each region’s rules, and a file to change', async () => {
    const out = join(folder, 'shown.json');
    await onTerminal(80, () => show(look(), out));
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(defaultModelConfig);
    const rules = contentVersion(JSON.stringify(defaultModelConfig));
    expect(regions().output.text()).toMatch(
      new RegExp(
        `primary \\(us-east-1\\): version 1, deployment 1 \\(COMPLETE\\) of [^,]*Z,\\s+rules\\s+${rules}`,
      ),
    );
    expect(regions().output.text()).toMatch(/finance_deep [^\n]*4096[^]*sonnet-5-5/);
    expect(widthOf(regions().output.text())).toBeLessThanOrEqual(80);
  });

  it('is no one file where the regions differ', async () => {
    regions().services.primary.deploy(JSON.stringify(saying('Theirs.')));
    await expect(show(look(), join(folder, 'no.json'))).rejects.toThrow('different rules');
    await status(look());
    expect(regions().output.text()).toContain('The regions have different rules.');
  });

  it('is what a file would change, also as JSON', async () => {
    const { finance_deep: _, ...types } = defaultModelConfig.types;
    await diff(look(true), file({ ...defaultModelConfig, types }));
    expect(JSON.parse(regions().output.text())).toMatchObject({
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
    expect(regions().output.text()).toContain('secondary (us-west-2)');
  });
});
