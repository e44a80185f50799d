import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HttpRequest } from '@smithy/core/protocols';
import { text } from 'node:stream/consumers';
import { PersistentHttp } from '../../../lambdas/adapters/persistent-http';

/** What a server does with a request that comes by a connection on which it has answered others. */
type Then = 'answers' | 'hangs up';

describe('a connection that is kept open', () => {
  let server: Server;
  let http: PersistentHttp;
  let then: Then;
  let requests: number;
  const known = new Set<Socket>();

  beforeEach(async () => {
    then = 'answers';
    requests = 0;
    known.clear();
    http = new PersistentHttp();
    server = createServer((request, response) => {
      requests += 1;
      const isKnown = known.has(request.socket);
      known.add(request.socket);
      if (then === 'hangs up' && isKnown) request.socket.destroy();
      else void text(request).then((body) => response.end(`${body}!`));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });

  afterEach(() => {
    jest.restoreAllMocks();
    http.destroy();
    server.closeAllConnections();
    server.close();
  });

  const ask = async (body: string): Promise<string> => {
    const { port } = server.address() as AddressInfo;
    const where = { protocol: 'http:', hostname: '127.0.0.1', port, path: '/' };
    const { response } = await http.handle(new HttpRequest({ ...where, method: 'POST', body }));
    return text(response.body as NodeJS.ReadableStream);
  };

  /** Nothing is asked for so long. */
  const pause = (ms: number) => {
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + ms);
  };

  it('serves requests one after the other', async () => {
    expect([await ask('one'), await ask('two')]).toEqual(['one!', 'two!']);
    expect(known.size).toBe(1);
  });

  it('is replaced where it was closed in a pause, and so are the others, as old', async () => {
    expect(await Promise.all([ask('one'), ask('two')])).toEqual(['one!', 'two!']);
    then = 'hangs up';
    pause(5_000);
    expect(await ask('three')).toBe('three!');
    expect([requests, known.size]).toEqual([4, 3]);
  });

  it('has failed where it breaks without a pause before', async () => {
    await ask('one');
    then = 'hangs up';
    pause(4_900);
    await expect(ask('two')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(2);
  });

  it('has failed where it breaks late, as what it brought was heard', async () => {
    await ask('one');
    const now = Date.now();
    pause(5_000);
    server.removeAllListeners('request').on('request', ({ socket }) => {
      requests += 1;
      pause(now + 5_250 - Date.now());
      socket.destroy();
    });
    await expect(ask('two')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(2);
  });

  it('has failed where it breaks at its first request, also in the place of another', async () => {
    await ask('one');
    then = 'hangs up';
    server.on('connection', (socket) => known.add(socket));
    pause(5_000);
    await expect(ask('two')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(requests).toBe(3);
  });

  it('is of no use to a request that is given up', async () => {
    await ask('one');
    pause(5_000);
    const gone = new AbortController();
    server.removeAllListeners('request').on('request', () => {
      requests += 1;
      gone.abort();
    });
    const { port } = server.address() as AddressInfo;
    const request = new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port, path: '/' });
    await expect(http.handle(request, { abortSignal: gone.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
    expect(requests).toBe(2);
  });
});
