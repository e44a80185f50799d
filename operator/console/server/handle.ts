import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Page } from '@assistant/emulator';
import { asset, isAsset } from './assets';
import type { Live } from './live';

/** Nothing from elsewhere, nothing inline; nobody frames it. */
const POLICY = [
  "default-src 'none'",
  ...['script-src', 'style-src', 'connect-src', 'img-src'].map((of) => `${of} 'self'`),
  ...['frame-ancestors', 'base-uri', 'form-action'].map((of) => `${of} 'none'`),
].join('; ');

const HEADERS = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

/** A ModelConfig has 32,768 characters at most, a question with its history some more. */
const MAX_BODY_BYTES = 512 * 1024;

const REPORT = /^\/console\/reports\/(drill-[\w-]+\.html)$/;

/** All that a page needs once it is shown. */
export interface Core {
  readonly live: Live;
  /** What it can do; a deployment is only looked at. */
  readonly tools?: {
    /** A page of another program on this machine cannot read it, and without it changes nothing. */
    readonly token: string;
    /** The folder of the reports. */
    readonly results: string;
    readonly ask: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;
    readonly act: (method: string, path: string, body: unknown) => Promise<readonly [number, unknown]>;
    readonly describe: (error: unknown) => string;
  };
}

/** The console at a port whose rules (loopback, Host, Origin) hold before this is asked. */
export const createHandle =
  (core: () => Promise<Core>): Page =>
  (request, response) => {
    respond(request, response, core).catch((error: unknown) => {
      refuse(response, error, core).catch(() => response.destroy());
    });
  };

let loaded: Promise<Core> | undefined;

/** At the control port. The operator's own code and the AWS SDK are loaded while the page is shown. */
export const handle = createHandle(
  () => (loaded ??= import('./core.ts').then(({ createCore }) => createCore())),
);

const NOT_FOUND = { error: { code: 'not_found', message: 'There is no such path.' } };

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  core: () => Promise<Core>,
): Promise<void> {
  const { method = '', url = '' } = request;
  const path = url.replace(/\?.*$/, '');
  if (method === 'GET' && isAsset(path)) {
    // It will be asked for next.
    if (path === '/') asset('/console/main.js').catch(() => undefined);
    await sendAsset(request, response, path);
    return;
  }
  if (!path.startsWith('/console/')) {
    sendJson(response, 404, NOT_FOUND);
    return;
  }
  const { live, tools } = await core();
  if (method === 'GET' && path === '/console/live') {
    live.join(response);
  } else if (tools === undefined) {
    sendJson(response, 404, NOT_FOUND);
  } else if (method === 'GET' && REPORT.test(path)) {
    const file = join(tools.results, REPORT.exec(path)?.[1] ?? '');
    // Its own policy, which is as strict, is in it: its style is inline.
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(await readFile(file));
  } else if (method !== 'GET' && request.headers['x-console-token'] !== tools.token) {
    const message = 'The system was started anew: load the page again.';
    sendJson(response, 403, { error: { code: 'forbidden', message } });
  } else if (method === 'POST' && path.startsWith('/console/ask/')) {
    await tools.ask(request, response, path.slice('/console/ask'.length));
  } else {
    const body = await readBody(request);
    const [status, answer] = await tools.act(method, path.slice('/console/'.length), body);
    sendJson(response, status, answer);
  }
}

async function sendAsset(
  { headers }: IncomingMessage,
  response: ServerResponse,
  path: Parameters<typeof asset>[0],
): Promise<void> {
  const { type, gzipped } = await asset(path);
  const takesGzip = headers['accept-encoding']?.includes('gzip') ?? false;
  response.writeHead(200, {
    ...HEADERS,
    'Content-Type': type,
    ...(takesGzip && { 'Content-Encoding': 'gzip' }),
  });
  response.end(takesGzip ? gzipped : gunzipSync(gzipped));
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw new Error('It is too large.');
  const body = await text(request);
  return body === '' ? undefined : (JSON.parse(body) as unknown);
}

function sendJson(response: ServerResponse, status: number, answer: unknown): void {
  response.writeHead(status, { ...HEADERS, 'Content-Type': 'application/json' });
  response.end(JSON.stringify(answer ?? {}));
}

async function refuse(response: ServerResponse, error: unknown, core: () => Promise<Core>): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { tools } = await core();
  const message = tools?.describe(error) ?? 'It failed.';
  sendJson(response, 400, { error: { code: 'invalid_request', message } });
}
