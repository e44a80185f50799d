import { isNativeError } from 'node:util/types';
import type { StopReason } from '@aws-sdk/client-bedrock-runtime';
import { z } from 'zod';
import { AwsError } from '../../platform/http/aws-error';
import type { Answer, Answerer, Question } from './answerer';

/** Within API Gateway's 29 s, which the whole path shares. */
const TIMEOUT_MS = 25_000;

const completion = z.object({
  choices: z
    .array(
      z.object({ message: z.object({ content: z.string().nullish() }), finish_reason: z.string().nullish() }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.int(), completion_tokens: z.int() }).nullish(),
});

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  content_filter: 'content_filtered',
};

interface OpenAiCompatibleOptions {
  /** up to and with the API's version, e.g. `http://127.0.0.1:11434/v1` */
  readonly url: string;
  /** name of the model there, whichever Bedrock model is asked for */
  readonly model: string;
}

/**
 * Lets a model server with OpenAI's chat completions API (Ollama, llama.cpp, LM Studio, vLLM) answer.
 * Its failure is that of a model on Bedrock: 503 ServiceUnavailableException.
 */
export function openAiCompatible({ url, model }: OpenAiCompatibleOptions): Answerer {
  const endpoint = `${url.replace(/\/+$/, '')}/chat/completions`;
  return async (question, signal) => {
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(chatRequest(model, question)),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`);
      return toAnswer(completion.parse(await response.json()));
    } catch (error) {
      throw new AwsError(
        503,
        'ServiceUnavailableException',
        `The local model server at ${endpoint} gave no answer (${failureOf(error)}). Check that it runs and that it has the model "${model}".`,
      );
    }
  };
}

function chatRequest(model: string, { system, messages, inferenceConfig }: Question): unknown {
  const text = (blocks: readonly { text: string }[]): string => blocks.map((block) => block.text).join('\n');
  return {
    model,
    messages: [
      ...(system.length > 0 ? [{ role: 'system', content: text(system) }] : []),
      ...messages.map(({ role, content }) => ({ role, content: text(content) })),
    ],
    max_tokens: inferenceConfig.maxTokens,
    temperature: inferenceConfig.temperature,
    top_p: inferenceConfig.topP,
    stop: inferenceConfig.stopSequences,
  };
}

function toAnswer({ choices, usage }: z.infer<typeof completion>): Answer {
  const choice = choices[0];
  return {
    text: choice?.message.content ?? '',
    stopReason: STOP_REASONS[choice?.finish_reason ?? 'stop'] ?? 'end_turn',
    ...(usage && { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens }),
  };
}

/** fetch hides why a connection failed in `cause`. */
export function failureOf(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  return isNativeError(error.cause) ? error.cause.message : error.message;
}
