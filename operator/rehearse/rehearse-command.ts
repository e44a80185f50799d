import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { callControl, PORTS, type Status } from '@assistant/emulator';
import { MOMENTS, parseFailure, type Failure } from '@assistant/emulator/terraform-provider';
import { CommandError, describeError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { inNewOption, inOption, wholeNumber } from '../command/options';
import { note, tell, tellExactly } from '../command/output';
import { projectConfig, REHEARSAL } from '../command/project';
import { exitCodeOf } from '../plan-summary/plan-summary-command';
import { renderMarkdown, renderText } from '../plan-summary/render';
import { requireTerraform } from './cli';
import { rehearseDeploy, type DeployOptions } from './deploy';
import { rehearseDiff } from './diff';
import { withoutPlaceholders } from './placeholders';
import { keepsProtection, Rehearsal, type RehearsalOptions } from './rehearsal';
import { rehearseUpgrade, type Upgrade, type UpgradeOptions } from './upgrade';

const HELP = `
The real cdktf and terraform run the synthesized stacks; only the cloud behind
them is a stand-in, without an account, credentials or network. What is not told
here is handed to the CLI:

  npm run assistant -- rehearse deploy primary secondary --auto-approve

State, account and synthesized stacks lie in .rehearsal/, never near a real
backend.

Exit codes: those of cdktf and terraform; ${EXIT.failed} also where something is refused
before they run; ${EXIT.interrupted} interrupted. Of upgrade: ${EXIT.done} nothing is lost; ${EXIT.losing} data or a
name would be lost; ${EXIT.incomplete} a plan leaves something out; ${EXIT.failed} a stack is refused.`;

const FAIL_HELP = `ADDRESS=MOMENT or ADDRESS=MOMENT:TIMES: calls of the cloud that fail, e.g. aws_iam_role.*=read:100; MOMENT is ${MOMENTS.join(', ')}; may be repeated`;

interface Options extends RehearsalOptions {
  readonly in: string;
}

export function rehearseCommand(command: Command): Command {
  /** @param usage name and arguments of a command whose other options are for the CLI */
  const leaf = (usage: string, description: string, folder = inOption) =>
    command
      .command(usage)
      .description(description)
      .addOption(folder('where the rehearsal is kept', REHEARSAL, '.rehearsal'));
  const passing = (usage: string, description: string, folder = inOption) =>
    leaf(usage, description, folder).allowUnknownOption().hook('preAction', requireTerraform);
  const changing = (name: string, description: string) =>
    passing(`${name} <stacks...>`, description, name === 'destroy' ? inOption : inNewOption)
      .option(
        '--as-shipped',
        'keeps the configuration as it is: what guards against placeholders is seen',
        false,
      )
      .option(
        '--deletion-protection',
        'keeps what the configuration protects from being destroyed: the refusals are seen',
        false,
      )
      .option('--new-account', 'in an account with a new account’s quotas', false)
      .option('--with-data', 'in an account whose buckets are not empty', false)
      .option('--fail <failure>', FAIL_HELP, collectFailure, [])
      .option('--latency <ms>', 'how long each call of the cloud takes', wholeNumber(0, 600_000), 0)
      .hook('preAction', (leaf) => {
        const { evacuation, mlops, conversations } = projectConfig();
        const isProtected = [evacuation, mlops, conversations].some((part) => part?.deletionProtection);
        if (keepsProtection(leaf.opts()) || !isProtected) return;
        note(
          'Here deletionProtection is false, so that a destroy leaves nothing; --deletion-protection keeps it.',
        );
      });
  for (const name of ['deploy', 'destroy'] as const) {
    changing(name, `${name}s stacks, as cdktf ${name}, and has the emulator serve what is deployed then`)
      .option('--no-serve', 'without the emulator')
      .action(async (args: readonly string[], options: Options & DeployOptions) => {
        requireAnswer(args);
        process.exitCode = await rehearseDeploy(new Rehearsal(options.in), name, args, options);
      });
  }
  changing('diff', 'shows what a deploy would change, stack by stack, and keeps each plan as JSON').action(
    async (args: readonly string[], options: Options) => {
      process.exitCode = await rehearseDiff(new Rehearsal(options.in), args, options);
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
  const upgrade = 'what this project would change where another revision of it is deployed';
  leaf('upgrade [stacks...]', upgrade, inNewOption)
    .hook('preAction', requireTerraform)
    .requiredOption('--from <revision>', 'what is deployed: a commit, branch or tag of git')
    .option('--apply', 'deploys the change, too, and looks whether nothing is left to change', false)
    .option('--markdown', 'the summary as Markdown, for a pull request', false)
    .action(
      async (stacks: readonly string[], options: UpgradeOptions & { in: string; markdown: boolean }) => {
        // It begins with an empty account, and lets what else is rehearsed be.
        const rehearsal = new Rehearsal(join(options.in, 'upgrade'));
        const upgrades = await rehearseUpgrade(rehearsal, stacks, options);
        for (const upgrade of upgrades)
          (options.markdown ? tellExactly : tell)(...upgradeText(upgrade, options.markdown), '');
        process.exitCode = upgrades.some(({ refusal }) => refusal !== undefined)
          ? EXIT.failed
          : Math.max(...upgrades.map(({ summary }) => (summary ? exitCodeOf(summary) : EXIT.done)));
      },
    );
  leaf('serve [args...]', 'serves what was deployed last in this terminal, as npm start')
    .allowUnknownOption()
    .action(async (args: readonly string[], options: { in: string }) => {
      process.exitCode = await new Rehearsal(options.in).serveHere(args);
    });
  leaf('env', 'prints the environment by which commands with --target aws ask what is deployed here').action(
    async (options: { in: string }) => {
      const base = await new Rehearsal(options.in).servedAt();
      const { regions } = (await callControl('GET', '/status', undefined, { base })) as Status;
      const { credentials } = Object.values(regions)[0]?.clients.dynamoDb ?? {};
      const environment = {
        AWS_ENDPOINT_URL: `http://127.0.0.1:${base + PORTS.aws}`,
        AWS_ACCESS_KEY_ID: credentials?.accessKeyId ?? '',
        AWS_SECRET_ACCESS_KEY: credentials?.secretAccessKey ?? '',
        CDKTF_CONTEXT_JSON: JSON.stringify({ assistant: withoutPlaceholders(projectConfig()) }),
      };
      // For the user's shell, in which the SDK would take a profile before these keys.
      tell('unset AWS_PROFILE AWS_SESSION_TOKEN');
      for (const [name, value] of Object.entries(environment))
        tellExactly(`export ${name}='${value.replaceAll("'", String.raw`'\''`)}'`);
    },
  );
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

function upgradeText({ stack, summary, refusal }: Upgrade, isMarkdown: boolean): readonly string[] {
  const [render, fence] = isMarkdown ? [renderMarkdown, ['```']] : [renderText, []];
  return [
    ...(summary === undefined ? [] : [render(stack, summary)]),
    ...(refusal === undefined
      ? []
      : [`${isMarkdown ? '### ' : ''}${stack}: REFUSED`, ...fence, refusal, ...fence]),
  ];
}

function collectFailure(text: string, before: readonly Failure[]): readonly Failure[] {
  try {
    return [...before, parseFailure(text)];
  } catch (error) {
    throw new InvalidArgumentError(describeError(error));
  }
}
