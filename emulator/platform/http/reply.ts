import type { ServerResponse } from 'node:http';
import { once } from 'node:events';

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as it is when a string, piece by piece when a StreamedBody, else as JSON */
  readonly body?: unknown;
}

/** A body in pieces. Where it throws, the connection is reset (RST): the headers are out already. */
export type StreamedBody = AsyncIterable<string | Uint8Array>;

/** @param signal aborted when the caller has hung up */
export function sendReply(response: ServerResponse, reply: Reply, signal: AbortSignal): void {
  const { status, headers, body } = reply;
  response.writeHead(status, headers);
  if (isStreamed(body)) void stream(response, body, signal);
  else response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
}

const isStreamed = (body: unknown): body is StreamedBody =>
  typeof body === 'object' && body !== null && Symbol.asyncIterator in body;

async function stream(response: ServerResponse, body: StreamedBody, signal: AbortSignal): Promise<void> {
  response.flushHeaders();
  try {
    for await (const piece of body) {
      // A body that took no notice of the hang-up would write to a connection that is gone.
      signal.throwIfAborted();
      if (!response.write(piece)) await once(response, 'drain', { signal });
    }
    response.end();
  } catch {
    response.socket?.resetAndDestroy();
  }
}
