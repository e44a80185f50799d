import { connect } from 'node:net';
import type { FaultEffect } from '../../../platform/faults/effects';
import { effectOf } from '../../../platform/faults/modes';
import { text } from 'node:stream/consumers';
import { type ApiRequest, type Listener, listenRestApi } from '../../../services/apigateway/http';

describe('listenRestApi', () => {
  let listener: Listener;
  let effect: FaultEffect | undefined;
  let release: () => void = () => undefined;
  const seen: ApiRequest[] = [];

  beforeEach(async () => {
    listener = await listenRestApi(
      {
        handle: async (request) => {
          seen.push(request);
          if (request.path === '/slow') await new Promise<void>((resolve) => (release = resolve));
          return { status: 201, headers: { 'x-amzn-requestid': 'r' }, body: 'é' };
        },
      },
      0,
      { intercept: () => effect },
    );
  });
  afterEach(() => listener.close());

  it('answers with the error of a fault, or not at all', async () => {
    const before = seen.length;
    effect = effectOf('api', 'error');
    const response = await fetch(listener.url, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('x-amzn-errortype'), await response.json()]).toEqual([
      500,
      'InternalServerErrorException',
      { message: 'Internal server error' },
    ]);
    effect = effectOf('api', 'down');
    await expect(fetch(listener.url)).rejects.toThrow('fetch failed');
    effect = undefined;
    expect((await fetch(listener.url)).status).toBe(201);
    expect(seen.length).toBe(before + 1);
  });

  it('hands on what came and sends what is answered', async () => {
    const response = await fetch(`${listener.url}/a%20b?c=%20d`, {
      method: 'PUT',
      body: 'text',
      headers: { 'X-A': '1' },
    });
    expect([response.status, response.headers.get('x-amzn-requestid'), await response.text()]).toEqual([
      201,
      'r',
      'é',
    ]);
    expect(seen.at(-1)).toMatchObject({
      method: 'PUT',
      path: '/a%20b',
      query: 'c=%20d',
      headers: { 'x-a': '1' },
      body: Buffer.from('text'),
      sourceIp: '127.0.0.1',
    });
  });

  it('takes a payload of 10 MiB, and refuses a larger one in words of its own, without asking the API', async () => {
    const answerTo = (bytes: number) => fetch(listener.url, { method: 'POST', body: Buffer.alloc(bytes) });
    expect((await answerTo(10 * 1024 * 1024)).status).toBe(201);
    const before = seen.length;
    const refused = await answerTo(10 * 1024 * 1024 + 1);
    expect([refused.status, refused.headers.get('content-type'), await refused.text()]).toEqual([
      413,
      'text; charset=utf-8',
      'HTTP content length exceeded 10485760 bytes.',
    ]);
    expect(refused.headers.has('x-amzn-requestid')).toBe(false);
    expect(seen).toHaveLength(before);
  });

  it('refuses more than 10,240 bytes of headers', async () => {
    const response = await fetch(listener.url, { headers: { 'x-a': 'a'.repeat(10_240) } });
    expect(response.status).toBe(431);
  });

  it('answers several requests on one connection', async () => {
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    const get = (more: string) => `GET / HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
    socket.write(get('') + get('Connection: close\r\n'));
    expect((await text(socket)).match(/HTTP\/1.1 201/g)).toHaveLength(2);
  });

  it.each([
    ['http://x/a?b=c', '/a', 'b=c'],
    ['HTTP://x:80', '/', ''],
    ['http://x?b=c', '/', 'b=c'],
    ['/http://x/a', '/http://x/a', ''],
  ])('takes the path of a request that names %s', async (target, path, query) => {
    const socket = connect(Number(new URL(listener.url).port), '127.0.0.1');
    socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toContain('HTTP/1.1 201');
    expect(seen.at(-1)).toMatchObject({ path, query });
  });

  it('closes when the requests under way are answered', async () => {
    const slow = fetch(`${listener.url}/slow`);
    while (seen.at(-1)?.path !== '/slow') await new Promise(setImmediate);
    const closed = listener.close();
    release();
    expect((await slow).status).toBe(201);
    await closed;
    await expect(fetch(listener.url)).rejects.toThrow();
    listener = await listenRestApi({ handle: () => Promise.reject(new Error('unused')) }, 0);
  });
});
