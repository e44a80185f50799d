import { lastText, type Answer, type Answerer, type Question } from './answerer';
import { cut } from './cut';
import { CHARACTERS_PER_TOKEN } from './tokens';

/** Answers without a model, and says so in every answer; one of a given length is continued with filler, or cut. */
export const standIn: Answerer = (question) => {
  const sentence = `[stand-in for ${subject(question)}; no model was called] You asked: ${lastText(question)}`;
  const { outputTokens, inferenceConfig } = question;
  const text =
    outputTokens === undefined ? sentence : ofLength(sentence, outputTokens * CHARACTERS_PER_TOKEN);
  return Promise.resolve(endAt(text, inferenceConfig));
};

const subject = ({ modelId, region, base }: Question): string =>
  base === undefined
    ? `${modelId} in ${region}`
    : `the tuned model ${modelId}, made from ${base}, in ${region}`;

const FILLER = ' This sentence of the stand-in only fills the length.';

function ofLength(sentence: string, length: number): string {
  const missing = Math.max(0, length - sentence.length);
  return cut(sentence + FILLER.repeat(Math.ceil(missing / FILLER.length)), length);
}

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
