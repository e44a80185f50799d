import { join } from 'node:path';
import { Command, Option } from 'commander';
import { DEFAULT_MAX_FAILURE_RATE } from '../recommend/constraints';
import type { Price } from '../result/result';
import { HELP } from './help';
import { names, positive, price, share, wholeNumber } from './parse-options';

const PROJECT = join(__dirname, '..', '..', '..');
export const SAMPLE_QUESTIONS = join(__dirname, '..', 'sample', 'questions.json');

/** As given on the command line. */
export interface Options {
  readonly models?: readonly string[];
  readonly questions: string;
  readonly modelConfig?: string;
  readonly target: 'local' | 'aws';
  readonly region: string;
  readonly api: 'converse' | 'stream' | 'both';
  readonly runs: number;
  readonly concurrency: number;
  readonly warmup: number;
  readonly rate?: number;
  readonly modelRate?: number;
  readonly timeout: number;
  readonly seed: number;
  readonly maxCost?: number;
  readonly price?: Readonly<Record<string, Price>>;
  readonly judge?: string;
  readonly resume?: string;
  readonly yes: boolean;
  readonly out: string;
  readonly recommend: boolean;
  readonly from?: string;
  readonly maxP95?: number;
  readonly maxCostPer1k?: number;
  readonly minQuality?: number;
  readonly maxFailureRate: number;
  readonly differentVendors: boolean;
  readonly compare?: readonly string[];
}

/** @throws CommanderError for an option that is wrong, after it was said on stderr */
export function parseOptions(
  argv: readonly string[],
  adapt: (program: Command) => void = () => undefined,
): Options {
  const program = createProgram();
  adapt(program);
  const options = program.parse(argv, { from: 'user' }).opts<Options>();
  const refuse = (message: string): never => program.error(`error: ${message}`);
  if (options.compare && options.compare.length !== 2)
    refuse('--compare takes two result files: before and after');
  const measures = options.compare === undefined && options.from === undefined;
  if (measures && options.resume === undefined && options.models === undefined) {
    refuse('name the models to measure: --models MODEL,MODEL (--help has examples)');
  }
  if (options.from !== undefined && !options.recommend) refuse('--from is the result file for --recommend');
  return options;
}

function createProgram(): Command {
  return new Command('npm run benchmark --')
    .description('Measures models on your own questions, and says which of them should answer what.')
    .helpOption('--help', 'show this')
    .optionsGroup('What is measured:')
    .option('--models <ids>', 'models, inference profiles or ARNs, separated by commas', names)
    .option('--questions <file>', 'JSON or JSON Lines; default: the sample set', SAMPLE_QUESTIONS)
    .option(
      '--model-config <file>',
      'rules to measure and recommend by; default: those of the running system, or the shipped ones',
    )
    .addOption(
      new Option('--target <where>', 'a running `npm start`, or Bedrock')
        .choices(['local', 'aws'])
        .default('local'),
    )
    .option('--region <where>', 'primary, secondary, both, or AWS regions separated by commas', 'primary')
    .addOption(
      new Option('--api <api>', 'Converse, ConverseStream (which has a first token), or both')
        .choices(['converse', 'stream', 'both'])
        .default('both'),
    )
    .optionsGroup('How:')
    .option('--runs <n>', 'times that each question is asked', wholeNumber(1, 10_000), 5)
    .option('--concurrency <n>', 'callers, each of which waits for its answer', wholeNumber(1, 1_000), 4)
    .option(
      '--warmup <n>',
      'unmeasured calls before, for each model, region and API',
      wholeNumber(0, 1_000),
      1,
    )
    .option('--rate <n>', 'calls a second at most, of all models together', positive())
    .option('--model-rate <n>', 'calls a second at most, of each model', positive())
    .option('--timeout <seconds>', 'after which a call is ended and counts as an error', positive(3_600), 60)
    .option('--seed <n>', 'of the order of calls and of the intervals', wholeNumber(0, 0xffffffff), 1)
    .optionsGroup('Money:')
    .option('--max-cost <USD>', 'never spend more: a call that might pass it is not made', positive())
    .option(
      '--price <model=in,out>',
      'USD per million tokens, instead of the price file’s; repeatable',
      price,
    )
    .option('--yes', 'do not ask before money is spent', false)
    .optionsGroup('Quality:')
    .option('--judge <model>', 'also let this model compare the answers, in both orders')
    .optionsGroup('Results:')
    .option('--out <folder>', 'where results are written', join(PROJECT, 'results'))
    .option('--resume <journal>', 'go on with a run that was interrupted or capped, by its plan')
    .option('--compare <files...>', 'compare two result files, before and after, instead of measuring')
    .optionsGroup('Recommendation:')
    .option(
      '--recommend',
      'name a primary and a fallback for each request type, and print the ModelConfig',
      false,
    )
    .option('--from <file>', 'recommend by this result file instead of measuring')
    .option('--max-p95 <ms>', 'total latency, by the upper end of its 95 % interval', positive())
    .option(
      '--max-cost-per-1k <USD>',
      'cost of 1,000 answers, by the upper end of its 95 % interval',
      positive(),
    )
    .option('--min-quality <share>', 'share of expectations met, 0 to 1', share)
    .option(
      '--max-failure-rate <share>',
      'share of calls throttled or failed, by the lower end of its interval',
      share,
      DEFAULT_MAX_FAILURE_RATE,
    )
    .option(
      '--different-vendors',
      'take no fallback of the primary’s vendor; by default it is only avoided',
      false,
    )
    .addHelpText('after', HELP);
}
