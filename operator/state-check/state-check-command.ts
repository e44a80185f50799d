import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { inOption } from '../command/options';
import { tell, tellJson } from '../command/output';
import { PROJECT, stackFolder } from '../command/project';
import { counted } from '../command/words';
import { requireTerraform } from '../rehearse/cli';
import { compareStates, unlikeShipped, type StateDifference } from './compare-states';

const HELP = `
It asks \`terraform state list\` in cdktf.out/stacks/primary and secondary, and
changes nothing. Of a rehearsal:

  npm run assistant -- state-check --in .rehearsal

Exit codes: ${EXIT.done} the regions have the same, but for what may differ; ${EXIT.losing} they differ
otherwise; ${EXIT.failed} a state cannot be read.`;

export const stateCheckCommand = (command: Command): Command =>
  command
    .addOption(inOption('where cdktf.out lies', PROJECT, 'this project'))
    .option('--json', 'prints what differs as JSON', false)
    .addHelpText('after', HELP)
    .hook('preAction', requireTerraform)
    .action((options: { readonly in: string; readonly json: boolean }) => {
      const [primary, secondary] = [stateOf(options.in, 'primary'), stateOf(options.in, 'secondary')];
      const differences = compareStates(primary, secondary);
      const unexplained = differences.filter(({ why }) => why === undefined);
      const { more, less } = unlikeShipped(primary, secondary);
      process.exitCode = unexplained.length === 0 ? EXIT.done : EXIT.losing;
      if (options.json) {
        tellJson({ differences, unlikeShipped: { more, less } });
        return;
      }
      tell(`primary: ${counted(primary.length, 'address', 'addresses')}; secondary: ${secondary.length}.`);
      if (primary.length === 0 || secondary.length === 0) {
        tell('A region of which nothing is deployed has nothing to compare.');
        return;
      }
      tell(
        ...list('They differ, and nobody knows why:', unexplained.map(line)),
        ...(unexplained.length === 0
          ? []
          : ['An apply has ended half-way, or one region is a revision ahead: deploy the other.']),
        ...list('They differ, as they may:', differences.filter(({ why }) => why !== undefined).map(line)),
        ...list('Not in the app as shipped (another revision or configuration is deployed):', more),
        ...list('In the app as shipped, and in neither region:', less),
      );
    });

const line = ({ address, onlyIn, why }: StateDifference): string =>
  onlyIn === 'neither'
    ? `${address}: missing, and failover goes by it`
    : `${address}: only in the ${onlyIn}${why === undefined ? '' : `; ${why}`}`;

const list = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((text) => `  ${text}`)];

function stateOf(folder: string, stack: string): readonly string[] {
  const cwd = stackFolder(folder, stack);
  if (!['.terraform', 'terraform.tfstate'].some((name) => existsSync(join(cwd, name)))) {
    throw new CommandError(
      `Of the stack ${stack} nothing is deployed from ${folder}: Terraform has not been initialized in ${cwd}. ` +
        'Deploy it there; where another machine did, npx cdktf synth, and terraform init in that folder.',
    );
  }
  const { error, status, stdout, stderr } = spawnSync('terraform', ['state', 'list'], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_CLI_ARGS: '-no-color' },
  });
  if (status === 0) return stdout.split('\n').filter((address) => address !== '');
  throw new CommandError(
    `The state of ${stack} cannot be read (terraform state list in ${cwd}):\n${error?.message ?? stderr.trim()}`,
  );
}
