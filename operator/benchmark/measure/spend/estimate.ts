import type { Plan } from '../../result/plan';
import type { PricesUsed, Price } from '../../result/result';
import type { Usage } from '../caller/model-caller';
import { forModel, type BenchmarkQuestion } from '../plan';
import { schedule, type PlannedCall } from '../schedule';
import { usd } from '../../figures/format';
import { sumOf } from '../../../statistics/mean';

/** What a plan costs, as far as it is known before. */
export interface Estimate {
  readonly calls: number;
  /** US dollars if every call uses up its tokens; null where a price is unknown. */
  readonly worstUsd: number | null;
  /** The worst case of one block (a question asked of every model, region and API): less compares nothing. */
  readonly minimumUsd: number | null;
  readonly unknownPrices: readonly string[];
}

/** @param questions those of the plan */
export function estimate(plan: Plan, questions: readonly BenchmarkQuestion[], prices: PricesUsed): Estimate {
  const { warmups, measured } = schedule(plan, questions);
  /** 0 without a price. */
  const worstOf = ({ model, question }: Pick<PlannedCall, 'model' | 'question'>): number => {
    const price = prices.entries[model];
    return price ? worstCaseUsd(price, question) : 0;
  };
  const calls = [...warmups, ...measured];
  const variants = plan.regions.length * plan.apis.length;
  const cheapestBlock = questions.map((question) =>
    sumOf(
      plan.models.map(
        (model) => worstOf({ model, question: forModel(question, plan.inference[model]) }) * variants,
      ),
    ),
  );
  const unknownPrices = plan.models.filter((model) => !prices.entries[model]);
  const known = unknownPrices.length === 0;
  return {
    calls: calls.length,
    worstUsd: known ? sumOf(calls.map(worstOf)) : null,
    minimumUsd: known ? Math.min(...cheapestBlock) : null,
    unknownPrices,
  };
}

/** @throws Error where the plan's cap can be kept for no call, or holds too little to compare anything */
export function requireAffordable({ maxCostUsd }: Plan, { minimumUsd, unknownPrices }: Estimate): void {
  if (maxCostUsd === null) return;
  if (unknownPrices.length > 0) {
    throw new Error(
      `A cap on the cost needs a price for every model, and there is none for ${unknownPrices.join(', ')}. ` +
        'Give it, in US dollars per million tokens, as --price MODEL=INPUT,OUTPUT, or leave the cap out.',
    );
  }
  if (minimumUsd !== null && minimumUsd > maxCostUsd) {
    throw new Error(
      `One question asked of every model, region and API may cost ${usd(minimumUsd)}, ` +
        `which is more than the cap of ${usd(maxCostUsd)}. Raise --max-cost, or name fewer models or regions, ` +
        'or lower the questions’ maxTokens.',
    );
  }
}

/** What is sent, as far as its cost depends on it. */
type SizedRequest = Pick<BenchmarkQuestion, 'system' | 'question' | 'maxTokens'>;

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

/** A token that is kept for an hour costs two of input with the dearest models: assumed, so that no charge is too low. */
const CACHE_WRITE = 2;

/**
 * US dollars. What is read from a cache and written to it is counted apart from the other input
 * (https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html); a read without a price costs as much as
 * other input. Reasoning is in the output.
 */
export const costOf = (price: Price, usage: Usage): number => {
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
  const { input, output, cacheRead = input, cacheWrite = input * CACHE_WRITE } = price;
  const units = [
    inputTokens * input,
    outputTokens * output,
    cacheReadTokens * cacheRead,
    cacheWriteTokens * cacheWrite,
  ];
  return sumOf(units) / 1e6;
};

/**
 * The most that a call can cost, in US dollars: the model may use up `maxTokens`, reasoning included. Nothing that is
 * sent asks for a cache; a model with a price for writing to one may do it by itself.
 */
export const worstCaseUsd = (price: Price, request: SizedRequest): number =>
  costOf(
    { ...price, input: Math.max(price.input, price.cacheWrite ?? 0) },
    { inputTokens: inputTokenBound(request), outputTokens: request.maxTokens },
  );
