import { Argument, Command, Option } from 'commander';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { readConfig } from '../../constructs/config/read-config';
import { switchTableName } from '../../contract/evacuation';
import { type Status, callControl } from '@assistant/emulator';
import { describeSwitchFailure } from './describe-failure';
import { EvacuationAdmin } from './evacuation-admin';
import { ALIAS_TTL_SECONDS, moveSeconds } from '../../contract/failover';

interface Options {
  readonly target: 'local' | 'aws';
  readonly return: boolean;
}

/** The switch's table, in the standby region. */
interface Switch {
  readonly admin: EvacuationAdmin;
  readonly table: string;
  readonly region: string;
}

const program = new Command('npm run evacuate --')
  .description(
    'Takes the primary region out of use, and gives it back, by a write in the standby region alone.',
  )
  .addArgument(
    new Argument('[what]', '`primary` evacuates it; `status` shows')
      .choices(['status', 'primary'])
      .default('status'),
  )
  .option('--return', 'gives the primary back to its callers', false)
  .addOption(new Option('--target <where>').choices(['local', 'aws']).default('local'))
  .action(async (what: 'status' | 'primary', options: Options) => {
    const config = readConfig();
    await withSwitch(options.target, config, async (admin) => {
      if (options.return) await giveBack(admin, config);
      else if (what === 'primary') await evacuate(admin, config);
      else await show(admin);
    });
  });

async function show(admin: EvacuationAdmin): Promise<void> {
  const { evacuated, since = 'an unknown time' } = await admin.read();
  tell(
    evacuated
      ? `The primary is evacuated since ${since}. Give it back: npm run evacuate -- --return`
      : 'The primary is not evacuated.',
  );
}

async function evacuate(admin: EvacuationAdmin, config: AssistantConfig): Promise<void> {
  await admin.evacuate();
  tell('The switch is on: the primary is evacuated.', ...whatHappensNext(config, 'move to the standby'));
  tell('It stays so until: npm run evacuate -- --return');
}

async function giveBack(admin: EvacuationAdmin, config: AssistantConfig): Promise<void> {
  await admin.giveBack();
  tell('The switch is off: the primary is not evacuated any more.');
  tell(...whatHappensNext(config, 'return, if its other health checks are good'));
}

function whatHappensNext({ healthCheck }: AssistantConfig, move: string): readonly string[] {
  const { failureThreshold, intervalSeconds } = healthCheck;
  const detection = failureThreshold * intervalSeconds;
  return [
    `Route 53 takes about ${detection} s to see it (${failureThreshold} checks, ${intervalSeconds} s apart).`,
    `DNS answers live ${ALIAS_TTL_SECONDS} s: within about ${moveSeconds({ healthCheck })} s the last clients ${move}.`,
    'Clients that keep connections open follow when they open a new one.',
  ];
}

async function withSwitch(
  target: Options['target'],
  config: AssistantConfig,
  act: (admin: EvacuationAdmin) => Promise<void>,
): Promise<void> {
  const { admin, table, region } = target === 'local' ? await localSwitch(config) : awsSwitch(config);
  try {
    await act(admin);
  } catch (error) {
    throw new Error(describeSwitchFailure(error, table, region), { cause: error });
  } finally {
    admin.close();
  }
}

async function localSwitch({ project }: AssistantConfig): Promise<Switch> {
  const { regions } = (await callControl('GET', '/status')) as Status;
  const table = switchTableName(project);
  const client = regions.secondary.clients.dynamoDb;
  return { admin: new EvacuationAdmin(table, client), table, region: client.region };
}

/** By the credentials that the AWS SDK finds. */
function awsSwitch({ project, regions }: AssistantConfig): Switch {
  const [table, region] = [switchTableName(project), regions.secondary];
  return { admin: new EvacuationAdmin(table, { region }), table, region };
}

function tell(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
