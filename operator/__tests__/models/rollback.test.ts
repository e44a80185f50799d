import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteHostedConfigurationVersionCommand,
  type ListDeploymentsCommandOutput,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import { defaultModelConfig } from '../../../contract/default-model-config';
import ledger from '../../../contract/state-addresses.json';
import type { Role } from '../../command/target';
import { openStore, ORDER } from '../../model-config/roll-out';
import { deploy, rollback, set } from '../../models/change';
import { diff, history, show, status } from '../../models/look';
import { saying, useModels } from './fixture';

const { change, deployed, file, folder, inForce, look, regions } = useModels();

async function inSecondary() {
  const store = await openStore(regions().target, 'secondary');
  return { store, before: await store.newest() };
}

async function remove(role: Role, VersionNumber: number): Promise<void> {
  const { ids, client } = await openStore(regions().target, role);
  await client.send(new DeleteHostedConfigurationVersionCommand({ ...ids, VersionNumber }));
}

describe('a first deployment that AppConfig has taken back', () => {
  it('is told with how it is begun anew, since Terraform takes it for made', async () => {
    regions().target.appConfig.primary.middlewareStack.add((next, { commandName }) => async (args) => {
      const result = await next(args);
      if (commandName !== 'ListDeploymentsCommand') return result;
      const { Items = [] } = result.output as ListDeploymentsCommandOutput;
      for (const item of Items) item.State = 'ROLLED_BACK';
      return result;
    });
    await expect(deploy(change(), file(saying('Two.')))).rejects.toThrow(
      /Deployment 1 in us-east-1 was taken back.*terraform apply -replace=aws_appconfig_deployment\.assistant_model_selection_first_deployment/s,
    );
    expect(ledger.regional).toContain('aws_appconfig_deployment.assistant_model_selection_first_deployment');
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
    expect(regions().output.text()).toContain('COMPLETE');
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

  it('goes no further back where an alarm, or somebody else, has taken back what was meant', async () => {
    const now = change({ roles: ['secondary'] });
    await deploy(now, file(saying('Two.')));
    await deploy(now, file(saying('Three.')));
    const { store, before } = await inSecondary();
    await store.client.send(
      new StopDeploymentCommand({
        ...store.ids,
        DeploymentNumber: before.deploymentNumber,
        AllowRevert: true,
      }),
    );
    await expect(rollback(now, undefined)).rejects.toThrow(
      /^Deployment 3 in us-west-2 was taken back already: version 2 is in force .*:\n.* --region us-west-2 --to 1$/,
    );
    await deploy(change({ roles: ['primary'] }), file(saying('Two.')));
    // The standby alone has had the others: in both regions the same is left.
    await expect(rollback(change(), undefined)).rejects.toThrow(
      /--region us-west-2 --to 1\n.* --region us-east-1 --to 1$/,
    );
    expect(inForce('secondary')).toEqual(saying('Two.'));
    await rollback(now, 1);
    expect(inForce('secondary')).toEqual(defaultModelConfig);
  });

  it('minds nothing that was deployed to be tried, and was brought back', async () => {
    await deploy(change(), file(saying('Two.')));
    const { store, before } = await inSecondary();
    await deploy(change({ roles: ['secondary'] }), file(saying('Tried.')));
    await store.takeBackTo(before);
    await rollback(change(), undefined);
    expect([inForce('primary'), inForce('secondary')]).toEqual([defaultModelConfig, defaultModelConfig]);
  });

  it('leaves what somebody else has deployed while something was tried', async () => {
    const { store, before } = await inSecondary();
    const now = change({ roles: ['secondary'] });
    await deploy(now, file(saying('Tried.')));
    await rollback(now, undefined);
    await expect(store.takeBackTo(before)).rejects.toThrow(
      'Somebody else has deployed in us-west-2 meanwhile',
    );
    expect(inForce('secondary')).toEqual(defaultModelConfig);
    expect([...(await store.descriptions()).keys()]).toEqual([2, 1]);
  });

  it('names the versions to go on with, or to return to, where the second region fails', async () => {
    await deploy(change(), file(saying('Two.')));
    await deploy(change(), file(saying('Three.')));
    regions().target.appConfig.primary.middlewareStack.add(
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
    regions().target.appConfig.primary.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName === 'ListDeploymentStrategiesCommand' && deployed()[0] === 1) process.emit('SIGINT');
      return next(args);
    });
    await expect(rollback(change(), undefined)).rejects.toThrow(
      /^Interrupted\. .*`models status`\. The same command would .*--to VERSION/,
    );
    expect(deployed()).toEqual([1, 2]);
  });

  it('asks which region, where they differ', async () => {
    regions().services.primary.deploy(JSON.stringify(saying('Theirs.')));
    await expect(rollback(change(), undefined)).rejects.toThrow('Nothing was in force in us-west-2 before');
    await expect(rollback(change(), 1)).rejects.toThrow(
      /^The regions have different rules.*\n--region secondary: version 1 is in force, and 1 would be\n--region primary: version 2 .* and 1 would be$/,
    );
    await rollback(change({ roles: ['primary'] }), undefined);
    expect(inForce('primary')).toEqual(defaultModelConfig);
  });

  it('passes over a version that is gone, and says so', async () => {
    await deploy(change(), file(saying('Two.')));
    await deploy(change(), file(saying('Three.')));
    for (const role of ORDER) await remove(role, 2);
    await rollback(change(), undefined);
    expect(deployed()).toEqual([1, 1]);
    expect(regions().output.text()).toContain('Left out: us-east-1 has no version 2');
  });

  it('knows no version that is not there', async () => {
    await expect(rollback(change(), 9)).rejects.toThrow('has no version 9: it was deleted, or never was');
  });
});

