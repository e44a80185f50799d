import { join } from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { EXIT } from '../../command/exit-codes';
import { names, outOption, positive, share, wholeNumber } from '../../command/options';
import { regionOption } from '../../command/region';
import { targetOption, type TargetName } from '../../command/target';
import { parseGivenPrice } from '../measure/prices';
import { DEFAULT_MAX_FAILURE_RATE } from '../recommend/constraints';
import type { Price } from '../result/result';

export const SAMPLE_QUESTIONS = join(__dirname, '..', 'sample', 'questions.json');

/** Of `benchmark run`, as given on the command line. */
export interface RunOptions {
  readonly models?: readonly string[];
  readonly questions: string;
  readonly modelConfig?: string;
  readonly target: TargetName;
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
  readonly json: boolean;
}

/** Of `benchmark recommend`, as given on the command line. */
export interface RecommendOptions {
  readonly modelConfig?: string;
  readonly maxP95?: number;
  readonly maxCostPer1k?: number;
  readonly minQuality?: number;
  readonly maxFailureRate: number;
  readonly differentVendors: boolean;
  readonly json: boolean;
}

const RUN_HELP = `
Examples:
  Against a running \`npm start\`, with the sample questions; nothing is spent:
    npm run assistant -- benchmark run \\
      --models us.anthropic.claude-sonnet-5-5,us.amazon.nova-2-lite-v1:0

  Against Bedrock in both regions, for at most 2 USD, with a judge:
    npm run assistant -- benchmark run --target aws --region both \\
      --max-cost 2 --runs 8 \\
      --models us.anthropic.claude-haiku-5-5,us.amazon.nova-2-lite-v1:0 \\
      --questions my-questions.jsonl \\
      --judge us.meta.llama3-3-70b-instruct-v1:0 \\
      --price us.meta.llama3-3-70b-instruct-v1:0=0.72,0.72

Questions file: a JSON array, or JSON Lines, of
  {"id": "refund-1", "type": "general", "question": "How do I return my order?",
   "expect": {"mustContain": ["30 days"], "mustNotContain": ["guarantee"],
              "pattern": "return|refund", "jsonSchema": {…}, "minLength": 40,
              "maxLength": 1200},
   "reference": "Within 30 days, by the link in the order's e-mail.",
   "system": "…", "maxTokens": 512}
  id, type and question are needed. system and maxTokens are those of the
  type's rule in the ModelConfig by default, so that what is measured is what is
  served. A p95 with an upper bound, and a failure rate shown to be below 5 %,
  take 72 answers of a type, questions × runs; to be recommended among ten
  models, 104.

Ctrl-C keeps what was measured; --resume goes on. Result files contain the
models' answers.

Exit codes: ${EXIT.done} measured; ${EXIT.failed} failed; ${EXIT.incomplete} the cap, or a model that Bedrock
does not have there, left calls out; ${EXIT.interrupted} interrupted. With ${EXIT.incomplete} and ${EXIT.interrupted} the results
so far are written.`;

export const withRunOptions = (command: Command): Command =>
  command
    .optionsGroup('What is measured:')
    .option('--models <ids>', 'models, inference profiles or ARNs, separated by commas', names)
    .addOption(
      new Option('--questions <file>', 'JSON or JSON Lines').default(SAMPLE_QUESTIONS, 'the sample set'),
    )
    .option(
      '--model-config <file>',
      'rules to measure by; default: those of the running system, or the shipped ones',
    )
    .addOption(targetOption())
    .addOption(regionOption('primary'))
    .addOption(
      new Option('--api <api>', 'Converse, ConverseStream (which has a first token), or both')
        .choices(['converse', 'stream', 'both'])
        .default('both'),
    )
    .optionsGroup('How:')
    .option('--runs <n>', 'times that each question is asked', wholeNumber(1, 10_000), 9)
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
      'USD per million tokens, instead of the price file’s, also of a cache: in,out,read,write; repeatable',
      price,
    )
    .option('--yes', 'do not ask before money is spent', false)
    .optionsGroup('Quality:')
    .option('--judge <model>', 'also let this model compare the answers, in both orders')
    .optionsGroup('Results:')
    .addOption(outOption('where results are written'))
    .option('--resume <journal>', 'go on with a run that was interrupted or capped, by its plan')
    .option('--json', 'prints the figures as JSON', false)
    .addHelpText('after', RUN_HELP);

const RECOMMEND_HELP = `
Example:
  npm run assistant -- benchmark recommend results/benchmark-….json \\
    --max-p95 4000 --max-cost-per-1k 5 --min-quality 0.8 --different-vendors

A model, as primary or as fallback, is recommended only if it is shown to fulfil
every constraint, by the end of its interval that protects customers, in every
region. Where the data cannot tell, that is said, with how much would, and no
ModelConfig is written.

Exit codes: ${EXIT.done} recommended; ${EXIT.failed} a request type has no primary or no fallback that
fulfils the constraints; ${EXIT.notShown} not shown, as the data cannot tell.`;

export const withRecommendOptions = (command: Command): Command =>
  command
    .argument('<result>', 'the .json file that `benchmark run` has written')
    .option('--model-config <file>', 'rules to change; default: the shipped ones')
    .option('--max-p95 <ms>', 'total latency, by the upper end of its interval', positive())
    .option('--max-cost-per-1k <USD>', 'cost of 1,000 answers, by the upper end of its interval', positive())
    .option('--min-quality <share>', 'share of expectations met, by the lower end; 0: any', share)
    .option(
      '--max-failure-rate <share>',
      'share of calls throttled or failed, by the upper end of its interval',
      share,
      DEFAULT_MAX_FAILURE_RATE,
    )
    .option(
      '--different-vendors',
      'take no fallback of the primary’s vendor; by default it is only avoided',
      false,
    )
    .option('--json', 'prints the recommendation as JSON', false)
    .addHelpText('after', RECOMMEND_HELP);

/** Collects `MODEL=INPUT,OUTPUT`, which may stand several times. */
function price(text: string, before: Readonly<Record<string, Price>> = {}): Readonly<Record<string, Price>> {
  try {
    const given = parseGivenPrice(text);
    return { ...before, [given.model]: given.price };
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
