import type { ModelAnswer } from '../../contract/api';
import type { Turn } from '../../contract/conversation';
import { catalogued } from '../../contract/model-catalogue';
import type { ModelChoice, ModelRule } from '../../contract/model-config';
import { parseModelId } from '../../contract/model-id';
import { MAX_ESCAPED_BODY } from '../../contract/question';
import type { Before } from './conversations';

/** What a model is told of a conversation. */
export interface FittedContext {
  readonly turns: readonly Turn[];
  /** What is said of it to the caller. */
  readonly said: NonNullable<ModelAnswer['context']>;
}

/**
 * An estimate, since each model counts its own way, and none can be asked before. English has about four bytes a token,
 * 30 % less by Claude 5's count; Chinese, Cyrillic, code and figures two to three. Where it is too low, the model says
 * so, and the caller is told.
 */
const BYTES_PER_TOKEN = 2;

/** For its role, and what a model puts around it. */
const TOKENS_PER_MESSAGE = 8;

/** Where neither the rules nor the catalogue know it: the smallest of the windows that are on offer today, assumed. */
const UNKNOWN_WINDOW_TOKENS = 32_000;

/**
 * What a caller may send of a history and its question, JSON left aside: with more, neither a conversation that is kept is
 * told nor one of OpenAI's protocol. What callers may spend on a day is reckoned by it.
 */
export const MAX_BYTES = MAX_ESCAPED_BODY;

const tokens = (...texts: readonly string[]): number =>
  texts.reduce(
    (sum, text) => sum + TOKENS_PER_MESSAGE + Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN),
    0,
  );

/**
 * Leaves out the oldest turns, whole, that do not fit into the model's window, or are more than a history may be; never the
 * question or our instructions.
 */
export function fitContext(
  { turns, unavailable }: Before,
  rule: Pick<ModelRule, 'systemPrompt' | 'maxTokens'>,
  model: ModelChoice,
  question: string,
): FittedContext {
  let room = windowOf(model) - (model.maxTokens ?? rule.maxTokens) - tokens(rule.systemPrompt, question);
  let bytes = MAX_BYTES - Buffer.byteLength(question);
  let first = turns.length;
  for (const turn of turns.toReversed()) {
    room -= tokens(turn.question, turn.answer);
    bytes -= Buffer.byteLength(turn.question) + Buffer.byteLength(turn.answer);
    if (room < 0 || bytes < 0) break;
    first -= 1;
  }
  const said = { turns: turns.length - first, trimmed: first, ...(unavailable && { unavailable }) };
  return { turns: turns.slice(first), said };
}

/** As the rules say, or the catalogue. */
export const windowOf = ({ modelId, contextTokens }: ModelChoice): number =>
  contextTokens ?? catalogued(parseModelId(modelId)?.model ?? '').contextTokens ?? UNKNOWN_WINDOW_TOKENS;
