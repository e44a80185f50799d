import { type Answerer, CHARACTERS_PER_TOKEN, cut, estimateTokens } from './answerer';
import { type ConverseCall, latencyMs, sleepPast, sleepUntil, takeTurn, type Turn } from './converse';
import { eventFrame, type StreamEvent } from './event-stream';

/** A model that speaks faster puts several tokens into one event. */
const EVENTS_PER_SECOND = 50;

/**
 * Answers one ConverseStream request.
 * @throws AwsError what is refused before the stream begins: see `converse`
 */
export async function converseStream(call: ConverseCall, answer: Answerer): Promise<EventStream> {
  const { passed = '', ...judged } = await takeTurn(call, answer);
  const turn = { ...judged, text: passed + judged.text };
  const { tokensPerSecond = 0 } = turn.schedule;
  const chunks = chunksOf(turn.text, Math.max(1, Math.round(tokensPerSecond / EVENTS_PER_SECOND)));
  const enclosing = chunks.length === 0 ? 3 : 4;
  return { count: enclosing + chunks.length, frames: eventFrames(events(call, turn, chunks)) };
}

/** Text has no contentBlockStart, and a model that says nothing no content block. */
async function* events(
  call: ConverseCall,
  { text, stopReason, usage, schedule }: Turn,
  chunks: readonly Chunk[],
): AsyncGenerator<StreamEvent> {
  const { signal } = call;
  // Ahead of the first token: who takes any event for the first token measures nothing.
  yield { type: 'messageStart', payload: { role: 'assistant' } };
  await sleepUntil(schedule.said(1), signal);
  for (const chunk of chunks) {
    await sleepPast(schedule.said(chunk.tokens), signal);
    yield { type: 'contentBlockDelta', payload: { contentBlockIndex: 0, delta: { text: chunk.text } } };
  }
  await sleepUntil(schedule.end(estimateTokens(text)), signal);
  if (chunks.length > 0) yield { type: 'contentBlockStop', payload: { contentBlockIndex: 0 } };
  yield { type: 'messageStop', payload: { stopReason } };
  yield { type: 'metadata', payload: { usage, metrics: { latencyMs: latencyMs(call) } } };
}

/** A part of a text, sent as one event. */
interface Chunk {
  readonly text: string;
  /** tokens of the text up to and with this part */
  readonly tokens: number;
}

/**
 * Splits a text into its first token and then parts of `tokensPerChunk` tokens; none for an empty one. No part ends
 * within a surrogate pair, since half of one has no place in UTF-8.
 * @param tokensPerChunk a whole number, 1 or more
 */
export function chunksOf(text: string, tokensPerChunk: number): Chunk[] {
  const chunks: Chunk[] = [];
  const all = estimateTokens(text);
  for (let start = 0, tokens = 1; start < text.length; tokens += tokensPerChunk) {
    const end = cut(text, tokens * CHARACTERS_PER_TOKEN).length;
    chunks.push({ text: text.slice(start, end), tokens: Math.min(tokens, all) });
    start = end;
  }
  return chunks;
}

/** A response that comes as events, each of them one frame of application/vnd.amazon.eventstream. */
export interface EventStream {
  readonly frames: AsyncIterable<Uint8Array>;
  /** how many there will be */
  readonly count: number;
}

async function* eventFrames(events: AsyncIterable<StreamEvent>): AsyncGenerator<Uint8Array> {
  for await (const event of events) yield eventFrame(event);
}
