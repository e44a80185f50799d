import { DeleteHostedConfigurationVersionCommand } from '@aws-sdk/client-appconfig';
import { defaultModelConfig } from '../../../contract/default-model-config';
import { requireRegion } from '../../command/target';
import { openStore } from '../../model-config/roll-out';
import { deploy, rollback } from '../../models/change';
import { deleteOperatorsVersions, isGone } from '../../teardown/data';
import { saying, useModels } from '../models/fixture';

const { change, file, inForce, regions } = useModels();

describe('versions that operators have made', () => {
  const roles = ['secondary'] as const;
  const remaining = async () => [
    ...(await (await openStore(regions().target, 'secondary')).descriptions()).keys(),
  ];
  beforeEach(async () => {
    for (const message of ['Two.', 'Three.', 'Four.']) await deploy(change({ roles }), file(saying(message)));
    await rollback(change({ roles }), 3);
  });

  it('are deleted, the one in force last, and what serves has it until then', async () => {
    const store = await openStore(regions().target, 'secondary');
    const left: number[][] = [];
    store.client.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName === 'DeleteHostedConfigurationVersionCommand') left.push(await remaining());
      return next(args);
    });
    expect(await deleteOperatorsVersions(store)).toBe(3);
    expect(left).toEqual([
      [4, 3, 2, 1],
      [4, 3, 1],
      [3, 1],
    ]);
    expect(await remaining()).toEqual([1]);
    expect(await deleteOperatorsVersions(store)).toBe(0);
  });

  it('are all deleted where somebody has deleted Terraform’s own', async () => {
    const store = await openStore(regions().target, 'secondary');
    const { ApplicationId, ConfigurationProfileId } = store.ids;
    const first = { ApplicationId, ConfigurationProfileId, VersionNumber: 1 };
    await store.client.send(new DeleteHostedConfigurationVersionCommand(first));
    expect(await deleteOperatorsVersions(store)).toBe(3);
    expect(await remaining()).toEqual([]);
  });

  it('are deleted by two at once, to the end', async () => {
    const store = await openStore(regions().target, 'secondary');
    await Promise.all([deleteOperatorsVersions(store), deleteOperatorsVersions(store)]);
    expect(await remaining()).toEqual([1]);
  });

  it('can be brought back, or left, where the destroy has failed after that', async () => {
    await deleteOperatorsVersions(await openStore(regions().target, 'secondary'));
    await rollback(change({ roles }), undefined);
    expect(inForce('secondary')).toEqual(defaultModelConfig);
    await deploy(change({ roles }), file(saying('Three.')));
    expect(inForce('secondary')).toEqual(saying('Three.'));
  });

  it('are none in a region that a rehearsal no longer serves, nor where there is no application any more', async () => {
    const { target } = regions();
    const gone = { ...target, config: { ...target.config, environment: 'gone' } };
    const status = { regions: {} } as Parameters<typeof requireRegion>[0];
    const ask = async () => Promise.resolve(requireRegion(status, 'secondary'));
    expect(isGone(await ask().catch((error: unknown) => error))).toBe(true);
    expect(isGone(await openStore(gone, 'secondary').catch((error: unknown) => error))).toBe(true);
  });
});
