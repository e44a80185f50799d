import { Command, Help, type Option } from 'commander';
import { CommandError, describeError } from './command/errors';
import { EXIT, EXIT_CODES_HELP } from './command/exit-codes';
import { columnsOf, fitted, note, WIDTH } from './command/output';

interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** What a command needs takes longer to load than `--help` may take. */
  readonly load: () => Promise<(command: Command) => Command>;
}

const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'status',
    summary: 'shows a running `npm start`: who serves, health, answers, circuits, alarms, faults',
    load: async () => (await import('./status/status-command.ts')).statusCommand,
  },
  {
    name: 'console',
    summary: 'shows a deployment on a page of this machine, read-only; says where `npm start` has it',
    load: async () => (await import('./console/console-command.ts')).consoleCommand,
  },
  {
    name: 'dashboard',
    summary: 'draws a dashboard, as CloudWatch would show it, of a running `npm start`',
    load: async () => (await import('./dashboard/dashboard-command.ts')).dashboardCommand,
  },
  {
    name: 'fault',
    summary: 'injects faults into a running `npm start`, and ends them',
    load: async () => (await import('./fault/fault-command.ts')).faultCommand,
  },
  {
    name: 'circuits',
    summary: 'shows and forces the circuits of models',
    load: async () => (await import('./circuits/circuits-command.ts')).circuitsCommand,
  },
  {
    name: 'trace',
    summary: 'shows the way of one request with its times: each call, what failed, who answered',
    load: async () => (await import('./trace/trace-command.ts')).traceCommand,
  },
  {
    name: 'smoke',
    summary: 'asks every name of the assistant once: contract, callers, health, a stream',
    load: async () => (await import('./smoke/smoke-command.ts')).smokeCommand,
  },
  {
    name: 'models',
    summary: 'shows and changes which models answer what: deploy, set, roll back',
    load: async () => (await import('./models/models-command.ts')).modelsCommand,
  },
  {
    name: 'preflight',
    summary: 'says whether each model of the rules can be called, from each region, and until when',
    load: async () => (await import('./preflight/preflight-command.ts')).preflightCommand,
  },
  {
    name: 'evacuate',
    summary: 'takes the primary region out of use, and gives it back',
    load: async () => (await import('./evacuate/evacuate-command.ts')).evacuateCommand,
  },
  {
    name: 'drill',
    summary: 'takes the primary region away under traffic, and measures how callers fare',
    load: async () => (await import('./drill/drill-command.ts')).drillCommand,
  },
  {
    name: 'finetune',
    summary: 'fine-tunes a model on your own conversations, and serves it',
    load: async () => (await import('./finetune/finetune-command.ts')).finetuneCommand,
  },
  {
    name: 'benchmark',
    summary: 'measures models on your own questions, and recommends by the results',
    load: async () => (await import('./benchmark/benchmark-command.ts')).benchmarkCommand,
  },
  {
    name: 'rehearse',
    summary: 'runs the real cdktf and terraform against an emulated account',
    load: async () => (await import('./rehearse/rehearse-command.ts')).rehearseCommand,
  },
  {
    name: 'teardown',
    summary: 'destroys stacks safely: names and exports their data, asks at each step',
    load: async () => (await import('./teardown/teardown-command.ts')).teardownCommand,
  },
  {
    name: 'keys',
    summary: 'makes, lists and revokes the keys of callers',
    load: async () => (await import('./keys/keys-command.ts')).keysCommand,
  },
  {
    name: 'openapi',
    summary: 'prints the API’s OpenAPI document, with the configured name',
    load: async () => (await import('./openapi/openapi-command.ts')).openApiCommand,
  },
  {
    name: 'config',
    summary: 'shows the configuration in force, and where each value comes from',
    load: async () => (await import('./config/config-command.ts')).configCommand,
  },
  {
    name: 'cost',
    summary: 'says what a month costs, by service and region, and what trouble costs',
    load: async () => (await import('./cost/cost-command.ts')).costCommand,
  },
  {
    name: 'plan-summary',
    summary: 'says what a plan of Terraform would do to data, names and callers',
    load: async () => (await import('./plan-summary/plan-summary-command.ts')).planSummaryCommand,
  },
  {
    name: 'state-check',
    summary: 'compares what the two regions have in their Terraform states',
    load: async () => (await import('./state-check/state-check-command.ts')).stateCheckCommand,
  },
  {
    name: 'secret',
    summary: 'makes a secret for the paths that health checks probe',
    load: async () => (await import('./secret/secret-command.ts')).secretCommand,
  },
];

const HELP = `
${EXIT_CODES_HELP}

Each command tells more: npm run assistant -- circuits --help`;

/** @param wanted the commands that are loaded; of the others only their names are there */
export async function createProgram(wanted: (name: string) => boolean = () => true): Promise<Command> {
  const program = new Command('npm run assistant --')
    .description(
      'The operator’s command: looks at, hurts, drills and changes a running or deployed assistant.',
    )
    .addHelpText('after', HELP);
  for (const { name, summary, load } of COMMANDS) {
    const command = program.command(name).description(summary);
    if (wanted(name)) (await load())(command);
  }
  narrow(program);
  return program;
}

const HELP_WORDS = ['help', '--help', '-h'];

/** Runs a command line; how it ended is the process's exit code. */
export async function run(args: readonly string[]): Promise<void> {
  try {
    const words = args.filter((word) => !HELP_WORDS.includes(word));
    const program = await createProgram((name) => words.find((word) => !word.startsWith('-')) === name);
    await program.parseAsync(namesNoCommand(program, words) ? words : args, { from: 'user' });
  } catch (error) {
    note(error instanceof CommandError ? error.message : describeError(error));
    process.exitCode = error instanceof CommandError ? error.exitCode : EXIT.failed;
  }
}

/** For help on a command that is not there, commander would tell what others there are, as if all were well. */
function namesNoCommand(command: Command, [word, ...rest]: readonly string[]): boolean {
  if (word === undefined || word.startsWith('-') || command.commands.length === 0) return false;
  const next = command.commands.find((each) => each.name() === word);
  return next === undefined || namesNoCommand(next, rest);
}

/** That nothing happens which is not asked for, or nothing is added, is no default worth a word. */
function optionDescription(option: Option): string {
  const { defaultValue } = option as { readonly defaultValue: unknown };
  const isPlain = defaultValue === false || (Array.isArray(defaultValue) && defaultValue.length === 0);
  const shown = isPlain
    ? Object.assign(Object.create(option) as Option, { defaultValue: undefined })
    : option;
  return new Help().optionDescription(shown);
}

/** Where the terminal is narrower than help is written, each of its paragraphs is wrapped as one line. */
function writeHelp(stream: NodeJS.WriteStream, text: string): void {
  const isNarrow = columnsOf(stream) < WIDTH;
  stream.write(fitted(stream, [isNarrow ? text.replace(/^(\S.*)\n(?=\S)/gm, '$1 ') : text]).join('\n'));
}

/** Help is 80 columns wide, where the terminal has as many. */
function narrow(command: Command): void {
  command
    .configureHelp({
      helpWidth: Math.min(WIDTH, columnsOf(process.stdout)),
      minWidthToWrap: 20,
      optionDescription,
    })
    .showHelpAfterError(
      command.commands.length === 0
        ? '(--help tells what there is)'
        : '(--help tells what there is; options stand behind the name of a command)',
    )
    .configureOutput({
      writeOut: (text) => {
        writeHelp(process.stdout, text);
      },
      writeErr: (text) => {
        writeHelp(process.stderr, text);
      },
    });
  command.commands.forEach(narrow);
}
