import type {
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { InvalidResponse } from './failure';
import type { Answered, ModelRequest } from './model-caller';

export type Answer = Pick<Answered, 'text' | 'stopReason' | 'usage'>;

/** What both Converse and ConverseStream take. Only what is configured is sent: some models refuse the rest. */
export const converseInput = ({
  model,
  system,
  question,
  maxTokens,
  inference,
}: ModelRequest): ConverseCommandInput => ({
  modelId: model,
  ...(system === undefined ? {} : { system: [{ text: system }] }),
  messages: [{ role: 'user', content: [{ text: question }] }],
  inferenceConfig: { maxTokens, ...inference },
});

/** @throws InvalidResponse without a stop reason */
export function readAnswer({ output, stopReason, usage }: ConverseCommandOutput): Answer {
  if (stopReason === undefined) throw new InvalidResponse('The response has no stop reason.');
  const text = (output?.message?.content ?? []).map((block) => block.text ?? '').join('');
  return { text, stopReason, usage: readUsage(usage) };
}

/**
 * @param onText told of each piece of text; reasoning is none
 * @throws InvalidResponse for a stream that ends before its message does; what the stream reports as an exception
 */
export async function readStream(
  events: AsyncIterable<ConverseStreamOutput> | undefined,
  onText: () => void,
): Promise<Answer> {
  let text = '';
  let stopReason: string | undefined;
  let usage: Answer['usage'];
  for await (const event of events ?? []) {
    const piece = event.contentBlockDelta?.delta?.text ?? '';
    if (piece !== '') onText();
    text += piece;
    stopReason = event.messageStop?.stopReason ?? stopReason;
    usage = readUsage(event.metadata?.usage) ?? usage;
  }
  if (stopReason === undefined) throw new InvalidResponse('The stream ended before its message did.');
  return { text, stopReason, usage };
}

function readUsage(
  usage: { inputTokens?: number | undefined; outputTokens?: number | undefined } | undefined,
): Answer['usage'] {
  const { inputTokens, outputTokens } = usage ?? {};
  return inputTokens === undefined || outputTokens === undefined ? undefined : { inputTokens, outputTokens };
}
