import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { parseFailure, type Failure } from '@assistant/emulator/terraform-provider';
import { CommandError, describeError } from '../command/errors';
import { inOption, wholeNumber } from '../command/options';
import { tell } from '../command/output';
import { REHEARSAL } from '../command/project';
import { exitCodeOf } from '../plan-summary/plan-summary-command';
import { renderMarkdown, renderText } from '../plan-summary/render';
import { requireTerraform, type Cli } from './cli';
import { Rehearsal, type RehearsalOptions } from './rehearsal';
import { rehearseUpgrade, type UpgradeOptions } from './upgrade';

const HELP = `
The real cdktf and terraform run the synthesized stacks; only the cloud behind
them is a stand-in, without an account, credentials or network. What is not told
here is handed to the CLI:

  npm run assistant -- rehearse deploy primary secondary --auto-approve

State, account and synthesized stacks lie in .rehearsal/, never near a real
backend.`;

interface Options extends RehearsalOptions {
  readonly in: string;
}

export function rehearseCommand(command: Command): Command {
  /** @param usage name and arguments of a command whose other options are for the CLI */
  const leaf = (usage: string, description: string) =>
    command
      .command(usage)
      .description(description)
      .addOption(inOption('where the rehearsal is kept', REHEARSAL, '.rehearsal'));
  const passing = (usage: string, description: string) =>
    leaf(usage, description).allowUnknownOption().hook('preAction', requireTerraform);
  const changing = (name: string, description: string) =>
    passing(`${name} <stacks...>`, description)
      .option('--as-shipped', 'keeps the placeholders of the configuration: their guards are seen', false)
      .option('--new-account', 'in an account with a new account’s quotas', false)
      .option('--with-data', 'in an account whose buckets are not empty', false)
      .option('--fail <failure>', 'ADDRESS=MOMENT:TIMES; may be repeated', collectFailure, [])
      .option('--latency <ms>', 'how long each call of the cloud takes', wholeNumber(0, 600_000), 0);
  for (const name of ['deploy', 'destroy'] as const) {
    changing(name, `${name}s stacks, as cdktf ${name}, and has the emulator serve what is deployed then`)
      .option('--no-serve', 'without the emulator')
      .action(async (args: readonly string[], options: Options & { readonly serve: boolean }) => {
        requireAnswer(args);
        const rehearsal = new Rehearsal(options.in);
        if (options.serve) await rehearsal.emulator.requirePorts();
        process.exitCode = await rehearsal.withSynthesized(options, (cli) => cli.cdktf(name, ...args));
        if (process.exitCode !== 0) return;
        const stacks = rehearsal.folder.stackNames().filter((stack) => args.includes(stack));
        if (name === 'deploy') rehearsal.folder.keepApplied(stacks);
        else rehearsal.folder.forgetApplied(stacks);
        const url = options.serve ? await rehearsal.serve() : undefined;
        if (url !== undefined)
          tell(`What is deployed is served at ${url}, until: ${rehearsal.folder.command('stop')}`);
      });
  }
  changing('diff', 'shows what a deploy would change, stack by stack').action(
    async (args: readonly string[], options: Options) => {
      process.exitCode = await new Rehearsal(options.in).withSynthesized(options, (cli) => diff(cli, args));
    },
  );
  passing('output <stack> [args...]', 'prints what a stack gave out, as terraform output').action(
    async (stack: string, args: readonly string[], options: { in: string }) => {
      process.exitCode = await new Rehearsal(options.in).withDeployed(stack, (cli) =>
        cli.terraform(stack, 'output', ...args),
      );
    },
  );
  passing('state <what> <stack> [args...]', 'terraform state list, show, ... of a stack').action(
    async (subcommand: string, stack: string, args: readonly string[], options: { in: string }) => {
      process.exitCode = await new Rehearsal(options.in).withDeployed(stack, (cli) =>
        cli.terraform(stack, 'state', subcommand, ...args),
      );
    },
  );
  leaf('upgrade [stacks...]', 'what this project would change where another revision of it is deployed')
    .hook('preAction', requireTerraform)
    .requiredOption('--from <revision>', 'what is deployed: a commit, branch or tag of git')
    .option('--apply', 'deploys the change, too, and looks whether nothing is left to change', false)
    .option('--markdown', 'the summary as Markdown, for a pull request', false)
    .action(
      async (stacks: readonly string[], options: UpgradeOptions & { in: string; markdown: boolean }) => {
        // It begins with an empty account, and lets what else is rehearsed be.
        const rehearsal = new Rehearsal(join(options.in, 'upgrade'));
        const render = options.markdown ? renderMarkdown : renderText;
        const exitCodes: number[] = [];
        for (const [stack, summary] of await rehearseUpgrade(rehearsal, stacks, options)) {
          tell(render(stack, summary), '');
          exitCodes.push(exitCodeOf(summary));
        }
        process.exitCode = Math.max(...exitCodes);
      },
    );
  leaf('serve [args...]', 'serves what was deployed last in this terminal, as npm start')
    .allowUnknownOption()
    .action(async (args: readonly string[], options: { in: string }) => {
      process.exitCode = await new Rehearsal(options.in).serveHere(args);
    });
  leaf('stop', 'ends the emulator that serves what is deployed').action(async (options: { in: string }) => {
    const wasRunning = await new Rehearsal(options.in).emulator.stop();
    tell(wasRunning ? 'The emulator has ended.' : 'No emulator of this rehearsal runs.');
  });
  leaf('reset', 'forgets the rehearsed account and its state').action(async (options: { in: string }) => {
    await new Rehearsal(options.in).reset();
    tell('The rehearsal is forgotten: the next one begins with an empty account.');
  });
  return command.addHelpText('after', HELP);
}

/** @throws CommandError where cdktf would ask and nobody can answer: it ends with a stack of its own then */
function requireAnswer(args: readonly string[]): void {
  if (process.stdin.isTTY || args.includes('--auto-approve')) return;
  throw new CommandError('There is no terminal to approve the changes at. Add: --auto-approve');
}

/** Of several stacks, cdktf itself would plan the first alone, and not say so. */
async function diff(cli: Cli, args: readonly string[]): Promise<number> {
  const flag = args.findIndex((arg) => arg.startsWith('-'));
  const [stacks, flags] = flag < 0 ? [args, []] : [args.slice(0, flag), args.slice(flag)];
  const [only, ...others] = stacks;
  return only !== undefined && others.length === 0
    ? cli.cdktf('diff', only, ...flags)
    : cli.eachStack('diff', stacks, ...flags);
}

function collectFailure(text: string, before: readonly Failure[]): readonly Failure[] {
  try {
    return [...before, parseFailure(text)];
  } catch (error) {
    throw new InvalidArgumentError(describeError(error));
  }
}
