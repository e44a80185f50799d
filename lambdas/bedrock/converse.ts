import type { ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import type { Usage } from '../../contract/api';
import { InvalidResponseError } from '../../contract/bedrock-failures';
import type { ModelChoice, ModelRule } from '../../contract/model-config';
import { sendConverse } from './bedrock-client';
import { STOP_REASONS } from './reactions';

export interface ConverseCall {
  readonly model: ModelChoice;
  readonly rule: Pick<ModelRule, 'systemPrompt' | 'maxTokens'>;
  readonly question: string;
  /** Ends the call, whatever state it is in. */
  readonly signal: AbortSignal;
}

export interface ModelReply {
  readonly text: string;
  /** `end_turn`, `max_tokens`, `content_filtered`, ...: as Bedrock says it. */
  readonly stopReason: string;
  readonly usage: Usage;
}

/** Said where a filter left no text. */
const FILTERED_TEXT = 'This question cannot be answered, because a content filter stepped in.';

/** One call of one model; rejects with the SDK's error, or an InvalidResponseError. */
export async function converse({ model, rule, question, signal }: ConverseCall): Promise<ModelReply> {
  const { temperature, topP, stopSequences } = model.inference ?? {};
  const output = await sendConverse(
    {
      modelId: model.modelId,
      system: [{ text: rule.systemPrompt }],
      messages: [{ role: 'user', content: [{ text: question }] }],
      inferenceConfig: {
        maxTokens: rule.maxTokens,
        ...(temperature === undefined ? {} : { temperature }),
        ...(topP === undefined ? {} : { topP }),
        ...(stopSequences === undefined ? {} : { stopSequences }),
      },
    },
    signal,
  );
  return readReply(output);
}

function readReply({ output, stopReason, usage }: ConverseCommandOutput): ModelReply {
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
