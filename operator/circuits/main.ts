import { Command, Option } from 'commander';
import { readConfig } from '../../constructs/config/read-config';
import { circuitTableName } from '../../contract/circuit';
import { CircuitAdmin, type CircuitReport } from './circuit-admin';
import { type Status, callControl } from '@assistant/emulator';

interface Options {
  readonly target: 'local' | 'aws';
  readonly region: 'primary' | 'secondary' | 'both';
}

const program = new Command('npm run circuits --')
  .description('Shows and forces the circuits of models, of a running `npm start` or of a deployment.')
  .addOption(new Option('--target <where>').choices(['local', 'aws']).default('local'))
  .addOption(new Option('--region <role>').choices(['primary', 'secondary', 'both']).default('both'));

program
  .command('show', { isDefault: true })
  .description('shows every circuit that has failed within a day')
  .action(() => eachRegion((admin) => admin.list()));
program
  .command('open <model>')
  .description('takes a model out of use, until its circuit is closed')
  .action((model: string) => eachRegion(async (admin) => [await admin.force(model, 'open')]));
program
  .command('close <model>')
  .description('puts a model back into use')
  .action((model: string) => eachRegion(async (admin) => [await admin.force(model, 'closed')]));

async function eachRegion(act: (admin: CircuitAdmin) => Promise<readonly CircuitReport[]>): Promise<void> {
  const { target, region } = program.opts<Options>();
  for (const role of ['secondary', 'primary'] as const) {
    if (region !== 'both' && region !== role) continue;
    const admin = target === 'local' ? await localAdmin(role) : awsAdmin(role);
    print(role, await act(admin));
    admin.close();
  }
}

async function localAdmin(role: 'primary' | 'secondary'): Promise<CircuitAdmin> {
  const { regions } = (await callControl('GET', '/status')) as Status;
  return new CircuitAdmin(circuitTableName(readConfig().project), regions[role].clients.dynamoDb);
}

/** By the credentials that the AWS SDK finds. */
function awsAdmin(role: 'primary' | 'secondary'): CircuitAdmin {
  const { project, regions } = readConfig();
  return new CircuitAdmin(circuitTableName(project), { region: regions[role] });
}

function print(role: string, circuits: readonly CircuitReport[]): void {
  if (circuits.length === 0)
    console.log(`${role}: every circuit is closed; no model has failed within a day.`);
  else console.table(circuits.map((circuit) => ({ region: role, ...circuit })));
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
