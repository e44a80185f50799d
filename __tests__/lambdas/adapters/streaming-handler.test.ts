import { Writable } from 'node:stream';
import { streamingHandler } from '../../../lambdas/adapters/streaming-handler';
import type { ChatResponse, ProxyEvent } from '../../../lambdas/chat/http';

/** What Lambda's runtime has. */
beforeAll(() => {
  const awslambda = {
    streamifyResponse: (handler: unknown) => handler,
    HttpResponseStream: { from: (stream: unknown) => stream },
  };
  Object.assign(globalThis, { awslambda });
});
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Writes pieces to a caller who takes one in so many milliseconds. @returns how many until the caller is given up */
async function written(pieces: number, takesMs: number): Promise<number> {
  const slow = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, taken) => void setTimeout(taken, takesMs),
  });
  let count = 0;
  const speak = async (_: ProxyEvent, response: ChatResponse) => {
    response.begin(200, {});
    while (count < pieces && !response.left.aborted) {
      // As a heartbeat does, beside what is said.
      void response.write(':');
      await response.write('piece');
      count += 1;
    }
  };
  const handled = streamingHandler(speak)({} as ProxyEvent, slow, undefined);
  await jest.advanceTimersByTimeAsync(600_000);
  await handled;
  return count;
}

describe('a caller of a stream', () => {
  it('who is slow is waited for', async () => {
    expect(await written(10, 1_000)).toBe(10);
  });

  it('who takes nothing at all is given up after 30 s', async () => {
    expect(await written(10, 599_000)).toBe(1);
  });

  it('who takes a piece now and then is given up when all its waiting comes to 30 s', async () => {
    expect(await written(100, 4_000)).toBe(4);
  });
});
