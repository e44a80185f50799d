import * as sdk from '@aws-sdk/client-bedrock-runtime';
import * as fc from 'fast-check';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { chunksOf, eventFrame, exceptionFrame } from '../../../services/bedrock-runtime/converse-stream';
import type { InvokeAction } from '../../../services/bedrock-runtime/model-id';
import { HAIKU, Rig } from './fixture';

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function all(events: AsyncIterable<sdk.ConverseStreamOutput>): Promise<sdk.ConverseStreamOutput[]> {
  const collected = [];
  for await (const event of events) collected.push(event);
  return collected;
}
const textOf = (events: readonly sdk.ConverseStreamOutput[]): string =>
  events.map((event) => event.contentBlockDelta?.delta?.text ?? '').join('');
const names = (events: readonly sdk.ConverseStreamOutput[]): string[] =>
  events.flatMap((event) => Object.keys(event));

describe('ConverseStream over the real protocol', () => {
  it('says in events what Converse says at once', async () => {
    rig = await Rig.start();
    const events = await all(rig.stream());
    const { output, stopReason, usage } = await rig.converse();
    expect(textOf(events)).toBe(output?.message?.content?.[0]?.text);
    const deltas = events.filter((event) => event.contentBlockDelta);
    expect(deltas.length).toBe(usage?.outputTokens);
    expect(names(events)).toEqual([
      'messageStart',
      ...deltas.map(() => 'contentBlockDelta'),
      'contentBlockStop',
      'messageStop',
      'metadata',
    ]);
    expect(events.at(0)).toEqual({ messageStart: { role: 'assistant' } });
    expect(events.at(-2)).toEqual({ messageStop: { stopReason } });
    expect(events.at(-1)).toEqual({
      metadata: { usage, metrics: { latencyMs: expect.any(Number) as number } },
    });
  });

  it('has no content block for a model that says nothing', async () => {
    rig = await Rig.start({ answer: () => Promise.resolve({ text: '' }) });
    expect(names(await all(rig.stream()))).toEqual(['messageStart', 'messageStop', 'metadata']);
  });

  it('reassembles to any text', async () => {
    let text = '';
    const started = await Rig.start({ answer: () => Promise.resolve({ text }) });
    rig = started;
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 80 }), async (said) => {
        text = said;
        expect(textOf(await all(started.stream()))).toBe(said);
      }),
      { numRuns: 40 },
    );
  });

  it('says that maxTokens cut it', async () => {
    rig = await Rig.start();
    const events = await all(rig.stream({ inferenceConfig: { maxTokens: 3 } }));
    expect(textOf(events)).toHaveLength(12);
    expect(events.at(-2)).toEqual({ messageStop: { stopReason: 'max_tokens' } });
  });

  it.each([
    ['no message', { messages: [] }, sdk.ValidationException],
    ['a model that is gone', { modelId: 'amazon.titan-text-lite-v1' }, sdk.ResourceNotFoundException],
    ['no such model', { modelId: 'amazon.nova-9' }, sdk.ValidationException],
    [
      'more than the context window',
      { modelId: 'amazon.nova-micro-v1:0', system: [{ text: 'x'.repeat(520_000) }] },
      sdk.ValidationException,
    ],
  ])('refuses, before it begins, what Converse refuses: %s', async (_, input, Exception) => {
    rig = await Rig.start();
    await expect(all(rig.stream(input))).rejects.toBeInstanceOf(Exception);
    await expect(rig.converse(input)).rejects.toBeInstanceOf(Exception);
  });

  it('needs a permission of its own', async () => {
    const asked: (readonly [string, string, InvokeAction])[] = [];
    rig = await Rig.start({
      authorize: (...call) => {
        asked.push(call);
        if (call[2] === 'bedrock:InvokeModelWithResponseStream') {
          throw Object.assign(new Error('no streams for you'), { name: 'AccessDenied' });
        }
      },
    });
    await rig.converse();
    await expect(all(rig.stream())).rejects.toBeInstanceOf(sdk.AccessDeniedException);
    expect(asked).toEqual([
      ['AKIAROUTER', HAIKU, 'bedrock:InvokeModel'],
      ['AKIAROUTER', HAIKU, 'bedrock:InvokeModelWithResponseStream'],
    ]);
  });

  it('counts among the calls', async () => {
    rig = await Rig.start();
    await all(rig.stream());
    expect(rig.bedrock.calls().byModel).toEqual({ [HAIKU]: 1 });
  });
});

describe('the parts of a text', () => {
  it.each([
    ['', 1, []],
    ['abc', 1, ['abc']],
    ['abcdefghij', 1, ['abcd', 'efgh', 'ij']],
    ['abcdefghijklmnop', 2, ['abcd', 'efghijkl', 'mnop']],
    ['abc😀defg', 1, ['abc', '😀def', 'g']],
  ])('of %j, %s tokens each after the first: %j', (text, tokens, parts) => {
    expect(chunksOf(text, tokens).map((chunk) => chunk.text)).toEqual(parts);
  });

  it('are the whole text, none of them empty, of a token first and never more than asked for', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 20 }), (whole, size) => {
        const chunks = chunksOf(whole, size);
        expect(chunks.map((chunk) => chunk.text).join('')).toBe(whole);
        chunks.forEach((chunk, index) => {
          expect(chunk.text.length).toBeGreaterThan(0);
          expect(Buffer.from(chunk.text, 'utf8').toString('utf8')).toBe(chunk.text);
          expect(chunk.tokens).toBe(Math.min(1 + index * size, Math.ceil(whole.length / 4)));
        });
        expect(chunks[0]?.text.length ?? 0).toBeLessThanOrEqual(4);
      }),
    );
  });
});

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
