import { EventStreamCodec } from '@smithy/core/event-streams';

/** One event of a response stream: its member's name in the service's model, and what it holds. */
export interface StreamEvent {
  readonly type: string;
  readonly payload: object;
}

/** A response that comes as events, each of them one frame of application/vnd.amazon.eventstream. */
export interface EventStream {
  readonly frames: AsyncIterable<Uint8Array>;
  /** how many there will be */
  readonly count: number;
}

export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

const codec = new EventStreamCodec(
  (input) => (typeof input === 'string' ? input : Buffer.from(input).toString('utf8')),
  (text) => new Uint8Array(Buffer.from(text, 'utf8')),
);

/** Source of the headers' names: Smithy specification, "Amazon Event Stream". */
const frame = (headers: Readonly<Record<string, string>>, payload: object): Uint8Array =>
  codec.encode({
    headers: Object.fromEntries(
      Object.entries({ ...headers, ':content-type': 'application/json' }).map(([name, value]) => [
        name,
        { type: 'string', value },
      ]),
    ),
    body: new Uint8Array(Buffer.from(JSON.stringify(payload), 'utf8')),
  });

export const eventFrame = ({ type, payload }: StreamEvent): Uint8Array =>
  frame({ ':message-type': 'event', ':event-type': type }, payload);

/** An exception in the middle of a response whose status, 200, has been sent; it ends the stream. */
export const exceptionFrame = ({ type, payload }: StreamEvent): Uint8Array =>
  frame({ ':message-type': 'exception', ':exception-type': type }, payload);

export async function* eventFrames(events: AsyncIterable<StreamEvent>): AsyncGenerator<Uint8Array> {
  for await (const event of events) yield eventFrame(event);
}
