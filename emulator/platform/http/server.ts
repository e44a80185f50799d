import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { asAwsError, AwsError } from './aws-error';

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

/**
 * For so long a connection may be idle. Node's own five seconds are over while a busy machine, or one that has slept,
 * sends a request on it. How long AWS's services wait is unknown.
 */
export const KEEP_ALIVE_MS = 60_000;

/** An HTTP/1.1 server on the loopback address. */
export class LoopbackServer {
  private readonly server;

  /** @param requestTimeoutMs for a request to arrive whole; by default Node's five minutes, 0 for ever */
  constructor(listener: RequestListener, requestTimeoutMs?: number) {
    const limit = requestTimeoutMs === undefined ? {} : { requestTimeout: requestTimeoutMs };
    this.server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, ...limit }, listener);
  }

  /** @returns its URL, without a slash at the end. @throws Error with `code` EADDRINUSE */
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
}

/** One that speaks AWS's JSON protocols. */
export class AwsServer extends LoopbackServer {
  constructor(options: AwsServerOptions) {
    const { handle, maxBodyBytes, protocol = 'restJson1' } = options;
    super((message, response) => {
      void respond(message, response, {
        headers: { 'content-type': CONTENT_TYPES[protocol], 'x-amzn-requestid': randomUUID() },
        answer: async (signal) => {
          const url = urlOf(message);
          return handle({
            method: message.method ?? '',
            path: url.pathname,
            query: url.searchParams,
            headers: message.headers,
            body: await readBody(message, maxBodyBytes),
            signal,
          });
        },
        refuse: (error) => errorReply(error, options),
      });
    });
  }
}

interface Answering {
  /** of each reply that has not its own */
  readonly headers: Readonly<Record<string, string>>;
  /** @param signal aborted when the caller hangs up or the server closes */
  readonly answer: (signal: AbortSignal) => Promise<Reply | Hangup>;
  /** Words what `answer` throws. */
  readonly refuse: (error: unknown) => Reply;
}

/** Answers a request, unless a page has sent it, or nobody waits any more. */
export async function respond(
  message: IncomingMessage,
  response: ServerResponse,
  { headers, answer, refuse }: Answering,
): Promise<void> {
  const hungUp = new AbortController();
  response.on('close', () => {
    // An answered call has nobody left to tell, and an abort costs an exception with its stack.
    if (!response.writableFinished) hungUp.abort();
  });
  const send = (reply: Reply): void => {
    sendReply(response, { ...reply, headers: { ...headers, ...reply.headers } }, hungUp.signal);
  };
  try {
    refuseForeignPage(message.headers);
    const outcome = await answer(hungUp.signal);
    if (outcome === 'reset') message.socket.resetAndDestroy();
    else if (outcome !== 'silence') send(outcome);
  } catch (error) {
    if (!response.destroyed) send(refuse(error));
  }
}

/** @throws AwsError 400 for what is no URL; AWS's words for it are not known */
function urlOf({ url = '/' }: IncomingMessage): URL {
  try {
    return new URL(url, 'http://localhost');
  } catch {
    throw new AwsError(400, 'ValidationException', 'The path of the request is not valid.');
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
function sendReply(response: ServerResponse, reply: Reply, signal: AbortSignal): void {
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

/** By the names that Smithy has for protocols. */
const CONTENT_TYPES = {
  restJson1: 'application/json',
  awsJson1_0: 'application/x-amz-json-1.0',
  awsJson1_1: 'application/x-amz-json-1.1',
} as const;

/** How a service's protocol writes an error. */
export interface ErrorFormat {
  /** `restJson1` names the exception in a header, the others in the body; default: `restJson1` */
  readonly protocol?: keyof typeof CONTENT_TYPES;
  /** name of the member that holds an error's message; services differ; default: `message` */
  readonly messageMember?: 'message' | 'Message';
}

/** @param error what a handler threw; anything but an AwsError is a defect, and answered as one: 500 */
function errorReply(
  error: unknown,
  { protocol = 'restJson1', messageMember = 'message' }: ErrorFormat,
): Reply {
  const { status, type, message, members, headers } = asAwsError(error, 'InternalServerException');
  const body = { [messageMember]: message, ...members };
  return protocol === 'restJson1'
    ? { status, headers: { 'x-amzn-errortype': type, ...headers }, body }
    : { status, headers, body: { __type: type, ...body } };
}

const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

const REFUSAL = {
  error: {
    code: 'forbidden',
    message:
      'This port is for this machine alone: use localhost or 127.0.0.1, and no page of another origin.',
  },
} as const;

/**
 * What a request gets, with status 403, that a web page in a browser on this machine may have sent: by its own Origin,
 * or by a name of its own that it lets point to the loopback address. API Gateway asks neither, but has no developer's
 * money behind a port that every page can reach.
 *
 * @param names besides the loopback address's, as which the port may be asked
 */
export function foreignPageRefusal(
  { host = '', origin }: Pick<IncomingHttpHeaders, 'host' | 'origin'>,
  names: readonly string[] = [],
): typeof REFUSAL | undefined {
  const isKnown = (url: string) => [...LOOPBACK_NAMES, ...names].includes(hostnameOf(url));
  const isForeign = !isKnown(`http://${host}`) || (origin !== undefined && !isKnown(origin));
  return isForeign ? REFUSAL : undefined;
}

/**
 * The same at a port of a service: what signs, with whatever secret, is taken, and so is a page that has let a name of
 * its own point here. @throws AwsError 403
 */
export function refuseForeignPage(headers: IncomingHttpHeaders): void {
  const refusal = foreignPageRefusal(headers);
  if (refusal) throw new AwsError(403, 'AccessDeniedException', refusal.error.message);
}

/** Empty for what is no URL, such as the origin `null`. */
function hostnameOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}
