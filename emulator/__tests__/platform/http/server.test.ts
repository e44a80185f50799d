import { requirePermission } from '../../../platform/http/sigv4';
import { EventEmitter, once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsError } from '../../../platform/http/aws-error';
import { AwsServer, type ErrorFormat, type Handler, parseJson } from '../../../platform/http/server';

const servers: AwsServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

function serve(handle: Handler, format: ErrorFormat = {}): Promise<string> {
  const server = new AwsServer({ handle, maxBodyBytes: 10, ...format });
  servers.push(server);
  return server.listen();
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<string> {
  for (const text of texts) yield await Promise.resolve(text);
}

async function* breakingOff(text: string, afterMs: number): AsyncGenerator<string> {
  yield text;
  await delay(afterMs);
  throw new Error('no more');
}

describe('AwsServer', () => {
  it('answers with JSON and a request id', async () => {
    const url = await serve(({ method, path, query, body }) => ({
      status: 201,
      body: { method, path, q: query.get('q'), body: body.toString() },
    }));
    const response = await fetch(`${url}/model/a%2Fb/x?q=1`, { method: 'POST', body: 'hello' });
    expect(response.status).toBe(201);
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(await response.json()).toEqual({ method: 'POST', path: '/model/a%2Fb/x', q: '1', body: 'hello' });
  });

  it.each([
    ['message', { message: 'slow down', Extra: 1 }],
    ['Message', { Message: 'slow down', Extra: 1 }],
  ] as const)('puts an error into x-amzn-errortype and %s', async (messageMember, body) => {
    const url = await serve(
      () => {
        throw new AwsError(429, 'ThrottlingException', 'slow down', { Extra: 1 });
      },
      { messageMember },
    );
    const response = await fetch(url);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([429, 'ThrottlingException']);
    expect(await response.json()).toEqual(body);
  });

  it('refuses what is no URL as the caller’s own fault', async () => {
    const { hostname, port } = new URL(await serve(() => ({ status: 200 })));
    const asked = request({ hostname, port, path: '//[', agent: false }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, response.headers['x-amzn-errortype']]).toEqual([400, 'ValidationException']);
  });

  it.each([
    ['awsJson1_0', 'application/x-amz-json-1.0'],
    ['awsJson1_1', 'application/x-amz-json-1.1'],
  ] as const)('puts an error into __type where the protocol is %s', async (protocol, contentType) => {
    const url = await serve(
      () => {
        throw new AwsError(400, 'com.amazon.coral.service#AccessDeniedException', 'not you');
      },
      { protocol },
    );
    const response = await fetch(url);
    expect([response.status, response.headers.get('content-type')]).toEqual([400, contentType]);
    expect(response.headers.has('x-amzn-errortype')).toBe(false);
    expect(await response.json()).toEqual({
      __type: 'com.amazon.coral.service#AccessDeniedException',
      message: 'not you',
    });
  });

  it("sends an error's own headers", async () => {
    const url = await serve(() => {
      throw new AwsError(429, 'ThrottlingException', 'slow down', {}, { 'retry-after': '3' });
    });
    expect((await fetch(url)).headers.get('retry-after')).toBe('3');
  });

  it('answers 500 when the handler itself is broken', async () => {
    const url = await serve(() => {
      throw new TypeError('broken');
    });
    const response = await fetch(url);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      500,
      'InternalServerException',
    ]);
  });

  it.each([
    ['x'.repeat(10), 200],
    ['x'.repeat(11), 413],
  ])('limits the body: %s', async (body, status) => {
    const url = await serve(() => ({ status: 200 }));
    expect((await fetch(url, { method: 'POST', body })).status).toBe(status);
  });

  it('resets the connection before any byte', async () => {
    const url = await serve(() => 'reset');
    await expect(fetch(url)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
  });

  it('sends a body piece by piece', async () => {
    const url = await serve(() => ({ status: 200, body: pieces('a', 'b', 'c') }));
    expect(await (await fetch(url)).text()).toBe('abc');
  });

  it('sends a body that is larger than what a connection takes at once', async () => {
    const piece = 'x'.repeat(1024 * 1024);
    const url = await serve(() => ({ status: 200, body: pieces(piece, piece, piece) }));
    expect((await (await fetch(url)).text()).length).toBe(3 * piece.length);
  });

  it('resets the connection, its headers sent, where a body breaks off', async () => {
    const url = await serve(() => ({ status: 200, body: breakingOff('half', 50) }));
    const response = await fetch(url);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('stops a body that nobody reads any more', async () => {
    const events = new EventEmitter();
    const stopped = once(events, 'stopped');
    const caller = new AbortController();
    const url = await serve(({ signal }) => ({
      status: 200,
      body: (async function* () {
        try {
          for (;;) {
            yield ' ';
            await delay(5, undefined, { signal });
          }
        } finally {
          events.emit('stopped', 'nobody reads');
        }
      })(),
    }));
    const response = await fetch(url, { signal: caller.signal });
    caller.abort();
    await expect(response.text()).rejects.toThrow('abort');
    expect(await stopped).toEqual(['nobody reads']);
  });

  it('outlives a body that goes on although nobody reads it', async () => {
    const events = new EventEmitter();
    const stopped = once(events, 'stopped');
    const caller = new AbortController();
    const url = await serve(({ path, signal }) => ({
      status: 200,
      body: (async function* () {
        yield 'hello';
        if (path !== '/long') return;
        await once(signal, 'abort');
        try {
          yield 'still here';
        } finally {
          events.emit('stopped', 'nobody reads');
        }
      })(),
    }));
    await fetch(`${url}/long`, { signal: caller.signal });
    caller.abort();
    expect(await stopped).toEqual(['nobody reads']);
    expect(await (await fetch(url)).text()).toBe('hello');
  });

  it('stays silent, and tells the handler when the caller gives up', async () => {
    const events = new EventEmitter();
    const gaveUp = once(events, 'gave up');
    const url = await serve(({ signal }) => {
      signal.addEventListener('abort', () => events.emit('gave up', 'nobody waits'));
      return 'silence';
    });
    await expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout');
    expect(await gaveUp).toEqual(['nobody waits']);
  });

  it('closes while a request is left unanswered', async () => {
    const events = new EventEmitter();
    const arrived = once(events, 'arrived');
    const url = await serve(() => {
      events.emit('arrived');
      return 'silence';
    });
    const answer = expect(fetch(url)).rejects.toThrow('fetch failed');
    await arrived;
    await servers.pop()?.close();
    await answer;
  });
});

describe('parseJson', () => {
  it('refuses what is not JSON', () => {
    expect(() => parseJson(Buffer.from('{'))).toThrow(
      expect.objectContaining({ status: 400, type: 'SerializationException' }) as Error,
    );
  });
});

describe('requirePermission', () => {
  it('words a refusal as AWS does', () => {
    const refusal = Object.assign(new Error('not you'), { name: 'AccessDenied' });
    const check = (): never => {
      throw refusal;
    };
    expect(() => {
      requirePermission(check);
    }).toThrow(
      expect.objectContaining({ status: 403, type: 'AccessDeniedException', message: 'not you' }) as Error,
    );
  });

  it('does not hide a defect of the check', () => {
    const check = (): never => {
      throw new TypeError('broken');
    };
    expect(() => {
      requirePermission(check);
    }).toThrow(TypeError);
  });
});
