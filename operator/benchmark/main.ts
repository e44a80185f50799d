import { defaultModelConfig } from '../../contract/default-model-config';
import { EXIT } from './cli/exit-codes';
import { parseOptions, type Options } from './cli/options';
import { measureCommand } from './command/measure-command';
import { recommendCommand } from './command/recommend-command';
import { compare } from './compare/compare';
import { comparisonText } from './compare/comparison-text';
import { readResultFile } from './result-file';
import { readModelConfig } from './target/read-model-config';

const tell = (text: string): void => {
  process.stdout.write(text);
};

async function main(options: Options, signal: AbortSignal): Promise<number> {
  const [before, after] = options.compare ?? [];
  if (before !== undefined && after !== undefined) {
    tell(comparisonText(compare(readResultFile(before), readResultFile(after))));
    return EXIT.done;
  }
  if (options.from !== undefined) {
    const result = readResultFile(options.from);
    const name = options.from.replace(/\.json$/, '');
    const base =
      options.modelConfig === undefined ? defaultModelConfig : readModelConfig(options.modelConfig);
    return recommendCommand({ result, base, name }, options, tell);
  }
  const { result, target, name, exitCode } = await measureCommand(options, tell, signal);
  if (!options.recommend || exitCode === EXIT.failed) return exitCode;
  const recommended = recommendCommand({ result, base: target.modelConfig, name }, options, tell);
  return exitCode === EXIT.done ? recommended : exitCode;
}

const interruption = new AbortController();
// Only the first: a second one ends the process at once.
process.once('SIGINT', () => {
  process.stderr.write('\nInterrupted: calls under way are waited for, and what was measured is kept.\n');
  interruption.abort();
});

main(parseOptions(process.argv.slice(2)), interruption.signal)
  .then((code) => {
    process.exitCode = code;
  })
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = interruption.signal.aborted ? EXIT.interrupted : EXIT.failed;
  });
