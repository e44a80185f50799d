import { validationError } from '../../platform/http/aws-error';
import { FOUNDATION_MODELS } from '../bedrock-runtime/foundation-models';

/** `conversation` is JSON Lines of schema bedrock-conversation-2024; `prompt-completion` of {prompt, completion}. */
type DatasetFormat = 'conversation' | 'prompt-completion';

interface HyperparameterLimit {
  readonly minimum: number;
  readonly maximum: number;
  /** What a job has that leaves it out. */
  readonly default: number;
  readonly whole?: boolean;
}

/** A foundation model as Bedrock fine-tunes it. */
export interface TunableModel {
  /** `baseModelIdentifier`, with the context length that it is tuned for. */
  readonly id: string;
  /** The regions that tune it, and that serve what was tuned. */
  readonly regions: readonly string[];
  readonly format: DatasetFormat;
  readonly hyperparameters: Readonly<Record<string, HyperparameterLimit>>;
  /** Records that a training set may have. */
  readonly records: { readonly minimum: number; readonly maximum: number };
  /** What a record may hold beside text and tools. */
  readonly takes: readonly ('media' | 'reasoning')[];
  /** Left out: a job reads its validation data. */
  readonly ignoresValidation?: boolean;
  /** Whether CreateCustomModelDeployment takes it; provisioned throughput takes all of them. */
  readonly onDemand: boolean;
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/cm-hp-nova-mm.html */
const NOVA = {
  regions: ['us-east-1'],
  format: 'conversation',
  hyperparameters: {
    epochCount: { minimum: 1, maximum: 5, default: 2, whole: true },
    learningRate: { minimum: 1e-6, maximum: 1e-4, default: 1e-5 },
    learningRateWarmupSteps: { minimum: 0, maximum: 100, default: 10, whole: true },
  },
  records: { minimum: 8, maximum: 20_000 },
  takes: ['media'],
  onDemand: true,
} as const;

/** https://docs.aws.amazon.com/bedrock/latest/userguide/cm-hp-meta-llama31.html */
const LLAMA = {
  regions: ['us-west-2'],
  format: 'prompt-completion',
  hyperparameters: {
    epochCount: { minimum: 1, maximum: 10, default: 5, whole: true },
    batchSize: { minimum: 1, maximum: 1, default: 1, whole: true },
    learningRate: { minimum: 5e-6, maximum: 0.1, default: 1e-4 },
  },
  records: { minimum: 100, maximum: 10_000 },
  takes: [],
  onDemand: false,
} as const;

/**
 * The text models that Bedrock fine-tunes: its user guide, "Supported models and Regions for fine-tuning" and "Quotas"
 * (records in a training set), as of November 2026. Apart from what clients of the emulator know of the same models,
 * lest one mistake pass for the truth in both.
 */
const TUNABLE_MODELS: readonly TunableModel[] = [
  { id: 'amazon.nova-micro-v1:0:128k', ...NOVA, takes: [] },
  { id: 'amazon.nova-lite-v1:0:300k', ...NOVA },
  { id: 'amazon.nova-pro-v1:0:300k', ...NOVA },
  {
    // Records: AWS's dataset validator in amazon-nova-samples. Validation data: SageMaker developer guide, "Fine-tune
    // Nova 2.0" ("it is ignored during training"); what Bedrock answers is not documented.
    ...NOVA,
    id: 'amazon.nova-2-lite-v1:0:256k',
    records: { minimum: 200, maximum: 20_000 },
    takes: ['media', 'reasoning'],
    ignoresValidation: true,
  },
  { id: 'meta.llama3-1-8b-instruct-v1:0:128k', ...LLAMA },
  { id: 'meta.llama3-1-70b-instruct-v1:0:128k', ...LLAMA },
];

export const tunableModels = (region: string): readonly TunableModel[] =>
  TUNABLE_MODELS.filter(({ regions }) => regions.includes(region));

/** The foundation model, without the context length that it is tuned for. */
export const foundationModelOf = ({ id }: TunableModel): string => id.replace(/:[^:]+$/, '');

/**
 * The model that `baseModelIdentifier` names, by its ID or its foundation-model ARN.
 * Tuning what has been tuned already is not emulated. AWS does not publish its wording of the second refusal.
 * @throws AwsError ValidationException when it is unknown, or not fine-tuned in this region
 */
export function requireTunable(identifier: string, region: string): TunableModel {
  const prefix = `arn:aws:bedrock:${region}::foundation-model/`;
  const id = identifier.startsWith(prefix) ? identifier.slice(prefix.length) : identifier;
  const model = tunableModels(region).find((tunable) => tunable.id === id);
  if (model !== undefined) return model;
  if (![...TUNABLE_MODELS, ...FOUNDATION_MODELS].some((known) => known.id === id)) {
    throw validationError('The provided model identifier is invalid.');
  }
  throw validationError(`The base model ${id} does not support FINE_TUNING in ${region}.`);
}

/**
 * The hyperparameters of a job: those given, and the model's defaults of the others.
 * @throws AwsError ValidationException naming each that the model does not have, or whose value it does not take
 */
export function requireHyperparameters(
  { id, hyperparameters }: TunableModel,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const problems = Object.entries(given).flatMap(([name, value]) => {
    const limit = Object.hasOwn(hyperparameters, name) ? hyperparameters[name] : undefined;
    if (limit === undefined) return [`${name} is no hyperparameter of ${id}`];
    const number = /^[+-]?[0-9.]+(e[+-]?[0-9]+)?$/i.test(value) ? Number(value) : NaN;
    const { minimum, maximum, whole } = limit;
    return number >= minimum && number <= maximum && (!whole || Number.isInteger(number))
      ? []
      : [`${name} must be ${whole ? 'an integer' : 'a number'} between ${minimum} and ${maximum}`];
  });
  if (problems.length > 0) throw validationError(`Invalid hyperparameters: ${problems.join('; ')}.`);
  const defaults = Object.entries(hyperparameters).map(([name, limit]) => [name, String(limit.default)]);
  return { ...(Object.fromEntries(defaults) as Record<string, string>), ...given };
}
