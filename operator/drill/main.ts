import { join, relative } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { readConfig } from '../../constructs/config/read-config';
import { confirm } from '../confirm';
import { measure } from './measure';
import { Narrator } from './narrator';
import { drillPlan, expectedRequests } from './plan';
import { drillReport } from './report/drill-report';
import { summaryText } from './report/tables';
import { writeReport } from './report/page';
import { runDrill } from './run-drill';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from './scenario';
import { awsTarget } from './target/aws-target';
import { localTarget } from './target/local-target';
import { verdicts } from './verdict';

const PROJECT = join(__dirname, '..', '..');

/** What a shell expects of a process that Ctrl-C has ended. */
const INTERRUPTED = 130;

const MAX_RATE = 100;

interface Options {
  readonly scenario: ScenarioName;
  readonly target: 'local' | 'aws';
  readonly rate: number;
  readonly yes: boolean;
  readonly out: string;
}

const scenarios = Object.entries(SCENARIOS).map(
  ([name, { description }]) => `  ${name.padEnd(11)} ${description}`,
);

const program = new Command('npm run drill --')
  .description('Takes the primary region away under traffic, and measures how callers fare until it is back.')
  .addOption(new Option('--scenario <name>').choices(SCENARIO_NAMES).makeOptionMandatory())
  .addOption(
    new Option('--target <where>', 'a running `npm start`, or a deployment (evacuation only)')
      .choices(['local', 'aws'])
      .default('local'),
  )
  .option('--rate <n>', 'requests in a real second', parseRate, 5)
  .option('--yes', 'do not ask before a deployment is evacuated', false)
  .option('--out <folder>', 'where the report is written', join(PROJECT, 'results'))
  .addHelpText('after', ['', 'Scenarios:', ...scenarios].join('\n'));

async function main(signal: AbortSignal): Promise<void> {
  const options = program.parse().opts<Options>();
  const { scenario, target: where, rate, yes, out } = options;
  if (where === 'aws' && scenario !== 'evacuation') {
    program.error(
      'error: with --target aws there is only --scenario evacuation: no fault can be put into AWS',
    );
  }
  const config = readConfig();
  const target = where === 'aws' ? awsTarget(config) : await localTarget(scenario);
  try {
    const { speed } = target.time;
    const plan = drillPlan(scenario, config, speed);
    const { usual, most } = expectedRequests(plan, config, rate, speed);
    tell(`${target.url.href} will be asked about ${usual} questions, at most ${most}.`);
    if (where === 'aws' && !yes && !(await confirmed(target.url, signal))) {
      throw new Error('Nothing was done. --yes goes on without asking.');
    }
    const startedAt = new Date().toISOString();
    const narrator = new Narrator(() => target.time.now(), tell);
    const log = await runDrill({ scenario, target, plan, rate, narrator, signal });
    const measurement = measure(log, plan.moveSeconds * 1_000);
    const judged = verdicts(measurement, plan);
    const report = drillReport(log, { target: where, startedAt, plan, rate, verdicts: judged, measurement });
    tell(summaryText(report));
    tell(
      `Written: ${writeReport(out, report)
        .map((file) => relative(process.cwd(), file))
        .join(', ')}`,
    );
    if (!report.held) process.exitCode = 1;
  } finally {
    target.close();
  }
}

const confirmed = (url: URL, signal: AbortSignal): Promise<boolean> =>
  confirm(`This evacuates the primary region behind ${url.href} and pays for the questions.`, signal);

function tell(text: string): void {
  process.stdout.write(`${text}\n`);
}

function parseRate(value: string): number {
  const rate = Number(value);
  if (rate > 0 && rate <= MAX_RATE) return rate;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${MAX_RATE}.`);
}

const interruption = new AbortController();
// Only the first: a second one ends the process at once.
process.once('SIGINT', () => {
  tell('Interrupted: undoing what was done.');
  interruption.abort();
});

main(interruption.signal).catch((error: unknown) => {
  const { aborted } = interruption.signal;
  const wasInterrupted = aborted && error instanceof Error && error.name === 'AbortError';
  tell(wasInterrupted ? 'Undone.' : error instanceof Error ? error.message : String(error));
  process.exitCode = wasInterrupted ? INTERRUPTED : 1;
});
