import { lastText, type Answer, type Answerer } from './answerer';
import { CHARACTERS_PER_TOKEN } from './tokens';

/** Answers without a model, and says so in every answer. */
export const standIn: Answerer = (question) => {
  const { modelId, region, inferenceConfig } = question;
  const text = `[stand-in for ${modelId} in ${region}; no model was called] You asked: ${lastText(question)}`;
  return Promise.resolve(endAt(text, inferenceConfig));
};

/** Ends a text where a model would have stopped: at the first stop sequence, or when its tokens are used up. */
export function endAt(
  text: string,
  limits: { readonly maxTokens?: number | undefined; readonly stopSequences?: readonly string[] | undefined },
): Required<Pick<Answer, 'text' | 'stopReason'>> {
  const room = (limits.maxTokens ?? Infinity) * CHARACTERS_PER_TOKEN;
  const stops = (limits.stopSequences ?? []).map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
  const stop = Math.min(...stops);
  if (stop < text.length && stop <= room) return { text: text.slice(0, stop), stopReason: 'stop_sequence' };
  if (text.length > room) return { text: cut(text, room), stopReason: 'max_tokens' };
  return { text, stopReason: 'end_turn' };
}

/** The first `length` UTF-16 units, or one less: it never cuts a surrogate pair in half. */
export function cut(text: string, length: number): string {
  const half = /[\uD800-\uDBFF]$/;
  return text.slice(0, length).replace(half, '');
}
