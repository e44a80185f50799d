import type {
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { classifyFailure } from '../../../../contract/bedrock-failures';
import type { Answered, ModelRequest, Failed } from './model-caller';

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

/** The response was complete and not what Converse promises. */
export class InvalidResponse extends Error {
  override readonly name = 'InvalidResponse';
}

interface SdkError {
  readonly name?: string;
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

/** Statuses by which Bedrock denies a request before a model has seen it; 408 and 424 come from a model that ran. */
const REFUSALS = new Set([400, 403, 404, 429]);

/**
 * What is kept of a failed call: names and numbers, no message, which may quote the question, except
 * that there is no such model.
 * @param streaming whether the answer had begun, as a failure within a stream has cost what was made until then
 */
export function failureOf(error: unknown, signal: AbortSignal, streaming: boolean): Omit<Failed, 'timing'> {
  if (signal.aborted) return { outcome: 'error', errorName: nameOf(signal.reason), refused: false };
  const { $metadata, $response } = (error ?? {}) as SdkError;
  const status = streaming ? undefined : ($metadata?.httpStatusCode ?? $response?.statusCode);
  return {
    outcome: classifyFailure(error) === 'throttled' ? 'throttled' : 'error',
    errorName: nameOf(error),
    refused: status !== undefined && REFUSALS.has(status),
    ...(isNoSuchModel(error) && { noSuchModel: (error as Error).message }),
    ...(status === undefined ? {} : { status }),
  };
}

/** Bedrock says so of an id that it does not know, or that is not an id at all. */
const isNoSuchModel = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'ResourceNotFoundException' ||
    (error.name === 'ValidationException' && /model identifier is invalid/i.test(error.message)));

const nameOf = (error: unknown): string => {
  const { name, code } = (error ?? {}) as SdkError;
  return (typeof code === 'string' ? code : name) ?? 'Unknown';
};