describe.each<readonly [string, RegExp, (role: Role) => Promise<unknown>]>([
  [
    'that the functions refuse',
    /version 2 in us-\w+-\d is no ModelConfig as this commit has it: default\.systemPrompt has no visible character/,
    // AppConfig's validator takes it: it is beyond the plane that all dialects of regular expressions know.
    (role) => {
      const rule = { ...defaultModelConfig.default, systemPrompt: '\u{e0020}' };
      regions().services[role].deploy(JSON.stringify({ ...defaultModelConfig, default: rule }));
      return Promise.resolve();
    },
  ],
  [
    'that were deleted',
    /us-\w+-\d has no version 2: it was deleted, or never was/,
    async (role) => {
      await deploy(change({ roles: [role] }), file(saying('Two.')));
      await remove(role, 2);
    },
  ],
])('rules in force %s', (_, why, makeUnreadable) => {
  it.each<readonly [string, () => Promise<void>]>([
    ['rollback', () => rollback(change(), undefined)],
    ['rollback --to', () => rollback(change(), 1)],
    ['a file', () => deploy(change({ preflight: () => Promise.resolve(true) }), file(saying('New.')))],
  ])('are left by %s, in both regions', async (_name, leave) => {
    for (const role of ORDER) await makeUnreadable(role);
    await leave();
    expect(regions().output.text()).toMatch(/version 2:\n {2}No differences are shown, as what is in force/);
    expect(regions().output.text()).toMatch(why);
    expect(ORDER.map((role) => inForce(role).default)).toEqual(ORDER.map(() => defaultModelConfig.default));
    await show(look());
  });

  it('are left in the one region that has them', async () => {
    await makeUnreadable('primary');
    await expect(rollback(change(), 1)).rejects.toThrow(/--region primary: version 2 .* and 1 would be/);
    await rollback(change({ roles: ['primary'] }), undefined);
    expect(deployed()).toEqual([1, 1]);
  });

  it('are passed over on the way back', async () => {
    await makeUnreadable('primary');
    await deploy(change({ roles: ['primary'] }), file(saying('Three.')));
    await rollback(change({ roles: ['primary'] }), undefined);
    expect(inForce('primary')).toEqual(defaultModelConfig);
  });

  it('are told with what to do, beside the other region’s', async () => {
    await makeUnreadable('primary');
    await show(look());
    await status(look());
    await diff(look(), file(saying('New.')));
    await history(look(), 10);
    const text = regions().output.text().replace(/\s+/g, ' ');
    expect(text).toMatch(/secondary \(us-west-2\): version 1, deployment 1 \(COMPLETE\).*default.*primary/);
    expect(text).toMatch(/primary \(us-east-1\): version 2, deployment 2 \(COMPLETE\)/);
    expect(text.match(new RegExp(`It cannot be read: ${why.source}`, 'g'))).toHaveLength(3);
    expect(text).toContain('models rollback), or deploy others');
    const out = join(folder, 'none.json');
    await expect(show({ ...look(), roles: ['primary'] }, out)).rejects.toThrow(
      /cannot be read.*models rollback/,
    );
    expect(existsSync(out)).toBe(false);
  });

  it('are nothing to set a model in, and say what to do', async () => {
    await makeUnreadable('primary');
    const where = { type: 'general', tier: 'primary' } as const;
    await expect(set(change(), where, 'us.amazon.nova-lite-v1:0')).rejects.toThrow(
      /cannot be read.*models rollback.*deploy others/,
    );
    expect(deployed()).toEqual([1, 2]);
  });
});
