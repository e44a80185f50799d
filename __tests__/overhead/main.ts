/**
 * `npm run overhead`: what the assistant itself adds to a call of a model, for those who develop it. It runs the bare
 * SDK call, the deployed handler and the whole emulated path by turns, so that what the machine does meanwhile hits
 * all alike, and compares them round by round; kills the primary model and revives it; loads each bundle beside the
 * SDK clients that it uses. `operator/benchmark` is another thing: it measures models, for operators.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { runColdStart } from './cold-start/run';
import { runConsole } from './console/run';
import { measureBenchmarkCost } from './benchmark-cost';
import { runHealthy } from './healthy/run';
import { runModels } from './models/run';
import { runOutage } from './outage/run';
import { runSoak, type SoakPlan } from './soak/run';
import { runStreams, type StreamsPlan } from './streams/run';
import { fullPlan, quickPlan } from './plans';
import { htmlReport } from './report/page';
import { readMachine } from './report/machine';
import type { OverheadResult } from './report/result';
import { missedLines } from './report/targets';
import { textReport } from './report/text';
import { Workspace } from './workspace';

const PROJECT = join(__dirname, '..', '..');

type Part =
  'healthy' | 'outage' | 'cold-start' | 'benchmark' | 'streams' | 'soak' | 'models' | 'console' | 'all';

interface Options {
  readonly quick: boolean;
  readonly seed: number;
  readonly out: string;
  readonly check: boolean;
  readonly open?: number;
  readonly minutes?: number;
}

const program = new Command('npm run overhead --')
  .configureHelp({ helpWidth: 80 })
  .description('Measures the synthesized system on this machine; close what else is busy on it.')
  .option('--quick', 'less of everything, for coarse figures in under a minute', false)
  .option('--check', 'exits 1 when a target is missed, and names each', false)
  .option('--seed <n>', 'of the order in which the variants take turns', parseSeed, 1)
  .option('--out <folder>', 'where the report is written', join(PROJECT, 'results'));

const parts: Readonly<Record<Part, string>> = {
  all: 'everything but streams, soak, models and console, in seven to eight minutes (default)',
  healthy:
    'bare SDK call against handler of primary-model, also with tokens counted, against whole local path without callers and as shipped; its first token against the streaming handler’s first delta',
  outage: 'the primary model dies, by errors and by silence, and comes back',
  benchmark: 'what the operator’s benchmark itself adds to the latencies that it measures',
  streams: 'so many streams, open at once for minutes through the whole local path: lost ones, and memory',
  soak: 'twenty questions a second for an hour through the whole local path: other answers, and memory',
  models: 'models set, deploy and rollback under callers who ask all the time',
  console: 'the console’s page: size, first paint, growth, and what an open one costs those who ask',
  'cold-start': 'load time and size of every bundle against the bare SDK clients it uses',
};

program
  .option('--open <n>', 'streams that are open at once', parseCount)
  .option('--minutes <n>', 'of streams or the soak, where at least 2', parseCount);

for (const [part, description] of Object.entries(parts) as [Part, string][]) {
  program
    .command(part, { isDefault: part === 'all' })
    .description(description)
    .action(() => run(part, program.opts<Options>()));
}

async function run(part: Part, { quick, seed, out, check, open, minutes }: Options): Promise<void> {
  const began = new Date();
  const machine = readMachine();
  const lasting = minutes === undefined ? {} : { minutes };
  const streams = { ...lasting, ...(open && { open }) };
  const result = await measure(part, { quick, seed }, { streams, soak: lasting });
  const report: OverheadResult = {
    startedAt: began.toISOString(),
    durationSeconds: Math.round((Date.now() - began.getTime()) / 1_000),
    quick,
    seed,
    machine,
    ...result,
  };
  process.stdout.write(`\n${textReport(report)}`);
  write(out, report);
  if (check) judge(report);
}

function judge(report: OverheadResult): void {
  const missed = missedLines(report);
  missed.forEach(tell);
  if (missed.length > 0) process.exitCode = 1;
}

async function measure(
  part: Part,
  { quick, seed }: Pick<Options, 'quick' | 'seed'>,
  asked: { readonly streams: Partial<StreamsPlan>; readonly soak: Partial<SoakPlan> },
) {
  const plan = (quick ? quickPlan : fullPlan)(seed);
  const isDue = (candidate: Part) => part === 'all' || part === candidate;
  return {
    ...(isDue('healthy') && {
      healthy: await inWorkspace((workspace) => runHealthy(workspace, plan.healthy, tell)),
    }),
    ...(isDue('outage') && {
      outage: await inWorkspace((workspace) => runOutage(workspace, plan.outage, tell)),
    }),
    ...(isDue('cold-start') && {
      coldStart: await inWorkspace((workspace) => runColdStart(workspace, plan.coldStartRuns, tell)),
    }),
    ...(isDue('benchmark') && { benchmark: await runBenchmark() }),
    ...(part === 'models' && {
      models: await inWorkspace((workspace) => runModels(workspace, plan.models, tell)),
    }),
    ...(part === 'console' && {
      console: await inWorkspace((workspace) => runConsole(workspace, plan.console, tell)),
    }),
    ...(part === 'streams' && {
      streams: await inWorkspace((workspace) =>
        runStreams(workspace, { ...plan.streams, ...asked.streams }, tell),
      ),
    }),
    ...(part === 'soak' && {
      soak: await inWorkspace((workspace) => runSoak(workspace, { ...plan.soak, ...asked.soak }, tell)),
    }),
  };
}

function runBenchmark() {
  tell('benchmark: a fixed latency');
  return measureBenchmarkCost();
}

/** Each part has its own, so that none runs beside what another has started. */
async function inWorkspace<T>(run: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = new Workspace();
  try {
    return await run(workspace);
  } finally {
    await workspace.close();
  }
}

function write(folder: string, report: OverheadResult): void {
  const name = join(folder, `overhead-${report.startedAt.replace(/[:.]/g, '-')}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${name}.html`, htmlReport(report));
  const shown = relative(process.cwd(), name);
  process.stdout.write(`\nWritten: ${shown}.json, ${shown}.html\n`);
}

const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

function parseSeed(value: string): number {
  const seed = Number(value);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  throw new InvalidArgumentError('It must be a whole number from 0 to 4294967295.');
}

function parseCount(value: string): number {
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new InvalidArgumentError('It must be a whole number, 1 or more.');
}

// Ends by way of `exit`, so that the workspace's folder goes, too.
process.once('SIGINT', () => process.exit(130));

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
