import type { TunableModel } from '../../../contract/tunable-models';

/**
 * Characters that Bedrock lets a record have for each token of its limit: "Character quota per sample: token
 * quota x 6". Source: Bedrock user guide, "Model requirements for training and validation datasets".
 */
export const MAX_CHARACTERS_PER_TOKEN = 6;

/** "Sum of input and output tokens" of Meta Llama 3.1, same source. */
const LLAMA_RECORD_TOKENS = 16_000;

/**
 * No line that a model takes is longer: 300,000 tokens (Nova Lite and Pro) of 6 characters of 4 bytes are 7.2 MB.
 */
export const MAX_LINE_BYTES = 8 * 2 ** 20;

/** Tokens that a record may have: what the model's id says that it is tuned for (`:128k`), or its own limit. */
export function maxRecordTokens({ id }: TunableModel): number | undefined {
  if (id.startsWith('meta.')) return LLAMA_RECORD_TOKENS;
  const [, thousands] = /:(\d+)k$/.exec(id) ?? [];
  return thousands === undefined ? undefined : Number(thousands) * 1_000;
}
