import type { Command } from 'commander';
import { EXIT } from '../command/exit-codes';
import { untilInterrupted } from '../command/interruption';
import { note, tell, tellJson } from '../command/output';
import { shownPath } from '../command/files';
import {
  withRecommendOptions,
  withRunOptions,
  type RecommendOptions,
  type RunOptions,
} from './commands/options';
import { measureCommand } from './commands/measure-command';
import { recommendCommand } from './commands/recommend-command';
import { compare } from './compare/compare';
import { comparisonText } from './compare/comparison-text';
import { figuresOf } from './figures/figures';
import { readResultFile } from './result-file';

const COMPARE_HELP = `
Example:
  npm run assistant -- benchmark compare results/before.json results/after.json

What differs is told in words, and by --json as \`verdict\` of each primary row.

Exit codes: ${EXIT.done} compared, whatever differs; ${EXIT.failed} a file cannot be read, or
the two have no model, region, API and question in common.`;

async function measure(options: RunOptions, signal: AbortSignal): Promise<number> {
  // With --json, standard output is the figures' alone.
  const { result, name, exitCode } = await measureCommand(options, options.json ? note : tell, signal);
  if (options.json) tellJson(figuresOf(result));
  if (exitCode === EXIT.done) {
    const file = shownPath(`${name}.json`);
    note(`Which model should answer what: npm run assistant -- benchmark recommend ${file}`);
  }
  return exitCode;
}

export function benchmarkCommand(command: Command): Command {
  withRunOptions(command.command('run'))
    .description('asks models your questions, and measures latency, failures, cost and quality')
    .action(async (options: RunOptions) => {
      process.exitCode = await untilInterrupted(
        'Nothing more is measured.',
        (signal) => measure(options, signal),
        'Interrupted: calls under way are waited for, and what was measured is kept.',
      );
    });
  withRecommendOptions(command.command('recommend'))
    .description('names a primary and a fallback for each request type, and writes the ModelConfig')
    .action((file: string, options: RecommendOptions) => {
      process.exitCode = recommendCommand(file, options);
    });
  command
    .command('compare <before> <after>')
    .description('says what differs between two results beyond noise')
    .option('--json', 'prints the comparison as JSON', false)
    .addHelpText('after', COMPARE_HELP)
    .action((before: string, after: string, { json }: { readonly json: boolean }) => {
      const comparison = compare(readResultFile(before), readResultFile(after));
      if (json) tellJson(comparison);
      else tell(...comparisonText(comparison));
    });
  return command;
}
