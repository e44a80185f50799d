import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import {
  BEFORE_RESET_MS,
  type FaultEffect,
  type StreamFate,
  untilAborted,
  withEffect,
} from '../../platform/faults/effects';
import type { Hangup, Reply } from '../../platform/http/server';
import { type Answerer, CHARACTERS_PER_TOKEN, cut, estimateTokens } from './answerer';
import { type ConverseCall, latencyMs, sleepPast, sleepUntil, takeTurn, type Turn } from './converse';

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
interface EventStream {
  readonly frames: AsyncIterable<Uint8Array>;
  /** how many there will be */
  readonly count: number;
}

async function* eventFrames(events: AsyncIterable<StreamEvent>): AsyncGenerator<Uint8Array> {
  for await (const event of events) yield eventFrame(event);
}

const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** One event of a response stream: its member's name in the service's model, and what it holds. */
interface StreamEvent {
  readonly type: string;
  readonly payload: object;
}

export const eventFrame = ({ type, payload }: StreamEvent): Buffer =>
  frame(headersOf(':event-type', 'event', type), payload);

/** An exception in the middle of a response whose status, 200, has been sent; it ends the stream. */
export const exceptionFrame = ({ type, payload }: StreamEvent): Buffer =>
  frame(headersOf(':exception-type', 'exception', type), payload);

/** Two lengths of four bytes, and their checksum. */
const PRELUDE_BYTES = 12;
const CHECKSUM_BYTES = 4;

/**
 * Lengths and their checksum, headers, payload, checksum of all. Written here, so that clients' decoder and this have
 * no mistake in common. https://smithy.io/2.0/aws/amazon-eventstream.html
 */
function frame(headers: Buffer, payload: object): Buffer {
  const body = Buffer.from(JSON.stringify(payload));
  const length = PRELUDE_BYTES + headers.length + body.length + CHECKSUM_BYTES;
  const bytes = Buffer.allocUnsafe(length);
  bytes.writeUInt32BE(length, 0);
  bytes.writeUInt32BE(headers.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.set(headers, PRELUDE_BYTES);
  bytes.set(body, PRELUDE_BYTES + headers.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -CHECKSUM_BYTES)), length - CHECKSUM_BYTES);
  return bytes;
}

/** An answer has many events of few types. */
const encoded = new Map<string, Buffer>();

function headersOf(typeHeader: string, messageType: string, type: string): Buffer {
  const known = encoded.get(`${messageType} ${type}`);
  if (known !== undefined) return known;
  const headers = { ':message-type': messageType, [typeHeader]: type, ':content-type': 'application/json' };
  const bytes = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  encoded.set(`${messageType} ${type}`, bytes);
  return bytes;
}

/** The format's number of a text, one of nine types of values. */
const STRING = 7;

/** Of ASCII, as all names and values here are. */
const header = (name: string, value: string): Buffer =>
  Buffer.from(
    `${String.fromCharCode(name.length)}${name}${String.fromCharCode(STRING, value.length >> 8, value.length & 0xff)}${value}`,
    'latin1',
  );

/**
 * Answers a request with a stream of events, under a fault's effect.
 * @param answer what the service would have answered
 * @param signal aborted when the caller has hung up
 * @throws AwsError of an `error` effect, and whatever `answer` throws
 */
export async function withStreamEffect(
  effect: FaultEffect | undefined,
  answer: () => Promise<EventStream>,
  signal: AbortSignal,
): Promise<Reply | Hangup> {
  switch (effect?.kind) {
    case 'stream':
      return reply(goingWrong(await answer(), effect.events, effect.fate, signal));
    case 'cut':
      return reply(cutInTheMiddle(await answer(), signal));
    case 'drip':
      return reply(drippingBytes(await answer(), effect.ms, signal));
    default:
      return withEffect(effect, async () => reply((await answer()).frames), signal);
  }
}

const reply = (body: AsyncIterable<Uint8Array>): Reply => ({
  status: 200,
  headers: { 'content-type': EVENT_STREAM },
  body,
});

/**
 * A stream that goes wrong after `events` of its events, or before its last one where it has fewer.
 * @param signal aborted when the caller has hung up
 */
async function* goingWrong(
  { frames, count }: EventStream,
  events: number,
  fate: StreamFate,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const good = Math.min(events, count - 1);
  let sent = 0;
  for await (const frame of frames) {
    if (sent === good) {
      if (fate === 'silence') await never(signal);
      if (fate === 'end') return;
      if (typeof fate === 'object') {
        yield exceptionFrame({ type: fate.type, payload: { message: fate.message } });
        return;
      }
    }
    yield sent === good ? withWrongChecksum(frame) : frame;
    sent += 1;
  }
}

/** The last four bytes of a frame are the checksum of all others. */
const withWrongChecksum = (frame: Uint8Array): Uint8Array =>
  frame.map((byte, at) => (at === frame.length - 1 ? byte ^ 0xff : byte));

/** Half of the events and half of the next one; then the connection is reset. */
async function* cutInTheMiddle(
  { frames, count }: EventStream,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let left = Math.floor(count / 2);
  for await (const frame of frames) {
    yield left > 0 ? frame : frame.subarray(0, frame.length / 2);
    if (left === 0) break;
    left -= 1;
  }
  await delay(BEFORE_RESET_MS, undefined, { signal });
  throw new Error('The stream ends here on purpose.');
}

/** A byte every `ms` milliseconds; the last event never ends. */
async function* drippingBytes(
  { frames, count }: EventStream,
  ms: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const frame of frames) {
    left -= 1;
    for (let at = 0; at < frame.length - (left === 0 ? 1 : 0); at += 1) {
      yield frame.subarray(at, at + 1);
      await delay(ms, undefined, { signal });
    }
  }
  await never(signal);
}

const never = (signal: AbortSignal): Promise<never> =>
  untilAborted(new Promise<never>(() => undefined), signal);
