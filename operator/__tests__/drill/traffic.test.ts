import { createServer, type RequestListener } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { EmulatedTime } from '../../drill/emulated-time';
import { ask, Traffic } from '../../drill/traffic';

/** Asks a server that answers like this. */
async function askOf(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await ask(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const answer =
  (status: number, body: string): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(body);
  };

describe('one attempt', () => {
  it.each([
    [
      200,
      '{"region":"us-east-1","tier":"fallback"}',
      { status: 200, answerer: { region: 'us-east-1', tier: 'fallback' } },
    ],
    [
      503,
      '{"error":{"code":"service_unavailable","message":""}}',
      { status: 503, error: '503 service_unavailable' },
    ],
    [502, '<html>Bad Gateway</html>', { status: 502, error: '502 unreadable' }],
    [200, '[]', { status: 200, error: '200 unreadable' }],
    [500, '{"region":"us-east-1","tier":"primary"}', { status: 500, error: '500 unreadable' }],
  ])('that is answered %d %s', async (status, body, expected) => {
    expect(await askOf(answer(status, body))).toEqual(expected);
  });

  it('tells that a connection broke', async () => {
    expect(await askOf((request) => request.socket.resetAndDestroy())).toEqual({ error: 'ECONNRESET' });
  });

  it('opens a connection of its own each time, so that it follows the DNS', async () => {
    const connections: (string | undefined)[] = [];
    await askOf(({ headers }, response) => {
      connections.push(headers.connection);
      response.end();
    });
    expect(connections).toEqual(['close']);
  });
});

describe('steady traffic', () => {
  it('retries once, at once, where there was no answer, and keeps the order of the starts', async () => {
    const outcomes = [
      { error: 'ECONNREFUSED' },
      { answerer: { region: 'us-west-2', tier: 'primary' as const } },
    ];
    let asked = 0;
    const seen: unknown[] = [];
    const traffic = new Traffic({
      url: new URL('http://127.0.0.1/'),
      rate: 100,
      time: new EmulatedTime(),
      onRequest: (request) => seen.push(request),
      next: () => ({ ask: () => Promise.resolve(outcomes[Math.min(asked++, 1)] ?? {}) }),
    });
    traffic.start();
    while (seen.length < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await traffic.stop();
    const [first, second, ...others] = traffic.requests();
    expect(first).toMatchObject({
      first: { error: 'ECONNREFUSED' },
      retry: { answerer: { region: 'us-west-2' } },
    });
    expect(second?.retry).toBeUndefined();
    expect(others.length).toBeGreaterThanOrEqual(1);
    const count = seen.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toHaveLength(count);
  });
});

describe('emulated time', () => {
  it('runs as fast as the system’s, from what the system said', () => {
    jest.useFakeTimers();
    const machine = performance.timeOrigin + performance.now();
    const time = new EmulatedTime(10, 5_000, machine - 100);
    expect(time.now()).toBeCloseTo(6_000);
    jest.advanceTimersByTime(200);
    expect(time.now()).toBeCloseTo(8_000);
    jest.useRealTimers();
  });
});
