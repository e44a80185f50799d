import type { StopReason } from '@aws-sdk/client-bedrock-runtime';
import type { ConverseRequest } from './converse-request';

/** A valid request, and where it arrived. */
export interface Question extends ConverseRequest {
  readonly modelId: string;
  readonly region: string;
  /** ID of the foundation model that a tuned one was made from; left out for what is no tuned model */
  readonly base?: string;
  /** how many tokens the answer is to have; left out where it is the answerer's affair, who may also ignore it */
  readonly outputTokens?: number;
}

export interface Answer {
  readonly text: string;
  /** default `end_turn` */
  readonly stopReason?: StopReason;
  /** estimated when left out */
  readonly inputTokens?: number;
  /** estimated when left out */
  readonly outputTokens?: number;
}

/**
 * What speaks in the model's place.
 * @param signal aborted once nobody waits for the answer any more
 */
export type Answerer = (question: Question, signal: AbortSignal) => Promise<Answer>;

/** What was asked, the latest first. */
const questions = ({ messages }: ConverseRequest): readonly string[] =>
  messages
    .filter(({ role }) => role === 'user')
    .map(({ content }) => content.map(({ text }) => text).join('\n'))
    .toReversed();

/** English text averages about four characters a token; the real count is the model's own. */
export const CHARACTERS_PER_TOKEN = 4;

export const estimateTokens = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN);

const HALF_OF_A_PAIR = /[\uD800-\uDBFF]$/;

/** The first `length` UTF-16 units, or one less: it never cuts a surrogate pair in half. */
export const cut = (text: string, length: number): string =>
  length < text.length ? text.slice(0, length).replace(HALF_OF_A_PAIR, '') : text;

/** What a question asks to be begun with, as models do. */
const BEGINNING = /<begin_with>(.*)<\/begin_with>/s;

/**
 * Answers without a model, and says so in every answer; one of a given length is continued with filler, or cut. What it
 * was told of the conversation, it says as well.
 */
export const standIn: Answerer = (question) => {
  const { modelId, region, base } = question;
  if (base === undefined) return Promise.resolve(answerFor(`${modelId} in ${region}`, question));
  const answer = answerFor(`the tuned model ${modelId}, made from ${base}, in ${region}`, question);
  // Nothing was tuned: it takes as many tokens as the base model by its profile, though it has a longer name.
  const { text } = answerFor(`us.${base} in ${region}`, question);
  return Promise.resolve({ ...answer, outputTokens: estimateTokens(text) });
};

function answerFor(subject: string, question: Question): ReturnType<typeof endAt> {
  const [asked = '', ...before] = questions(question);
  const said = [`You asked: ${asked}`, ...before.map((text) => `Before that: ${text}`)].join('\n');
  const beginning = BEGINNING.exec(asked)?.[1] ?? '';
  const sentence = `${beginning}[stand-in for ${subject}; no model was called] ${said}`;
  const { outputTokens, inferenceConfig } = question;
  const text =
    outputTokens === undefined ? sentence : ofLength(sentence, outputTokens * CHARACTERS_PER_TOKEN);
  return endAt(text, inferenceConfig);
}

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
