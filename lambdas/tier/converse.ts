import type { ConverseCommandInput, ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import type { Usage } from '../../contract/api';
import { InvalidResponseError } from '../../contract/bedrock-failures';
import type { ModelChoice, ModelRule } from '../../contract/model-config';
import { STOP_REASONS } from './reactions';

export interface ConverseCall {
  readonly model: ModelChoice;
  readonly rule: Pick<ModelRule, 'systemPrompt' | 'maxTokens'>;
  readonly question: string;
}

export interface ModelReply {
  readonly text: string;
  /** `end_turn`, `max_tokens`, `content_filtered`, ...: as Bedrock says it. */
  readonly stopReason: string;
  readonly usage: Usage;
}

/** One call of Converse; rejects with the SDK's error. Its signal ends the call, whatever state it is in. */
export type SendConverse = (
  input: ConverseCommandInput,
  signal: AbortSignal,
) => Promise<ConverseCommandOutput>;

/** Said where a filter left no text. */
const FILTERED_TEXT = 'This question cannot be answered, because a content filter stepped in.';

/** What a model is sent. */
export function converseInput({ model, rule, question }: ConverseCall): ConverseCommandInput {
  const { temperature, topP, stopSequences } = model.inference ?? {};
  return {
    modelId: model.modelId,
    system: [{ text: rule.systemPrompt }],
    messages: [{ role: 'user', content: [{ text: question }] }],
    inferenceConfig: {
      maxTokens: rule.maxTokens,
      ...(temperature === undefined ? {} : { temperature }),
      ...(topP === undefined ? {} : { topP }),
      ...(stopSequences === undefined ? {} : { stopSequences }),
    },
  };
}

/** @throws InvalidResponseError where the response is complete and no answer */
export function readReply({ output, stopReason, usage }: ConverseCommandOutput): ModelReply {
  const reading = stopReason === undefined ? 'no_answer' : STOP_REASONS[stopReason];
  if (stopReason === undefined || reading === 'no_answer') {
    throw new InvalidResponseError(`The model stopped with ${String(stopReason)}.`);
  }
  const text = (output?.message?.content ?? []).map((block) => block.text ?? '').join('');
  const isBlank = text.trim() === '';
  if (isBlank && reading !== 'filtered') throw new InvalidResponseError('The answer has no text.');
  return {
    text: isBlank ? FILTERED_TEXT : text,
    stopReason,
    usage: { inputTokens: usage?.inputTokens ?? 0, outputTokens: usage?.outputTokens ?? 0 },
  };
}
