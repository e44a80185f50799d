import type { Price } from '../../result/result';

/** What is sent, as far as its cost depends on it. */
export interface SizedRequest {
  readonly system?: string | undefined;
  readonly question: string;
  readonly maxTokens: number;
}

/**
 * Tokens that a model's chat template adds around the texts: role markers, ends of turns, a preamble. A few dozen in
 * published templates (Llama's adds about 40); the rest is margin.
 */
const TEMPLATE_TOKENS = 256;

/**
 * The most input tokens that a request can count as. A tokenizer that falls back on bytes, as the current models'
 * do, makes at most one token of each UTF-8 byte; one that normalizes first sees the bytes of the normal form, which
 * may be more: U+FDFA has 3 bytes, and 33 in NFKC.
 */
export function inputTokenBound({ system = '', question }: SizedRequest): number {
  const bytes = (text: string): number =>
    Math.max(Buffer.byteLength(text), Buffer.byteLength(text.normalize('NFKC')));
  return bytes(system) + bytes(question) + TEMPLATE_TOKENS;
}

/** US dollars. */
export const costOf = (price: Price, usage: { inputTokens: number; outputTokens: number }): number =>
  (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1e6;

/** The most that a call can cost, in US dollars: the model may use up `maxTokens`, reasoning included. */
export const worstCaseUsd = (price: Price, request: SizedRequest): number =>
  costOf(price, { inputTokens: inputTokenBound(request), outputTokens: request.maxTokens });
