import type { Command } from 'commander';
import { circuitTableName } from '../../contract/circuit';
import { inRegions, requireReached } from '../command/each-region';
import { table, type Block } from '../command/layout';
import { tell, tellJson } from '../command/output';
import { projectConfig } from '../command/project';
import { regionOption } from '../command/region';
import { placeTitle } from '../command/words';
import { targetOption, type Region, type Role, type TargetName } from '../command/target';
import { requireNamed } from '../model-config/named-models';
import { CircuitAdmin, type CircuitReport } from './circuit-admin';

interface Options {
  readonly target: TargetName;
  readonly region: string;
  readonly json: boolean;
  readonly force?: boolean;
}

interface RegionCircuits {
  readonly role: Role;
  readonly region: string;
  readonly circuits: readonly CircuitReport[];
}

export function circuitsCommand(command: Command): Command {
  const leaf = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .addOption(targetOption())
      .addOption(regionOption('both'))
      .option('--json', 'prints the circuits as JSON', false);
  const forceable = (name: string, description: string) =>
    leaf(`${name} <model>`, description).option(
      '--force',
      'also a model that no rule of the deployed ModelConfig names',
      false,
    );
  leaf('show', 'shows every circuit that has failed within a day').action((options: Options) =>
    work(options, 'read', (admin) => admin.list()),
  );
  forceable('open', 'takes a model out of use, until its circuit is closed').action(
    (model: string, options: Options) => force(model, 'open', options),
  );
  forceable('close', 'puts a model back into use').action((model: string, options: Options) =>
    force(model, 'closed', options),
  );
  return command;
}

const force = (model: string, to: 'open' | 'closed', options: Options): Promise<void> =>
  work(options, 'changed', async (admin, region) => {
    // A circuit that is there may always be closed, whatever the rules have become since.
    const isThere = to === 'closed' && (await admin.list()).some((circuit) => circuit.model === model);
    if (!isThere && options.force !== true) await requireNamed(model, region, projectConfig());
    return [await admin.force(model, to)];
  });

async function work(
  options: Options,
  purpose: Parameters<typeof requireReached>[1],
  act: (admin: CircuitAdmin, region: Region) => Promise<readonly CircuitReport[]>,
): Promise<void> {
  const { project } = projectConfig();
  const outcome = await inRegions(options, async (region, role): Promise<RegionCircuits> => {
    const admin = new CircuitAdmin(circuitTableName(project), region.dynamoDb);
    try {
      return { role, region: region.region, circuits: await act(admin, region) };
    } finally {
      admin.close();
    }
  });
  if (options.json) tellJson({ regions: outcome.reached, failed: outcome.failed });
  else if (outcome.reached.length > 0) tell(...outcome.reached.flatMap(circuitLines));
  requireReached(outcome, purpose);
}

function circuitLines({ circuits, ...place }: RegionCircuits): readonly Block[] {
  if (circuits.length === 0)
    return [`${placeTitle(place)}: every circuit is closed; no model has failed within a day.`];
  return [`${placeTitle(place)}:`, circuitTable(circuits)];
}

export function circuitTable(circuits: readonly CircuitReport[]): Block {
  const rows = circuits.map(({ model, phase, forced, failures, openUntil, probeUnderWay }) => [
    model,
    `${phase.replace('_', '-')}${forced ? ', forced' : ''}`,
    phase === 'closed' ? String(failures) : '',
    openUntil ?? (probeUnderWay ? 'under way' : ''),
  ]);
  return table(['model', 'circuit', 'failures', 'next probe'], rows);
}
