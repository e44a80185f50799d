import type { ModelChoice } from './model-config';
import { parseModelId } from './model-id';

/** What is known of a foundation model that decides whether a ModelConfig with it can work. */
export interface CataloguedModel {
  readonly contextTokens?: number;
  /** Whether it thinks before it speaks; `always`: a request to turn it off is refused. Left out: it is not known. */
  readonly thinking?: 'never' | 'if_asked' | 'by_default' | 'always';
  /** Refuses `temperature` and `topP`. */
  readonly refusesSampling?: true;
  /** Day (UTC) since which it is gone, or was first seen to be. */
  readonly goneSince?: string;
  /** Day before which the vendor has promised not to end it. */
  readonly goneNotBefore?: string;
}

/** Of Haiku 5.5 it is known that it thinks by default, of the others of its family assumed. */
const CLAUDE_5: CataloguedModel = {
  contextTokens: 1_000_000,
  thinking: 'by_default',
  refusesSampling: true,
};

/**
 * By model id, without a geography. A model that is not here is believed: new ones come every month. Sources: Bedrock
 * user guide (model cards, "Model lifecycle"); Anthropic's model overviews and migration guides; for models that are
 * gone, end-of-life errors seen in public where AWS's page no longer names them. Last compared on 2026-11-25.
 */
export const MODEL_CATALOGUE: Readonly<Record<string, CataloguedModel>> = {
  'anthropic.claude-haiku-5-5': { ...CLAUDE_5, goneNotBefore: '2027-10-07' },
  'anthropic.claude-sonnet-5-5': { ...CLAUDE_5, thinking: 'always' },
  'anthropic.claude-opus-5-5': { ...CLAUDE_5, thinking: 'always' },
  'anthropic.claude-sonnet-5': CLAUDE_5,
  'anthropic.claude-opus-5': CLAUDE_5,
  'anthropic.claude-opus-4-8': CLAUDE_5,
  'anthropic.claude-sonnet-4-6': { contextTokens: 1_000_000, thinking: 'if_asked' },
  'anthropic.claude-haiku-4-5-20251001-v1:0': {
    contextTokens: 200_000,
    thinking: 'if_asked',
    goneNotBefore: '2026-10-01',
  },
  'amazon.nova-2-lite-v1:0': { contextTokens: 1_000_000, thinking: 'if_asked' },
  'amazon.nova-micro-v1:0': { contextTokens: 128_000, thinking: 'never' },
  'amazon.nova-lite-v1:0': { contextTokens: 300_000, thinking: 'never' },
  'amazon.nova-pro-v1:0': { contextTokens: 300_000, thinking: 'never' },
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

/** @param model its id without a geography */
export const catalogued = (model: string): CataloguedModel =>
  Object.hasOwn(MODEL_CATALOGUE, model) ? (MODEL_CATALOGUE[model] ?? {}) : {};

/** What a configured model is told of its thinking: Claude's way, or Nova 2's. */
export function thinkingOf({ additionalModelRequestFields: fields = {} }: ModelChoice): {
  readonly type?: string;
  readonly budgetTokens?: number;
} {
  const asked = fields.thinking ?? fields.reasoningConfig;
  const { type, budget_tokens } = (asked ?? {}) as {
    readonly type?: unknown;
    readonly budget_tokens?: unknown;
  };
  return {
    ...(typeof type === 'string' && { type }),
    ...(typeof budget_tokens === 'number' && { budgetTokens: budget_tokens }),
  };
}

/** Whether it may think before it speaks, in silence, for as long as a caller's question is hard. */
export function mayThink(choice: ModelChoice): boolean {
  const { type } = thinkingOf(choice);
  switch (catalogued(parseModelId(choice.modelId)?.model ?? '').thinking) {
    case 'never':
      return false;
    case 'if_asked':
      return type !== undefined && type !== 'disabled';
    case 'by_default':
      return type !== 'disabled';
    default:
      return true;
  }
}
