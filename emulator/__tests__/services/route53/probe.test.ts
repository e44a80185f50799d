import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { Socket, type AddressInfo } from 'node:net';
import { probe, type ProbeRequest } from '../../../services/route53/probe';

/** What does not come within Route 53's 2 s is told in 20 ms; what comes has them whole, on a busy machine, too. */
const HASTY = { speed: 100 };

const SEARCH = 'assistant is well';
const servers: Server[] = [];

async function probed(listener: RequestListener, options: Partial<ProbeRequest> = {}) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return probe({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    fqdn: 'us-east-1.assistant.example.com',
    declaredPort: 443,
    path: '/health',
    searchString: undefined,
    healthCheckId: 'id',
    speed: 1,
    signal: new AbortController().signal,
    ...options,
  });
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

describe('a probe', () => {
  it.each([
    [200, true],
    [204, true],
    [302, true],
    [399, true],
    [400, false],
    [403, false],
    [429, false],
    [503, false],
  ])('of an endpoint that answers %d passes: %s', async (status, passed) => {
    const result = await probed((_, response) => response.writeHead(status, { location: '/' }).end());
    expect(result).toEqual({ passed, reason: `HTTP Status Code ${status}` });
  });

  it.each([
    [443, 'us-east-1.assistant.example.com'],
    [8443, 'us-east-1.assistant.example.com:8443'],
  ])('of port %d asks the path of %s', async (declaredPort, host) => {
    const asked: unknown[] = [];
    const listener: RequestListener = ({ method, url, headers }, response) => {
      asked.push(method, url, headers.host, headers['user-agent']);
      response.end();
    };
    await probed(listener, { declaredPort });
    expect(asked).toEqual(['GET', '/health', host, 'Amazon-Route53-Health-Check-Service (ref id)']);
  });

  it('fails without a connection', async () => {
    await expect(probed(() => undefined, { port: 1 })).resolves.toMatchObject({ passed: false });
  });

  it('fails without a connection in time', async () => {
    const connect = jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
      return Object.assign(this, { connecting: true });
    });
    const result = await probed(() => undefined, HASTY);
    connect.mockRestore();
    expect(result).toEqual({ passed: false, reason: 'no connection within 4 s' });
  });

  it('fails without a response in time', async () => {
    const result = await probed(() => undefined, HASTY);
    expect(result).toEqual({ passed: false, reason: 'no response within 2 s' });
  });

  it.each([
    ['within', SEARCH, true],
    ['up to the end of the first 5,120 bytes', ' '.repeat(5_120 - SEARCH.length) + SEARCH, true],
    ['across their end', ' '.repeat(5_121 - SEARCH.length) + SEARCH, false],
    ['not in', 'assistant is ill', false],
  ])('looks for a search string: %s the body', async (_, body, passed) => {
    const result = await probed((__, response) => response.end(body), { searchString: SEARCH });
    expect(result.passed).toBe(passed);
  });

  it('fails on a bad status, even with the search string', async () => {
    const result = await probed((_, response) => response.writeHead(503).end(SEARCH), {
      searchString: SEARCH,
    });
    expect(result.passed).toBe(false);
  });

  it('fails if the body to be searched does not come in time', async () => {
    const result = await probed((_, response) => response.write('assistant'), {
      searchString: SEARCH,
      ...HASTY,
    });
    expect(result.passed).toBe(false);
  });

  it('ends when it is aborted', async () => {
    const controller = new AbortController();
    const probing = probed(
      () => {
        controller.abort();
      },
      { signal: controller.signal },
    );
    await expect(probing).resolves.toMatchObject({ passed: false });
  });
});
