import type { Reply } from '../aws-http/server';
import type { Answerer } from './answerer';
import { parseConverseRequest } from './converse-request';
import { resolveModel, type ModelSetting } from './model-id';
import { inputTokens, requireModelAccepts } from './model-limits';
import { estimateTokens } from './tokens';

export interface ConverseCall extends ModelSetting {
  readonly modelId: string;
  /** the request's parsed JSON */
  readonly body: unknown;
  readonly signal: AbortSignal;
}

/**
 * Answers one Converse request.
 * @returns 200 with Converse's output
 * @throws AwsError what Bedrock refuses, or the answerer's failure
 */
export async function converse(call: ConverseCall, answer: Answerer): Promise<Reply> {
  const { modelId, region, body, signal } = call;
  const model = resolveModel(modelId, call);
  const request = parseConverseRequest(body);
  requireModelAccepts(model, request);
  const startedAt = performance.now();
  const { text, stopReason = 'end_turn', ...counted } = await answer({ ...request, modelId, region }, signal);
  const usage = {
    inputTokens: counted.inputTokens ?? inputTokens(request),
    outputTokens: counted.outputTokens ?? estimateTokens(text),
  };
  return {
    status: 200,
    body: {
      // A model that says nothing is answered for without a content block.
      output: { message: { role: 'assistant', content: text === '' ? [] : [{ text }] } },
      stopReason,
      usage: { ...usage, totalTokens: usage.inputTokens + usage.outputTokens },
      metrics: { latencyMs: Math.round(performance.now() - startedAt) },
    },
  };
}
