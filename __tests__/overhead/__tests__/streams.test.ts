import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endOf, Readers } from '../streams/readers';

const end = (data: object) =>
  `event: delta\ndata: {"text":"so."}\n\nevent: end\ndata: ${JSON.stringify(data)}\n\n`;
const WHOLE = { complete: true, tier: 'primary', stopReason: 'max_tokens' };

it.each([
  ['whole', end(WHOLE), 'whole'],
  ['cut at its time', end({ ...WHOLE, stopReason: 'deadline' }), 'primary, deadline'],
  ['of another tier', end({ ...WHOLE, tier: 'fallback' }), 'fallback, max_tokens'],
  ['broken off', 'event: delta\ndata: {"text":"so."}\n\n', 'no end: event: delta'],
])('a stream that is %s counts as that', (_, tail, expected) => {
  expect(endOf(tail)).toContain(expected);
});

it('where a stream ends, the next begins; what is no whole answer is lost', async () => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume();
    if (asked === 2) response.writeHead(500).end('out of order');
    else if (asked <= 4) response.writeHead(200).end(end(WHOLE));
    else response.writeHead(200).write('event: delta\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const readers = new Readers({ url: `http://127.0.0.1:${port}/stream`, body: '{}', open: 3 });
  await readers.start();
  while (readers.read().open < 3 || asked < 7) await once(server, 'request');
  expect(readers.read()).toMatchObject({ begun: 7, whole: 3, lost: ['status 500: out of order'] });
  readers.stop();
  server.close();
});
