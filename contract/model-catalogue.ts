/** What is known of a foundation model that decides whether a ModelConfig with it can work. */
export interface CataloguedModel {
  readonly contextTokens?: number;
  /** Largest `maxTokens` that it takes. */
  readonly outputTokens?: number;
  /** `always`: a request to turn thinking off is refused; it takes its share of the tokens and of the time. */
  readonly thinking?: 'optional' | 'always';
  /** Refuses `temperature` and `topP`. */
  readonly refusesSampling?: true;
  /** Day (UTC) since which it is gone, or was first seen to be. */
  readonly goneSince?: string;
  /** Day before which the vendor has promised not to end it. */
  readonly goneNotBefore?: string;
}

/** When this was last compared with its sources. */
export const CATALOGUE_DATE = '2026-11-25';

const CLAUDE_5: CataloguedModel = {
  contextTokens: 1_000_000,
  outputTokens: 128_000,
  thinking: 'optional',
  refusesSampling: true,
};

/**
 * By model id, without a geography. A model that is not here is believed: new ones come every month. Sources: Bedrock
 * user guide (model cards, "Model lifecycle"); Anthropic's model overviews and migration guides; for models that are
 * gone, end-of-life errors seen in public where AWS's page no longer names them.
 */
export const MODEL_CATALOGUE: Readonly<Record<string, CataloguedModel>> = {
  'anthropic.claude-haiku-5-5': { ...CLAUDE_5, goneNotBefore: '2027-10-07' },
  'anthropic.claude-sonnet-5-5': { ...CLAUDE_5, thinking: 'always' },
  'anthropic.claude-opus-5-5': { ...CLAUDE_5, thinking: 'always' },
  'anthropic.claude-sonnet-5': CLAUDE_5,
  'anthropic.claude-opus-5': CLAUDE_5,
  'anthropic.claude-opus-4-8': CLAUDE_5,
  'anthropic.claude-sonnet-4-6': { contextTokens: 1_000_000, outputTokens: 64_000, thinking: 'optional' },
  'anthropic.claude-haiku-4-5-20251001-v1:0': {
    contextTokens: 200_000,
    outputTokens: 64_000,
    thinking: 'optional',
    goneNotBefore: '2026-10-01',
  },
  'amazon.nova-2-lite-v1:0': { contextTokens: 1_000_000, thinking: 'optional' },
  'amazon.nova-micro-v1:0': { contextTokens: 128_000, outputTokens: 10_000 },
  'amazon.nova-lite-v1:0': { contextTokens: 300_000, outputTokens: 10_000 },
  'amazon.nova-pro-v1:0': { contextTokens: 300_000, outputTokens: 10_000 },
  'amazon.nova-premier-v1:0': { goneSince: '2026-10-10' },
  'anthropic.claude-3-5-sonnet-20240620-v1:0': { goneSince: '2026-05-06' },
  'anthropic.claude-3-5-sonnet-20241022-v2:0': { goneSince: '2026-05-06' },
  'anthropic.claude-3-5-haiku-20241022-v1:0': { goneSince: '2026-08-29' },
  'anthropic.claude-3-sonnet-20240229-v1:0': { goneSince: '2026-07-30' },
  'anthropic.claude-3-haiku-20240307-v1:0': { goneSince: '2026-09-10' },
  'amazon.titan-text-express-v1': { goneSince: '2025-08-15' },
  'amazon.titan-text-lite-v1': { goneSince: '2025-08-15' },
  'amazon.titan-text-premier-v1:0': { goneSince: '2025-08-15' },
};
