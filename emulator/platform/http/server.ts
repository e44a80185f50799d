import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from './aws-error';
import { refuseForeignPage } from './foreign-page';
import { LoopbackServer } from './loopback-server';

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

interface AwsServerOptions extends ErrorFormat {
  readonly handle: Handler;
  readonly maxBodyBytes: number;
}

/** An HTTP/1.1 server on the loopback address that speaks AWS's JSON protocols. */
export class AwsServer {
  private readonly server = new LoopbackServer((message, response) => {
    void this.serve(message, response);
  });

  constructor(private readonly options: AwsServerOptions) {}

  /** @returns its URL, without a slash at the end */
  listen(port = 0): Promise<string> {
    return this.server.listen(port);
  }

  /** Ends every connection, also those it never meant to answer. */
  close(): Promise<void> {
    return this.server.close();
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const hungUp = new AbortController();
    response.on('close', () => {
      // An answered call has nobody left to tell, and an abort costs an exception with its stack.
      if (!response.writableFinished) hungUp.abort();
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
      refuseForeignPage(message.headers);
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

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as it is when a string, piece by piece when a StreamedBody, else as JSON */
  readonly body?: unknown;
}

/** A body in pieces. Where it throws, the connection is reset (RST): the headers are out already. */
type StreamedBody = AsyncIterable<string | Uint8Array>;

/** @param signal aborted when the caller has hung up */
export function sendReply(response: ServerResponse, reply: Reply, signal: AbortSignal): void {
  const { status, headers, body } = reply;
  if (body === undefined || isStreamed(body)) {
    response.writeHead(status, headers);
    if (body === undefined) response.end();
    else void stream(response, body, signal);
    return;
  }
  // A string would be sent together with the headers, and these in its encoding.
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  response.writeHead(status, { 'content-length': bytes.length, ...headers }).end(bytes);
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

/**
 * Reads a request's body.
 * @throws AwsError 413 once it is longer than `maxBytes`
 */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    // The rest is read and dropped: a client still writing would never see the answer.
    if (length <= maxBytes) chunks.push(chunk);
  }
  if (length > maxBytes) {
    throw new AwsError(
      413,
      'RequestEntityTooLargeException',
      `The request body of ${length} bytes is larger than the maximum of ${maxBytes} bytes.`,
    );
  }
  return Buffer.concat(chunks);
}

/**
 * Parses a JSON body.
 * @throws AwsError 400 SerializationException
 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError(400, 'SerializationException', 'The request body is not valid JSON.');
  }
}

/** How a service's protocol writes an error; the names are Smithy's. */
export interface ErrorFormat {
  /** `restJson1` names the exception in a header, `awsJson1_0` in the body; default: `restJson1` */
  readonly protocol?: 'restJson1' | 'awsJson1_0';
  /** name of the member that holds an error's message; services differ; default: `message` */
  readonly messageMember?: 'message' | 'Message';
}

/** @param error what a handler threw; anything but an AwsError is a defect, and answered as one: 500 */
function errorReply(error: unknown, { protocol, messageMember = 'message' }: ErrorFormat): Reply {
  const { status, type, message, members, headers } = error instanceof AwsError ? error : defect(error);
  const body = { [messageMember]: message, ...members };
  return protocol === 'awsJson1_0'
    ? {
        status,
        headers: { 'content-type': 'application/x-amz-json-1.0', ...headers },
        body: { __type: type, ...body },
      }
    : { status, headers: { 'x-amzn-errortype': type, ...headers }, body };
}

const defect = (error: unknown): AwsError =>
  new AwsError(500, 'InternalServerException', error instanceof Error ? error.message : String(error));
