import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from './body';
import { errorReply, type ErrorFormat } from './error-reply';
import { sendReply, type Reply } from './reply';

export type { Reply } from './reply';

export interface AwsRequest {
  readonly method: string;
  /** path still percent-encoded, so that an encoded `/` stays inside its segment */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** aborted when the caller hangs up or the server closes */
  readonly signal: AbortSignal;
}

/** No answer at all: the connection stays open in silence, or is reset (RST) before any byte. */
export type Hangup = 'silence' | 'reset';

export type Handler = (request: AwsRequest) => Promise<Reply | Hangup> | Reply | Hangup;

export interface AwsServerOptions extends ErrorFormat {
  readonly handle: Handler;
  readonly maxBodyBytes: number;
}

/** An HTTP/1.1 server on the loopback address that speaks AWS's JSON protocols. */
export class AwsServer {
  private readonly server = createServer((message, response) => {
    void this.serve(message, response);
  });

  constructor(private readonly options: AwsServerOptions) {}

  /** @returns its URL, without a slash at the end */
  async listen(port = 0): Promise<string> {
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends every connection, also those it never meant to answer. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const hungUp = new AbortController();
    response.on('close', () => {
      hungUp.abort();
    });
    const send = (reply: Reply): void => {
      const headers = {
        'content-type': 'application/json',
        'x-amzn-requestid': randomUUID(),
        ...reply.headers,
      };
      sendReply(response, { ...reply, headers }, hungUp.signal);
    };
    try {
      const url = new URL(message.url ?? '/', 'http://localhost');
      const outcome = await this.options.handle({
        method: message.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: message.headers,
        body: await readBody(message, this.options.maxBodyBytes),
        signal: hungUp.signal,
      });
      if (outcome === 'reset') message.socket.resetAndDestroy();
      else if (outcome !== 'silence') send(outcome);
    } catch (error) {
      if (!response.destroyed) send(errorReply(error, this.options));
    }
  }
}
