import { Argument, type Command } from 'commander';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { agree, untilInterrupted } from '../command/interruption';
import { note, tell, tellJson } from '../command/output';
import { inOption, outOption, positive } from '../command/options';
import { projectConfig, REHEARSAL } from '../command/project';
import { targetOption, type TargetName } from '../command/target';
import { counted } from '../command/words';
import { makeFolder, shownPath } from '../command/files';
import { hanging } from '../command/layout';
import { measure } from './measure';
import { measureTurns, turnVerdicts } from './measure-turns';
import { Narrator, TOLD_FROM } from './narrator';
import { drillPlan, expectedRequests } from './plan';
import { drillReport } from './report/drill-report';
import { summaryText } from './report/tables';
import { writeReport } from './report/page';
import { runDrill } from './run-drill';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from './scenario';
import { awsTarget, localTarget } from './target';
import { KEY_VARIABLE } from './traffic';
import { ownThrottling, verdicts } from './verdict';

const MAX_RATE = 100;

interface Options {
  readonly target: TargetName;
  readonly rate: number;
  readonly yes: boolean;
  readonly out: string;
  readonly in: string;
  readonly json: boolean;
}

const DESCRIPTIONS = Object.entries(SCENARIOS).map(
  ([name, { description }]) => `  ${name.padEnd(12)} ${description}`,
);

const HELP = `
Scenarios:
${DESCRIPTIONS.join('\n')}

No fault can be put into AWS: with --target aws there is only evacuation, and
${KEY_VARIABLE} holds a caller's key or token. The exit code is ${EXIT.failed} where a
promise to callers was not kept.`;

export const drillCommand = (command: Command): Command =>
  command
    .addArgument(new Argument('<scenario>', 'what happens').choices(SCENARIO_NAMES))
    .addOption(targetOption())
    .option('--rate <n>', 'requests in a real second', positive(MAX_RATE), 5)
    .option('--yes', 'do not ask before a deployment is evacuated', false)
    .addOption(outOption('where the report is written'))
    .addOption(inOption('with deploy: where the rehearsal is kept', REHEARSAL, '.rehearsal'))
    .option('--json', 'prints the report as JSON', false)
    .addHelpText('after', HELP)
    .action(drill);

async function drill(scenario: ScenarioName, options: Options): Promise<void> {
  const { target: where, rate, yes, out, json, in: folder } = options;
  if (where === 'aws' && scenario !== 'evacuation')
    throw new CommandError('No fault can be put into AWS. With --target aws: drill evacuation.');
  const config = projectConfig();
  if (where === 'aws' && config.callers.mode !== 'none' && !process.env[KEY_VARIABLE])
    throw new CommandError(`A deployment wants to know who asks: put a key or a token into ${KEY_VARIABLE}.`);
  // Nothing is taken away of which the report could not be written.
  makeFolder(out);
  const target = where === 'aws' ? awsTarget(config) : await localTarget(scenario, folder);
  try {
    const { speed } = target.time;
    const plan = drillPlan(scenario, config, speed);
    const { usual, most } = expectedRequests(plan, config, rate, speed);
    note(`${target.url.href} will be asked about ${counted(usual, 'question')}, at most ${most}.`);
    const question = `This evacuates the primary region behind ${target.url.href} and pays for the questions.`;
    if (where === 'aws') await agree(question, yes, 'Nothing was done.');
    const startedAt = new Date().toISOString();
    const narrator = new Narrator(
      () => target.time.now(),
      (line) => {
        note(hanging(line, TOLD_FROM));
      },
    );
    const log = await untilInterrupted(
      'What was done is undone.',
      (signal) => runDrill({ scenario, target, plan, rate, narrator, signal }),
      'Undoing what was done; a second Ctrl-C would leave it.',
    );
    const measurement = measure(log, plan.moveSeconds * 1_000);
    const lagMs = SCENARIOS[scenario].converses && (await target.replicationLagMs());
    const conversations = lagMs === undefined ? undefined : measureTurns(log, lagMs);
    const judged = [
      ...verdicts(measurement, plan, SCENARIOS[scenario]),
      ...(conversations ? turnVerdicts(conversations) : []),
    ];
    const report = drillReport(log, {
      target: where,
      startedAt,
      plan,
      rate,
      verdicts: judged,
      measurement,
      ...(conversations && { conversations }),
    });
    if (json) tellJson(report);
    else tell(...summaryText(report));
    const files = writeReport(out, report).map(shownPath);
    note(`Written: ${files.join(', ')}`);
    const throttling = ownThrottling(
      measurement,
      rate / speed,
      config.callers.limits?.rate?.requestsPerSecond,
    );
    if (throttling !== undefined) note(throttling);
    if (!report.held) process.exitCode = EXIT.failed;
  } finally {
    await target.close();
  }
}
