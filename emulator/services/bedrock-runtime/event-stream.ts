import { crc32 } from 'node:zlib';

export const EVENT_STREAM = 'application/vnd.amazon.eventstream';

/** One event of a response stream: its member's name in the service's model, and what it holds. */
export interface StreamEvent {
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
