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

/** A foundation model that Bedrock fine-tunes. */
export interface TunableModel {
  /** `baseModelIdentifier` of a customization job, with the context length that it is tuned for. */
  readonly id: string;
  /** The regions that tune it, and that serve what was tuned on demand. */
  readonly regions: readonly string[];
  readonly format: DatasetFormat;
  readonly hyperparameters: Readonly<Record<string, HyperparameterLimit>>;
  /** Records that a training set may have. */
  readonly records: { readonly minimum: number; readonly maximum: number };
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

const nova = (name: string, contextLength: string, contextTokens: number): TunableModel => ({
  id: `amazon.${name}:${contextLength}`,
  regions: ['us-east-1'],
  format: 'conversation',
  hyperparameters: NOVA,
  records: { minimum: 8, maximum: 20_000 },
  servedAs: { modelId: `us.amazon.${name}`, contextTokens },
  onDemand: true,
});

const llama = (name: string): TunableModel => ({
  id: `meta.${name}:128k`,
  regions: ['us-west-2'],
  format: 'prompt-completion',
  hyperparameters: LLAMA,
  // Of training and validation together.
  records: { minimum: 100, maximum: 10_000 },
  servedAs: { modelId: `us.meta.${name}`, contextTokens: 128_000 },
  onDemand: false,
});

/**
 * What Bedrock fine-tunes for text in the regions of this product. Source: Bedrock user guide, "Supported models and
 * Regions for fine-tuning" and "Quotas" (records in a training set), as of November 2026.
 */
export const TUNABLE_MODELS: readonly TunableModel[] = [
  nova('nova-micro-v1:0', '128k', 128_000),
  nova('nova-lite-v1:0', '300k', 300_000),
  nova('nova-pro-v1:0', '300k', 300_000),
  nova('nova-2-lite-v1:0', '256k', 1_000_000),
  llama('llama3-1-8b-instruct-v1:0'),
  llama('llama3-1-70b-instruct-v1:0'),
];

export function tunableModel(id: string): TunableModel | undefined {
  return TUNABLE_MODELS.find((model) => model.id === id);
}
