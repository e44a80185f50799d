import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Conversations } from '../../drill/conversations';

const FROM = { region: 'us-east-1', tier: 'primary' };
const KEPT = { context: { turns: 2, trimmed: 1 }, conversation: { id: 'c', stored: true } };
const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const START = event('start', FROM) + event('delta', { text: 'Hel' });

/** Lets the first two conversations, of which the second streams, take a turn each with a server that does so. */
async function turns(listener: RequestListener) {
  const bodies: unknown[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      bodies.push([request.url, JSON.parse(body)]);
      listener(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const conversations = new Conversations();
  const [whole, streamed] = [conversations.next(), conversations.next()];
  try {
    const answers = [await whole.ask(url), await streamed.ask(url), await streamed.ask(url)];
    return { answers, bodies };
  } finally {
    server.close();
  }
}

const speak =
  (stream: string | undefined): RequestListener =>
  (request, response) => {
    if (request.url === '/stream') response.setHeader('Content-Type', 'text/event-stream');
    if (request.url === '/stream' && stream !== undefined) response.end(stream);
    else if (request.url === '/stream') response.write(START, () => request.socket.resetAndDestroy());
    else response.end(JSON.stringify({ ...FROM, ...KEPT }));
  };
const answered = (conversation: number) => ({
  status: 200,
  answerer: FROM,
  turn: { conversation, told: 3, stored: true },
});

describe('a client of conversations', () => {
  it('goes on by the id that it was given, whether it reads along or not', async () => {
    const { answers, bodies } = await turns(
      speak(START + event('end', { complete: true, ...FROM, ...KEPT })),
    );
    expect(answers).toEqual([answered(1), answered(2), answered(2)]);
    expect(bodies).toEqual([
      ['/', expect.objectContaining({ conversation: 'new' })],
      ['/stream', expect.objectContaining({ conversation: 'new' })],
      ['/stream', expect.objectContaining({ conversationId: 'c' })],
    ]);
  });

  it.each([
    ['without its last event', START, { error: 'stream cut' }],
    ['of nothing', '', { error: 'stream cut' }],
    ['whose connection breaks', undefined, { error: 'stream cut' }],
    [
      'that ends with an error',
      START + event('error', { error: { code: 'internal_error', message: '' } }),
      { status: 200, error: '200 internal_error' },
    ],
  ])('takes a stream %s for no answer, and asks again', async (_, stream, outcome) => {
    const { answers, bodies } = await turns(speak(stream));
    expect(answers.slice(1)).toEqual([outcome, outcome]);
    expect(bodies[2]).toEqual(bodies[1]);
  });
});
