import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_REQUEST_TYPE, REQUEST_TYPE_PATTERN } from '../../../contract/question';
import { EXIT } from '../../command/exit-codes';
import { agree } from '../../command/interruption';
import { existing, fileToWrite, positiveWhole } from '../../command/options';
import { note } from '../../command/output';
import { targetOption } from '../../command/target';
import { withTarget, type TargetOptions } from '../target/open-target';
import { deployModel, type DeployOptions } from './deploy-model';
import type { ServingWish } from './ensure-serving';
import { describeProvisionedPrice, type Commitment } from './provisioned-price';
import type { TunedModel } from './tuned-model';
import type { Target } from '../target/target';

interface DeployCommandOptions extends TargetOptions {
  readonly provisioned: boolean;
  readonly units: number;
  readonly commitment: Commitment;
  readonly hourlyPrice?: number;
  readonly yes: boolean;
  readonly type?: string;
  readonly promote?: string;
  readonly questions: string;
  readonly runs: number;
  readonly now: boolean;
  readonly out?: string;
}

const COMMITMENTS = { none: undefined, '1m': 'OneMonth', '6m': 'SixMonths' } as const;

const HELD_OUT = join(__dirname, '..', 'sample', 'held-out.jsonl');

const HELP = `
The model is served in the region that tuned it, with its base model as
fallback; elsewhere the base model answers, with the fallback that the type had.
Without --promote nothing changes for customers: the ModelConfig is printed.

With --promote the model is compared with its base model on held-out questions,
by the statistics of \`benchmark compare\`; those that it was trained on are
refused. What came of it is shown, and you are asked: for each type anew. --yes
promotes without asking if expectations are met more often beyond noise, which
takes eight questions or more, and nothing is worse, its cost included; else, or
where the training data cannot be read, it ends with ${EXIT.notShown}. Nothing is trained on a
laptop, so nothing is shown there.

Examples:
  npm run assistant -- finetune deploy support-2 --type general \\
    --out model-config.json
  npm run assistant -- finetune deploy support-2 --promote general
  npm run assistant -- finetune deploy llama-support --provisioned \\
    --commitment none --promote general --target aws`;

export const deployCommand = (): Command =>
  new Command('deploy')
    .addOption(targetOption())
    .description('makes a tuned model invocable, and serves a request type by it')
    .argument('<model>', 'name or ARN of the tuned model, or of its job')
    .option('--provisioned', 'with provisioned throughput, paid by the hour', false)
    .option('--units <n>', 'model units of provisioned throughput', positiveWhole, 1)
    .addOption(
      new Option('--commitment <time>', 'for which provisioned throughput is paid, used or not')
        .choices(Object.keys(COMMITMENTS))
        .default('none'),
    )
    .option('--hourly-price <usd>', 'of a model unit, as you were quoted it', parsePrice)
    .option('--yes', 'agrees to the price, and to a promotion whose evidence holds', false)
    .option(
      '--type <type>',
      `request type of the ModelConfig that is printed; default: ${DEFAULT_REQUEST_TYPE}`,
      parseType,
    )
    .option(
      '--promote <type>',
      'deploys the ModelConfig for this request type, standby region first',
      parseType,
    )
    .addOption(
      new Option('--questions <file>', 'held-out questions; what they look like: benchmark run --help')
        .default(HELD_OUT, 'those of the sample')
        .argParser(existing('file')),
    )
    .option('--runs <n>', 'times that each question is asked', positiveWhole, 9)
    .option('--now', 'promotes to all functions in one; no alarm takes it back', false)
    .option('--out <file>', 'writes the ModelConfig there', fileToWrite)
    .addHelpText('after', HELP)
    .action((model: string, options: DeployCommandOptions) =>
      withTarget(options, (target) =>
        deployModel(target, model, {
          wish: readWish(options),
          agree: (tuned) => agreeToPrice(tuned, options),
          type: options.promote ?? options.type ?? DEFAULT_REQUEST_TYPE,
          approve: approval(target, options),
          now: options.now,
          out: options.out,
        }),
      ),
    );

const approval = (
  target: Target,
  { promote: type, ...options }: DeployCommandOptions,
): DeployOptions['approve'] =>
  type === undefined
    ? undefined
    : async (model, tuned) => {
        // The benchmark's modules: half of what a command would load, and needed by this one alone.
        const { requireEvidence } = await import('../promote/evidence.ts');
        return requireEvidence(target, type, { model, tuned }, options);
      };

const readWish = ({ provisioned, units, commitment }: DeployCommandOptions): ServingWish =>
  provisioned ? { kind: 'provisioned', units, commitment: COMMITMENTS[commitment] } : { kind: 'on-demand' };

function agreeToPrice({ base }: TunedModel, options: DeployCommandOptions): Promise<void> {
  const { units, commitment, hourlyPrice, yes } = options;
  note(describeProvisionedPrice(base.id, units, commitment, hourlyPrice));
  return agree('Buy it?', yes, 'Nothing was bought.');
}

function parseType(value: string): string {
  if (REQUEST_TYPE_PATTERN.test(value)) return value;
  throw new InvalidArgumentError('1 to 64 letters, digits, "_", "." or "-".');
}

function parsePrice(value: string): number {
  const price = Number(value);
  if (price > 0 && Number.isFinite(price)) return price;
  throw new InvalidArgumentError('It must be a number of US dollars above 0.');
}
