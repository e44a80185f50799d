import { callModel, type CallOptions } from '../../lambdas/tier/call-model';
import type { scripted } from './scripted-bedrock';

export const LIMITS = { firstSignMs: 60, gapMs: 60 };
export const MODEL = { modelId: 'amazon.nova-micro-v1:0', ...LIMITS };
export const LONG_MS = 10_000;
export const rule = { systemPrompt: 'Be brief.', maxTokens: 100 };

export async function call(
  bedrock: ReturnType<typeof scripted>,
  { budgetMs = 5_000, ...changes }: Partial<CallOptions> & { readonly budgetMs?: number } = {},
) {
  const seen: string[] = [];
  const began = Date.now();
  const result = await callModel({
    bedrock,
    unstreamed: new Set(),
    model: MODEL,
    rule,
    question: 'Why?',
    deadline: Date.now() + budgetMs,
    maxRetryAfterMs: 2_000,
    onUsage: () => undefined,
    leastMs: budgetMs,
    onFailure: (failure, attempt) => seen.push(`${failure} ${attempt}`),
    random: () => 0.01,
    ...changes,
  });
  return { result, seen, tookMs: Date.now() - began, calls: bedrock.calls.map(([name]) => name) };
}

/** What comes of a call that is answered. */
export const reply = (text: string, stopReason: string, [inputTokens, outputTokens] = [0, 0]) => ({
  reply: { text, stopReason, usage: { inputTokens, outputTokens } },
});
