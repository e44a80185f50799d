import type {
  ConverseCommandInput,
  ConverseCommandOutput,
  ConverseStreamOutput,
  TokenUsage,
} from '@aws-sdk/client-bedrock-runtime';
import { classifyFailure, type FailureClass } from '../../../../contract/bedrock-failures';
import type { Answered, ModelRequest, Failed } from './model-caller';

export type Answer = Pick<Answered, 'text' | 'stopReason' | 'usage'>;

/** What both Converse and ConverseStream take. Only what is configured is sent: some models refuse the rest. */
export const converseInput = ({
  model,
  system,
  question,
  maxTokens,
  inference: { maxTokens: _, additionalModelRequestFields, ...parameters } = {},
}: ModelRequest): ConverseCommandInput => ({
  modelId: model,
  ...(system === undefined ? {} : { system: [{ text: system }] }),
  messages: [{ role: 'user', content: [{ text: question }] }],
  inferenceConfig: { maxTokens, ...parameters },
  ...(additionalModelRequestFields && { additionalModelRequestFields }),
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

function readUsage(usage: Partial<TokenUsage> | undefined): Answer['usage'] {
  const { inputTokens, outputTokens, cacheReadInputTokens = 0, cacheWriteInputTokens = 0 } = usage ?? {};
  if (inputTokens === undefined || outputTokens === undefined) return undefined;
  return {
    ...{ inputTokens, outputTokens },
    ...(cacheReadInputTokens > 0 && { cacheReadTokens: cacheReadInputTokens }),
    ...(cacheWriteInputTokens > 0 && { cacheWriteTokens: cacheWriteInputTokens }),
  };
}

/** The response was complete and not what Converse promises. */
class InvalidResponse extends Error {
  override readonly name = 'InvalidResponse';
}

interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: unknown;
  readonly syscall?: string;
  /** Of an attempt at several addresses of a host. */
  readonly errors?: readonly SdkError[];
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

/** Statuses by which Bedrock denies a request before a model has seen it; 408 and 424 come from a model that ran. */
const REFUSALS = new Set([400, 403, 404, 429]);

/** How far a call had come when it failed: `streaming` is an answer that had begun. */
type Progress = 'not sent' | 'sent' | 'streaming';

/** What is kept of a failed call: names and numbers, no message, which may quote the question, except on the model. */
export function failureOf(error: unknown, signal: AbortSignal, progress: Progress): Omit<Failed, 'timing'> {
  const neverLeft = progress === 'not sent';
  if (signal.aborted) return { outcome: 'error', errorName: nameOf(signal.reason), refused: neverLeft };
  const { message, $metadata, $response } = (error ?? {}) as SdkError;
  // A failure within a stream has cost what was made until then, whatever its status.
  const status = progress === 'streaming' ? undefined : ($metadata?.httpStatusCode ?? $response?.statusCode);
  return {
    outcome: classifyFailure(error) === 'throttled' ? 'throttled' : 'error',
    errorName: nameOf(error),
    refused: neverLeft || isUnconnected(error) || (status !== undefined && REFUSALS.has(status)),
    ...(isOfModel(error) && { unusableModel: message }),
    ...(status === undefined ? {} : { status }),
  };
}

/** As the SDK's HTTP handler says it. */
const UNCONNECTED = 'did not establish a connection';

/** Whether there was no connection that the request could have gone by: no address, nobody there, or no trust. */
function isUnconnected(error: unknown): boolean {
  const { message = '', code, syscall, errors = [] } = (error ?? {}) as SdkError;
  const isUntrusted = typeof code === 'string' && code.includes('CERT');
  return (
    ['connect', 'getaddrinfo'].includes(syscall ?? '') ||
    isUntrusted ||
    message.includes(UNCONNECTED) ||
    errors.some(isUnconnected)
  );
}

/** What Bedrock says of an id that it does not know, that is none, or that it does not call in this way. */
const MODEL_FAILURES: readonly FailureClass[] = ['model_not_found', 'wrong_throughput'];
const OF_MODEL = /at 'modelId' failed|on-demand throughput|support the model that you provided/i;

/** Whether the model itself is refused, or the caller's right to call it: every question would fail in the same way. */
const isOfModel = (error: unknown): boolean =>
  error instanceof Error &&
  (MODEL_FAILURES.includes(classifyFailure(error)) ||
    error.name === 'AccessDeniedException' ||
    (error.name === 'ValidationException' && OF_MODEL.test(error.message)));

const nameOf = (error: unknown): string => {
  const { name, code } = (error ?? {}) as SdkError;
  return (typeof code === 'string' ? code : name) ?? 'Unknown';
};
