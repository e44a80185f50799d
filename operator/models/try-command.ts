import { type Command, InvalidArgumentError, Option } from 'commander';
import { tally, usd } from '../benchmark/figures/format';
import { SAMPLE_QUESTIONS } from '../benchmark/commands/options';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { untilInterrupted } from '../command/interruption';
import { wholeNumber } from '../command/options';
import { hanging, type Block } from '../command/layout';
import { note, tell, tellJson } from '../command/output';
import { progressDisplay } from '../command/progress';
import { projectConfig } from '../command/project';
import { localOnlyOption } from '../command/target';
import { faultsOf, readModelConfig } from '../model-config/model-config-file';
import { countsOf } from '../statistics/group-by';
import type { Tried, TriedCall, TriedFault } from './try-rules';

const HELP = `
Asks a running \`npm start\` the same questions by the rules in force and by
those of the file, by turns, in the region that callers are not led to (the
standby, as a rule). They are laid there beside the rules in force as types of
their own, so that whoever asks is answered as ever; but a fault is in force for
all who ask that region. Afterwards, also after Ctrl-C, its rules, circuits and
faults are as before; a process that is killed leaves them:
models rollback --region secondary. Tokens are counted for the demo caller
(ASSISTANT_KEY: for whom that is of).

  npm run assistant -- models try rules.json --questions my-questions.jsonl
  npm run assistant -- models try rules.json --fault bedrock:error

Exit codes: ${EXIT.done} nothing is worse beyond noise; ${EXIT.losing} something is;
${EXIT.failed} failed; ${EXIT.interrupted} interrupted.`;

interface Options {
  readonly questions: string;
  readonly runs: number;
  readonly fault: readonly TriedFault[];
  readonly json: boolean;
}

export const tryCommand = (command: Command): Command =>
  command
    .description('asks the running system by a file’s rules, and compares')
    .addOption(localOnlyOption('Those of a deployment are changed by models deploy.'))
    .argument('<file>', 'a ModelConfig')
    .addOption(
      new Option('--questions <file>', 'JSON or JSON Lines, as of `benchmark run --help`').default(
        SAMPLE_QUESTIONS,
        'the sample set',
      ),
    )
    .option('--runs <n>', 'times that each question is asked by either rules', wholeNumber(1, 1_000), 3)
    .option('--fault <target:mode:model>', 'meanwhile, of those of `fault add`; repeatable', parseFault, [])
    .option('--json', 'prints answers and comparison as JSON', false)
    .addHelpText('after', HELP)
    .action(tryFile);

async function tryFile(file: string, { questions, runs, fault: faults, json }: Options): Promise<void> {
  // They take longer to load than the other commands of `models`.
  const [{ tryRules }, { readQuestions }, { compare }, { comparisonText }] = await Promise.all([
    import('./try-rules.ts'),
    import('../benchmark/questions/read-questions.ts'),
    import('../benchmark/compare/compare.ts'),
    import('../benchmark/compare/comparison-text.ts'),
  ]);
  const config = projectConfig();
  const rules = readModelConfig(file);
  const [wrong] = faultsOf(rules, config);
  if (wrong !== undefined) throw new CommandError(`${file} cannot be tried: ${wrong}`);
  const display = progressDisplay('Asking');
  const [before, after] = await untilInterrupted(
    'The region is as it was.',
    (signal) =>
      tryRules({
        ...{ config, rules, questions: readQuestions(questions), runs, faults, signal, note },
        onProgress: display.update,
      }).finally(display.stop),
    'Interrupted: the region is brought back to what it was.',
  );
  const comparison = compare(before, after);
  if (json) tellJson({ before: before.calls, after: after.calls, comparison });
  else tell(...answerLines(before, after), ...comparisonText(comparison));
  if (comparison.primary.some(({ verdict }) => verdict === 'worse')) process.exitCode = EXIT.losing;
}

/** Enough of an answer to see what it is like. */
const SHOWN = 300;

/** The first answer to each question by either rules, and the tiers of all. */
function answerLines(before: Tried, after: Tried): readonly Block[] {
  const lines = ({ calls }: Tried, title: string, id: string): readonly Block[] =>
    calls
      .filter(({ questionId }) => questionId === id)
      .slice(0, 1)
      .flatMap(({ tier, answeredBy, totalMs, costUsd, text = '', errorName }) => [
        `  ${title}: ${tier}${answeredBy === null ? ` (${errorName ?? ''})` : `, ${answeredBy}`}, ${Math.round(totalMs)} ms, ${costUsd === null ? 'price not known' : usd(costUsd)}`,
        hanging(`      ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`, 6),
      ]);
  return [
    ...before.plan.questions.ids.flatMap((id) => [
      id,
      ...lines(before, 'before', id),
      ...lines(after, 'after', id),
    ]),
    '',
    `Tiers before: ${tiersOf(before.calls)}`,
    `Tiers after:  ${tiersOf(after.calls)}`,
  ];
}

const tiersOf = (calls: readonly TriedCall[]): string => tally(countsOf(calls.map(({ tier }) => tier)));

/** A model's id may have colons itself. */
function parseFault(text: string, before: readonly TriedFault[]): readonly TriedFault[] {
  const [, target, mode, model] = /^(\w+):(\w+)(?::(.+))?$/.exec(text) ?? [];
  if (target === undefined || mode === undefined)
    throw new InvalidArgumentError('It must be TARGET:MODE or TARGET:MODE:MODEL.');
  return [...before, { target, mode, ...(model !== undefined && { model }) }];
}
