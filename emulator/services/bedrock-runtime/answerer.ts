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

/** The text of the last message, which a valid conversation of one question ends with. */
export function lastText({ messages }: ConverseRequest): string {
  return (messages.at(-1)?.content ?? []).map(({ text }) => text).join('\n');
}
