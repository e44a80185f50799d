import { EventStreamCodec } from '@smithy/core/event-streams';
import * as fc from 'fast-check';
import { eventFrame, exceptionFrame } from '../../../services/bedrock-runtime/converse-stream';

const decoder = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);

/** As the SDK's decoder, which checks both checksums, reads it. */
function decode(frame: Buffer): object {
  const { headers, body } = decoder.decode(frame);
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, { value }]) => [name, value])),
    payload: JSON.parse(Buffer.from(body).toString()) as unknown,
  };
}

it('whatever an event holds, a client reads it as it was', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('messageStart', 'contentBlockDelta'),
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      (type, text) => {
        expect(decode(eventFrame({ type, payload: { text } }))).toEqual({
          ':message-type': 'event',
          ':event-type': type,
          ':content-type': 'application/json',
          payload: { text },
        });
      },
    ),
  );
});

it('an exception is told from an event of the same name', () => {
  const same = { type: 'modelStreamErrorException', payload: { message: 'no' } };
  eventFrame(same);
  expect(decode(exceptionFrame(same))).toEqual({
    ':message-type': 'exception',
    ':exception-type': 'modelStreamErrorException',
    ':content-type': 'application/json',
    payload: { message: 'no' },
  });
});
