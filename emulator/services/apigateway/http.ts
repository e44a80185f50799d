import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FaultEffect, Intercept } from '../../platform/faults/effects';
import { KEEP_ALIVE_MS } from '../../platform/http/server';
import type { Span, TraceHeader } from '../xray/segment';

/** A request as API Gateway's edge hands it on. */
export interface ApiRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Default: the loopback address. */
  readonly sourceIp?: string;
  /** The API's own part in the request's trace, once it is there. */
  readonly trace?: Span;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** In place of the body: what comes piece by piece. Whoever does not read it to its end destroys it. */
  readonly stream?: Readable;
}

/** One service action behind an `AWS` integration, as HTTP: what API Gateway's service integration receives. */
export type ServiceAction = (call: {
  /** ARN of the role that the integration names. */
  readonly credentials: string;
  readonly body: string;
  readonly trace?: TraceHeader | undefined;
  /** Aborted at the integration's timeout. */
  readonly signal: AbortSignal;
}) => Promise<BackendResponse>;

/** Invokes a function with the rights of a role, and with a response stream. @throws what keeps it from being invoked */
export type InvokeWithResponseStream = (call: {
  readonly credentials: string;
  readonly functionArn: string;
  readonly event: object;
  readonly trace?: TraceHeader | undefined;
}) => Promise<Readable>;

export interface BackendResponse {
  readonly status: number;
  readonly body: string;
}

/**
 * The media type without its parameters, which templates and models are chosen by. A payload is read as UTF-8 whatever
 * `charset` says: of text without binary media types, AWS hands on a "UTF8-encoded string"
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html). Whether
 * another charset is refused there, is not known: here, only a payload that is written in one is, since it is no JSON.
 */
export const mediaTypeOf = (headers: ApiRequest['headers']): string =>
  // API Gateway takes a payload without Content-Type for JSON.
  (headers['content-type'] ?? 'application/json').split(';', 1).join().trim().toLowerCase();

/** API Gateway's quota for a payload, in bytes. */
const MAX_PAYLOAD_BYTES = 10 * 1024 * 1024;

/**
 * What a larger payload gets, whatever gateway response an API has for REQUEST_TOO_LARGE, which is of those that Lambda
 * does not take: https://github.com/koki-develop/lgtm-generator/issues/10, https://github.com/reapit/foundations/issues/4338.
 * That the API is not asked, its firewall and throttles included, and counts nothing, is assumed.
 */
const TOO_LARGE: ApiResponse = {
  status: 413,
  headers: { 'content-type': 'text; charset=utf-8' },
  body: `HTTP content length exceeded ${MAX_PAYLOAD_BYTES} bytes.`,
};

/** API Gateway's quota for the request line and all headers, in bytes. */
const MAX_HEADER_BYTES = 10_240;

export interface Listener {
  /** E.g. `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Resets all connections, whatever is under way. */
  drop(): void;
  /** Takes no more requests, and resolves when those under way are answered. */
  close(): Promise<void>;
}

interface Api {
  handle(request: ApiRequest): Promise<ApiResponse>;
}

interface ListenOptions {
  readonly host?: string;
  /** What is wrong with a request's way to the API; default: nothing. */
  readonly intercept?: Intercept;
}

/**
 * Serves an API over HTTP/1.1 with keep-alive.
 *
 * @param port 0 for any that is free
 */
export async function listenRestApi(
  api: Api,
  port: number,
  { host = '127.0.0.1', intercept }: ListenOptions = {},
): Promise<Listener> {
  const options = { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS };
  const underWay = new Set<ServerResponse>();
  const server = createServer(options, (message, response) => {
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
    const effect = intercept?.();
    const answering =
      effect === undefined ? serve(api, message, response) : serveFault(effect, message, response);
    answering.catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    drop: () => {
      server.closeAllConnections();
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      await Promise.all([...underWay].map((response) => new Promise((done) => response.once('close', done))));
      // A connection that asks for nothing would be waited for.
      server.closeAllConnections();
      await closed;
    },
  };
}

async function serve(api: Api, message: IncomingMessage, response: ServerResponse): Promise<void> {
  // A request may name the whole URL (RFC 9112, section 3.2.2).
  const target = (message.url ?? '/').replace(/^https?:\/\/[^/?]*\/?/i, '/');
  const [path = '/', query = ''] = target.split(/\?(.*)/s, 2);
  const body = await readBody(message);
  if (body.length > MAX_PAYLOAD_BYTES) {
    send(response, TOO_LARGE);
    return;
  }
  const answer = await api.handle({
    method: message.method ?? 'GET',
    path,
    query,
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
    ),
    body,
    sourceIp: message.socket.remoteAddress ?? '',
  });
  if (answer.stream === undefined) send(response, answer);
  else await sendStream(response, answer.status, answer.headers, answer.stream);
}

/** A stream that breaks off breaks off its response, and a caller who hangs up ends the stream. */
async function sendStream(
  response: ServerResponse,
  status: number,
  headers: ApiResponse['headers'],
  stream: Readable,
): Promise<void> {
  response.writeHead(status, headers);
  await pipeline(stream, response).catch(() => undefined);
}

/** The service's own error, or a connection that ends without an answer. */
async function serveFault(
  effect: FaultEffect,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (effect.kind !== 'error') throw new Error('The region does not answer.');
  await readBody(message);
  send(response, {
    status: effect.status,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': effect.type },
    body: JSON.stringify({ message: effect.message }),
  });
}

function send(response: ServerResponse, { status, headers, body }: ApiResponse): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Of a payload that is too large, only as much is kept as shows that it is. */
function readBody(message: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    message.on('data', (chunk: Buffer) => {
      if (size <= MAX_PAYLOAD_BYTES) chunks.push(chunk);
      size += chunk.length;
    });
    message.once('end', () => {
      resolve(Buffer.concat(chunks));
    });
    message.once('error', reject);
  });
}
