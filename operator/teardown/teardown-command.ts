import { join } from 'node:path';
import type { Command } from 'commander';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { CommandError } from '../command/errors';
import { agree, untilInterrupted } from '../command/interruption';
import { inOption } from '../command/options';
import { PROJECT, projectConfig, REHEARSAL } from '../command/project';
import { targetOption, type TargetName } from '../command/target';
import { cdktfCli, requireTerraform, runCli } from '../rehearse/cli';
import { rehearseDeploy } from '../rehearse/deploy';
import { withoutProtection } from '../rehearse/placeholders';
import { Rehearsal, synthesize, USUAL_ACCOUNT } from '../rehearse/rehearsal';
import { areTablesProtected, openData } from './data';
import { STACKS, type StackName } from './holdings';
import { teardown, type Deployment } from './teardown';

const HELP = `
Without names it is secondary, primary and conversations. Run it from the commit
that is deployed: what is unprotected is deployed as this project has it. Of the
target local it is what the rehearsal in .rehearsal/, or --in, has deployed.`;

interface Options {
  readonly target: TargetName;
  readonly in: string;
  readonly export?: string;
  readonly yes: boolean;
}

export const teardownCommand = (command: Command): Command =>
  command
    .argument('[stacks...]', `of ${STACKS.join(', ')}`)
    .addOption(targetOption('a rehearsal'))
    .addOption(inOption('where the rehearsal is kept', REHEARSAL, '.rehearsal'))
    .option('--export <folder>', 'writes tables, versions and training data there first')
    .option('--yes', 'does not ask', false)
    .addHelpText('after', HELP)
    .hook('preAction', requireTerraform)
    .action(async (names: readonly string[], options: Options) => {
      const { target, yes } = options;
      const config = projectConfig();
      const rehearsal = target === 'local' ? new Rehearsal(options.in) : undefined;
      const base = await rehearsal?.servedAt();
      // Whose data it is.
      if (base !== undefined) process.env.LOCAL_PORT_BASE = String(base);
      // What is not there (any more) would be deployed first, to be unprotected.
      const stacks = stacksOf(names, config).filter((stack) => rehearsal?.folder.hasState(stack) ?? true);
      if (stacks.length === 0) throw new CommandError('Nothing of it is deployed in this rehearsal.');
      await teardown({
        config,
        stacks,
        data: openData(target, config),
        deployment: rehearsal ? rehearsed(rehearsal) : await deployed(config, yes),
        ...(options.export !== undefined && { exportTo: options.export }),
        agree: (question, otherwise) => agree(question, yes, otherwise),
      });
    });

function stacksOf(names: readonly string[], { conversations }: AssistantConfig): readonly StackName[] {
  const unknown = names.find((name) => !STACKS.includes(name as StackName));
  if (unknown !== undefined)
    throw new CommandError(`There is no stack "${unknown}"; there are ${STACKS.join(', ')}.`);
  if (names.length > 0) return STACKS.filter((stack) => names.includes(stack));
  return ['secondary', 'primary', ...(conversations ? (['conversations'] as const) : [])];
}

function rehearsed(rehearsal: Rehearsal): Deployment {
  const run = (command: 'deploy' | 'destroy', stack: StackName) =>
    rehearseDeploy(rehearsal, command, [stack, '--auto-approve'], {
      ...USUAL_ACCOUNT,
      deletionProtection: false,
      // What is unprotected serves as before: only a destroy is to be seen by the emulator.
      serve: command === 'destroy',
    });
  return {
    unprotect: (stack) => run('deploy', stack),
    // The emulator does not say; what is half destroyed, and so not served, was unprotected before.
    isProtected: (stack) => Promise.resolve(rehearsal.folder.isApplied(stack) ? undefined : false),
    destroy: (stack) => run('destroy', stack),
  };
}

/** Where the CLI synthesizes into, so that Terraform finds what it was initialized with. */
const OUT = join(PROJECT, 'cdktf.out');

/** @param yes whether the CLI does not ask either, once the plan of a deploy is seen */
async function deployed(config: AssistantConfig, yes: boolean): Promise<Deployment> {
  // Once for all, and before anything is changed.
  await untilInterrupted('Nothing was changed.', (signal) =>
    synthesize(PROJECT, OUT, withoutProtection(config), signal),
  );
  const run = (command: 'deploy' | 'destroy', stack: StackName, asks: boolean) => {
    const args = [cdktfCli(), command, stack, '--skip-synth', ...(asks ? [] : ['--auto-approve'])];
    return runCli(process.execPath, args, PROJECT, process.env);
  };
  return {
    unprotect: (stack) => run('deploy', stack, !yes),
    isProtected: (stack) => areTablesProtected(config, stack),
    // It has been agreed to, and rules may be gone by then.
    destroy: (stack) => run('destroy', stack, false),
  };
}
