import { classifyFailure } from '../../../../contract/bedrock-failures';
import type { Failed } from './model-caller';

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
 * What is kept of a failed call: names and numbers, never a message, which may quote the question.
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
    ...(status === undefined ? {} : { status }),
  };
}

const nameOf = (error: unknown): string => {
  const { name, code } = (error ?? {}) as SdkError;
  return (typeof code === 'string' ? code : name) ?? 'Unknown';
};
