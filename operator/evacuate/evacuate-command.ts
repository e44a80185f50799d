import type { Command } from 'commander';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { switchTableName } from '../../contract/evacuation';
import { ALIAS_TTL_SECONDS, moveSeconds } from '../../contract/failover';
import { CommandError, describeError } from '../command/errors';
import { tell, tellJson } from '../command/output';
import { projectConfig } from '../command/project';
import { openRegions, targetOption, type TargetName } from '../command/target';
import { counted } from '../command/words';
import { EvacuationAdmin, type EvacuationState } from './evacuation-admin';

interface Options {
  readonly target: TargetName;
  readonly json: boolean;
}

const HELP = `
Only the standby region is called: nothing of the primary region has to work.`;

export function evacuateCommand(command: Command): Command {
  const leaf = (
    name: string,
    description: string,
    act: (admin: EvacuationAdmin) => Promise<EvacuationState>,
  ) =>
    command
      .command(name)
      .description(description)
      .addOption(targetOption())
      .option('--json', 'prints the state of the switch as JSON', false)
      .action(async ({ target, json }: Options) => {
        const state = await withSwitch(target, act);
        if (json) tellJson(state);
        else tell(...lines(name, state, projectConfig()));
      });
  leaf('status', 'shows whether the primary is evacuated', (admin) => admin.read());
  leaf('primary', 'evacuates the primary: callers move to the standby', (admin) => admin.evacuate());
  leaf('return', 'gives the primary back to its callers', (admin) => admin.giveBack());
  return command.addHelpText('after', HELP);
}

const RETURN = 'npm run assistant -- evacuate return';

function lines(
  name: string,
  { evacuated, since }: EvacuationState,
  config: AssistantConfig,
): readonly string[] {
  switch (name) {
    case 'primary':
      return [
        `The switch is on: the primary is evacuated since ${since ?? 'an unknown time'}.`,
        ...whatHappensNext(config, 'move to the standby, if its own health check is good'),
        `It stays so until: ${RETURN}`,
      ];
    case 'return':
      return [
        'The switch is off: the primary is not evacuated any more.',
        ...whatHappensNext(config, 'return, if its other health checks are good'),
      ];
    default:
      if (!evacuated) return ['The primary is not evacuated.'];
      return [`The primary is evacuated since ${since ?? 'an unknown time'}. Give it back: ${RETURN}`];
  }
}

function whatHappensNext({ healthCheck }: AssistantConfig, move: string): readonly string[] {
  const { failureThreshold, intervalSeconds } = healthCheck;
  const detection = failureThreshold * intervalSeconds;
  return [
    `Route 53 takes about ${detection} s to see it (${counted(failureThreshold, 'check')}, ${intervalSeconds} s apart).`,
    `DNS answers live ${ALIAS_TTL_SECONDS} s: within about ${moveSeconds({ healthCheck })} s the last clients ${move}.`,
    'Clients that keep connections open follow when they open a new one.',
  ];
}

async function withSwitch<T>(target: TargetName, act: (admin: EvacuationAdmin) => Promise<T>): Promise<T> {
  const { region, dynamoDb } = (await openRegions(target)).secondary;
  const table = switchTableName(projectConfig().project);
  const admin = new EvacuationAdmin(table, dynamoDb);
  try {
    return await act(admin);
  } catch (error) {
    throw new CommandError(switchFailure(error, table, region), undefined, { cause: error });
  } finally {
    admin.close();
  }
}

/** @returns what went wrong with the switch, and what to do */
export const switchFailure = (error: unknown, table: string, region: string): string =>
  [
    `The switch in ${region} (table ${table}) could not be reached. ${describeError(error)}`,
    'It takes dynamodb:GetItem, PutItem and DeleteItem on that table, and a sign-in that does not need the lost region.',
    'If the standby region itself does not answer, do not evacuate into it: the primary keeps its callers.',
  ].join('\n');
