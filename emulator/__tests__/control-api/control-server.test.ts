import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { createControlServer, type Page } from '../../control-api/control-server';
import { CONTROL_ROUTES } from '../../control-api/ports';
import { Faults } from '../../platform/faults/faults';

const page: Page = (_, response) => {
  response.end('the page');
};

let server: FastifyInstance | undefined;
afterEach(() => server?.close());

/** Nothing of a system but its faults: what is refused asks for no more. */
async function start(shown?: Page): Promise<number> {
  const options = { regions: [], faults: new Faults(), bedrock: { kind: 'stand-in' }, page: shown };
  server = createControlServer(options as unknown as Parameters<typeof createControlServer>[0]);
  await server.listen({ host: '127.0.0.1', port: 0 });
  return (server.server.address() as AddressInfo).port;
}

/** Sends what no client would. */
async function send(port: number, request: string) {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(request);
  const answer = await text(socket);
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]),
    allow: /^allow: (.*)\r$/im.exec(answer)?.[1],
    body: answer.slice(answer.indexOf('\r\n\r\n') + 4),
  };
}

const line = (start: string, more = '') =>
  `${start} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`;
const LARGE = `Content-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`;

describe.each([
  ['without a page', undefined],
  ['with a page', page],
])('%s', (_, shown) => {
  it.each([
    ['a path with a slash at its end', line('GET /status/'), 404, 'not_found', undefined],
    ['a path below another', line('GET /status/x?y=z'), 404, 'not_found', undefined],
    ['a method that the path does not take', line('POST /status'), 405, 'method_not_allowed', 'GET, HEAD'],
    ['a method of another path', line('PATCH /faults/1'), 405, 'method_not_allowed', 'DELETE'],
    [
      'a method that HTTP has for others',
      line('PROPFIND /models'),
      405,
      'method_not_allowed',
      'POST, GET, HEAD, DELETE',
    ],
    ['a broken percent-encoding', line('DELETE /faults/%zz'), 400, 'invalid_request', undefined],
    ['a body that is too large', line('POST /faults', LARGE), 413, 'invalid_request', undefined],
    ['what is no JSON', line('POST /faults', 'Content-Length: 1\r\n\r\n{'), 400, 'InvalidFault', undefined],
    ['a foreign page', line('GET /status', 'Origin: http://evil.example\r\n'), 403, 'forbidden', undefined],
    ['what is no HTTP', 'HELO\r\n\r\n', 400, 'invalid_request', undefined],
    [
      'headers without end',
      line('GET /status', `X: ${'x'.repeat(20_000)}\r\n`),
      431,
      'invalid_request',
      undefined,
    ],
  ])('refuses %s with a code and what to do', async (_what, request, status, code, allow) => {
    const answer = await send(await start(shown), request);
    const { error } = JSON.parse(answer.body) as { error: { code: string; message: string } };
    expect([answer.status, error.code, answer.allow]).toEqual([status, code, allow]);
    expect(error.message).toMatch(/\w.*[.:]/);
  });
});

it('names its routes where it has none, unless a page has it', async () => {
  const none = await send(await start(), line('GET /nowhere'));
  expect(JSON.parse(none.body)).toEqual({
    error: {
      code: 'not_found',
      message: `There is no /nowhere. The control port has ${CONTROL_ROUTES.join(', ')}.`,
    },
  });
  await server?.close();
  expect(await send(await start(page), line('GET /nowhere'))).toMatchObject({ status: 200 });
});
