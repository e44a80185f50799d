import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError } from './aws-error';
import { readBody } from './body';

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

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as it is when a string, else as JSON */
  readonly body?: unknown;
}

/** No answer at all: the connection stays open in silence, or is reset (RST) before any byte. */
export type Hangup = 'silence' | 'reset';

export type Handler = (request: AwsRequest) => Promise<Reply | Hangup> | Reply | Hangup;

export interface AwsServerOptions {
  readonly handle: Handler;
  readonly maxBodyBytes: number;
  /** name of the member that holds an error's message; services differ */
  readonly messageMember?: 'message' | 'Message';
}

/** An HTTP/1.1 server on the loopback address that speaks AWS's REST JSON protocol. */
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
    const requestId = randomUUID();
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
      else if (outcome !== 'silence') send(response, requestId, outcome);
    } catch (error) {
      if (!response.destroyed) send(response, requestId, this.errorReply(error));
    }
  }

  private errorReply(error: unknown): Reply {
    const { status, type, message, members } =
      error instanceof AwsError
        ? error
        : new AwsError(
            500,
            'InternalServerException',
            error instanceof Error ? error.message : String(error),
          );
    return {
      status,
      headers: { 'x-amzn-errortype': type },
      body: { [this.options.messageMember ?? 'message']: message, ...members },
    };
  }
}

function send(response: ServerResponse, requestId: string, { status, headers, body }: Reply): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...headers,
  });
  response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
}
