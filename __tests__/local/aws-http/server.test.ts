import { EventEmitter, once } from 'node:events';
import { AwsError, requirePermission } from '../../../local/aws-http/aws-error';
import { parseJson } from '../../../local/aws-http/body';
import { AwsServer, type Handler } from '../../../local/aws-http/server';

const servers: AwsServer[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

function serve(handle: Handler, messageMember: 'message' | 'Message' = 'message'): Promise<string> {
  const server = new AwsServer({ handle, maxBodyBytes: 10, messageMember });
  servers.push(server);
  return server.listen();
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
  ] as const)('puts an error into x-amzn-errortype and %s', async (member, body) => {
    const url = await serve(() => {
      throw new AwsError(429, 'ThrottlingException', 'slow down', { Extra: 1 });
    }, member);
    const response = await fetch(url);
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([429, 'ThrottlingException']);
    expect(await response.json()).toEqual(body);
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
