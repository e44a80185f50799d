/** A hyperparameter that Bedrock takes, as a string, with a customization job. */
export interface HyperparameterLimit {
  readonly minimum: number;
  readonly maximum: number;
  /** What Bedrock takes where a job leaves it out. */
  readonly default: number;
  readonly whole: boolean;
}

/** `conversation` is JSON Lines of schema bedrock-conversation-2024; `prompt-completion` of {prompt, completion}. */
export type DatasetFormat = 'conversation' | 'prompt-completion';

/** A content block of a conversation beside text. */
export type ContentKind = 'image' | 'video' | 'document' | 'toolUse' | 'toolResult' | 'reasoningContent';

/** A foundation model that Bedrock fine-tunes. */
export interface TunableModel {
  /** `baseModelIdentifier` of a customization job, with the context length that it is tuned for. */
  readonly id: string;
  /** The regions that tune it, and that serve what was tuned on demand. */
  readonly regions: readonly string[];
  readonly format: DatasetFormat;
  readonly hyperparameters: Readonly<Record<string, HyperparameterLimit>>;
  /** Records that a training set may have; of training and validation together at most. */
  readonly records: { readonly minimum: number; readonly maximum: number };
  /** Tokens that one record may have. */
  readonly recordTokens: number;
  /** Characters that one record may have, where AWS says. */
  readonly recordCharacters?: number;
  /** What its records may hold beside text. */
  readonly takes: readonly ContentKind[];
  /** Whether a job may have a validation set. */
  readonly validationSet: boolean;
  /** The untuned model as both regions serve it: an inference profile. */
  readonly servedAs: { readonly modelId: string; readonly contextTokens: number };
  /** Whether CreateCustomModelDeployment takes it; provisioned throughput takes all of them. */
  readonly onDemand: boolean;
}

const whole = (minimum: number, maximum: number, byDefault: number): HyperparameterLimit => ({
  minimum,
  maximum,
  default: byDefault,
  whole: true,
});
const rate = (minimum: number, maximum: number, byDefault: number): HyperparameterLimit => ({
  minimum,
  maximum,
  default: byDefault,
  whole: false,
});

/** Source: Bedrock user guide, "Amazon Nova Understanding model customization hyperparameters". */
const NOVA = {
  epochCount: whole(1, 5, 2),
  learningRate: rate(1e-6, 1e-4, 1e-5),
  learningRateWarmupSteps: whole(0, 100, 10),
};

/** Source: Bedrock user guide, "Meta Llama 3.1 model customization hyperparameters"; 3.2 and 3.3 have the same. */
const LLAMA = { epochCount: whole(1, 10, 5), batchSize: whole(1, 1, 1), learningRate: rate(5e-6, 0.1, 1e-4) };

const TOOLS = ['toolUse', 'toolResult'] as const;
const MEDIA = ['image', 'video', 'document'] as const;

/** Nova's first generation: 8 to 20,000 records, as AWS's dataset validator (amazon-nova-samples) has them. */
const nova = (
  name: string,
  contextLength: number,
  takes: readonly ContentKind[] = [...MEDIA, ...TOOLS],
): TunableModel => ({
  id: `amazon.${name}:${contextLength}k`,
  regions: ['us-east-1'],
  format: 'conversation',
  hyperparameters: NOVA,
  records: { minimum: 8, maximum: 20_000 },
  // No document says it: what the id says that the model is tuned for.
  recordTokens: contextLength * 1_000,
  takes,
  validationSet: true,
  servedAs: { modelId: `us.amazon.${name}`, contextTokens: contextLength * 1_000 },
  onDemand: true,
});

const llama = (name: string): TunableModel => ({
  id: `meta.${name}:128k`,
  regions: ['us-west-2'],
  format: 'prompt-completion',
  hyperparameters: LLAMA,
  records: { minimum: 100, maximum: 10_000 },
  // Bedrock user guide, "Model requirements for training and validation datasets": "Sum of input and output tokens",
  // and "Character quota per sample: token quota x 6".
  recordTokens: 16_000,
  recordCharacters: 96_000,
  takes: [],
  validationSet: true,
  servedAs: { modelId: `us.meta.${name}`, contextTokens: 128_000 },
  onDemand: false,
});

/**
 * What Bedrock fine-tunes for text in the regions of this product. Source: Bedrock user guide, "Supported models and
 * Regions for fine-tuning" and "Quotas" (records in a training set), as of November 2026.
 */
export const TUNABLE_MODELS: readonly TunableModel[] = [
  nova('nova-micro-v1:0', 128, TOOLS),
  nova('nova-lite-v1:0', 300),
  nova('nova-pro-v1:0', 300),
  {
    // 200 records: AWS's dataset validator. Reasoning, no validation set: Bedrock user guide, "Supervised fine-tuning on
    // Amazon Nova 2.0"; SageMaker's says that a validation set is ignored.
    ...nova('nova-2-lite-v1:0', 256, [...MEDIA, ...TOOLS, 'reasoningContent']),
    records: { minimum: 200, maximum: 20_000 },
    validationSet: false,
    servedAs: { modelId: 'us.amazon.nova-2-lite-v1:0', contextTokens: 1_000_000 },
  },
  llama('llama3-1-8b-instruct-v1:0'),
  llama('llama3-1-70b-instruct-v1:0'),
];

/** Why a job of the model has no validation set; undefined where it may have one. */
export const withoutValidationSet = ({ id, validationSet }: TunableModel): string | undefined =>
  validationSet
    ? undefined
    : `${id} is tuned without a validation set: leave it out, and keep it to compare the tuned model with`;

export function tunableModel(id: string): TunableModel | undefined {
  return TUNABLE_MODELS.find((model) => model.id === id);
}
