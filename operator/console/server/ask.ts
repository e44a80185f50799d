import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { once } from 'node:events';
import { portBase, PORTS } from '@assistant/emulator';

const PASSED_ON = ['content-type', 'x-api-key'] as const;
/** What the assistant answered with. */
const STATUS_HEADER = 'x-assistant-status';

const PASSED_BACK = ['content-type', 'retry-after'] as const;

/**
 * Asks for the page at the name that callers use: its own port is another origin, and the assistant, a backend for
 * backends, has no CORS.
 * @param path `/` or `/stream`
 */
export async function ask(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => (request.headers[name] === undefined ? [] : [[name, request.headers[name]]])),
  );
  const port = portBase() + PORTS.failover;
  const onward = httpRequest({ host: '127.0.0.1', port, method: 'POST', path, headers, agent: false });
  response.once('close', () => onward.destroy());
  request.pipe(onward);
  const [answer] = (await once(onward, 'response')) as [IncomingMessage];
  for (const name of PASSED_BACK) {
    const value = answer.headers[name];
    if (value !== undefined) response.setHeader(name, value);
  }
  // Of the answer, not of asking for it: a refused question is none of the page's own failures.
  response.writeHead(200, { 'Cache-Control': 'no-store', [STATUS_HEADER]: answer.statusCode });
  // What breaks off in the middle is to be seen to.
  await pipeline(answer, response);
}
