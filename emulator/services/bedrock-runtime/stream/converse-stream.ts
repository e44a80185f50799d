import type { Answerer } from '../answerer';
import { sleepPast, sleepUntil } from '../behaviour/sleep-until';
import { estimateTokens } from '../tokens';
import { latencyMs, takeTurn, type ConverseCall, type Turn } from '../turn';
import { chunksOf, type Chunk } from './chunks';
import { eventFrames, type EventStream, type StreamEvent } from './event-stream';

/** A model that speaks faster puts several tokens into one event. */
const EVENTS_PER_SECOND = 50;

/**
 * Answers one ConverseStream request.
 * @throws AwsError what is refused before the stream begins: see `converse`
 */
export async function converseStream(call: ConverseCall, answer: Answerer): Promise<EventStream> {
  const turn = await takeTurn(call, answer);
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
