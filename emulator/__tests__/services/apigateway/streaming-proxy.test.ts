import { PassThrough, type Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InvokeWithResponseStream } from '../../../services/apigateway/http';
import { listenRestApi } from '../../../services/apigateway/http';
import { RequestTooLargeException } from '../../../services/lambda/errors';
import { apiOf, request, type Part } from './api-fixture';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:chat';
const uri = (functionArn: string) =>
  `arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/${functionArn}/response-streaming-invocations`;

const INTEGRATION = {
  type: 'aws_proxy',
  httpMethod: 'POST',
  uri: uri(FUNCTION),
  credentials: 'arn:aws:iam::123456789012:role/api',
  responseTransferMode: 'STREAM',
};

const proxy = (path = '/things/{id}', change: object = {}): Part => ({
  paths: {
    [path]: {
      post: {
        responses: { 200: { description: 'ok' } },
        'x-amazon-apigateway-integration': { ...INTEGRATION, ...change },
      },
    },
  },
});

const METADATA =
  '{"statusCode":201,"headers":{"Content-Type":"text/event-stream"},"multiValueHeaders":{"x-a":["1","2"]}}';
const NULS = '\0'.repeat(8);

/** A function that writes these chunks and then ends, or fails. */
function writing(...chunks: readonly (string | Error)[]): Readable {
  const stream = new PassThrough();
  for (const chunk of chunks) {
    if (chunk instanceof Error) setTimeout(() => stream.destroy(chunk), 100);
    else stream.write(chunk);
  }
  if (!(chunks.at(-1) instanceof Error)) stream.end();
  return stream;
}

const apiWith = (stream: Readable, change: object = {}, part: Part = proxy('/things/{id}', change)) => {
  const events: object[] = [];
  const invokeStreaming: InvokeWithResponseStream = ({ event }) => {
    events.push(event);
    return Promise.resolve(stream);
  };
  return { api: apiOf([part], { invokeStreaming }), events };
};

const TRACE = 'Root=1-67891233-abcdef012345678912345678;Sampled=0';

describe('a Lambda proxy that streams', () => {
  it('hands a request on as an event, and answers as the metadata say with what follows them', async () => {
    const { api, events } = apiWith(writing(METADATA, NULS, 'one', 'two'));
    const response = await api.handle(
      request('POST', '/things/7%2B', {
        query: 'a=1&a=2&b=',
        headers: { 'content-type': 'application/json', 'user-agent': 'test', 'x-amzn-trace-id': TRACE },
        body: Buffer.from('{"é":1}'),
      }),
    );
    expect(response).toMatchObject({
      status: 201,
      headers: { 'content-type': 'text/event-stream', 'x-a': '1, 2', 'x-amzn-requestid': 'request-1' },
    });
    expect(await text(response.stream ?? writing())).toBe('onetwo');
    expect(events).toEqual([
      {
        resource: '/things/{id}',
        path: '/things/7%2B',
        httpMethod: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': 'test', 'x-amzn-trace-id': TRACE },
        multiValueHeaders: {
          'content-type': ['application/json'],
          'user-agent': ['test'],
          'x-amzn-trace-id': [TRACE],
        },
        queryStringParameters: { a: '2', b: '' },
        multiValueQueryStringParameters: { a: ['1', '2'], b: [''] },
        pathParameters: { id: '7+' },
        stageVariables: { tone: 'calm' },
        requestContext: expect.objectContaining({
          extendedRequestId: 'extended-1',
          requestId: 'request-1',
          resourcePath: '/things/{id}',
          stage: 'v1',
          identity: { sourceIp: '127.0.0.1', userAgent: 'test' },
        }) as object,
        body: '{"é":1}',
        isBase64Encoded: false,
      },
    ]);
  });

  it('keeps headers of the connection from the function, and renames or drops those that the function writes', async () => {
    const written = { Date: 'today', 'WWW-Authenticate': 'Basic', TE: 'trailers', 'X-A': '1' };
    const { api, events } = apiWith(writing(JSON.stringify({ headers: written }), NULS));
    const headers = {
      connection: 'close',
      'content-length': '2',
      'transfer-encoding': 'chunked',
      'x-a': '1',
    };
    const response = await api.handle(request('POST', '/things/1', { headers }));
    expect(events).toEqual([
      expect.objectContaining({ headers: { 'x-a': '1' }, multiValueHeaders: { 'x-a': ['1'] } }),
    ]);
    expect(response.headers).toEqual({
      'content-type': 'application/json',
      'x-amzn-remapped-date': 'today',
      'x-amzn-remapped-www-authenticate': 'Basic',
      'x-a': '1',
      'x-amzn-requestid': 'request-1',
      'x-amz-apigw-id': 'extended-1',
    });
    response.stream?.destroy();
  });

  it('finds the delimiter wherever chunks are cut', async () => {
    const bytes = Array.from(METADATA + NULS + 'body');
    const response = await apiWith(writing(...bytes)).api.handle(request('POST', '/things/1'));
    expect([response.status, await text(response.stream ?? writing())]).toEqual([201, 'body']);
  });

  it.each([
    ['that fails before its metadata', [new Error('broken')], 502],
    ['that ends without a word', [], 502],
    ['whose metadata are none', ['no JSON', NULS], 502],
    ['that says no delimiter in 16 KB', ['x'.repeat(20_000)], 502],
  ])('answers for a function %s by a gateway response', async (_, chunks, status) => {
    const response = await apiWith(writing(...chunks)).api.handle(request('POST', '/things/1'));
    expect(response).toMatchObject({ status, body: '{"message":"Internal server error"}' });
  });

  it('answers 500 where the function cannot be invoked, and 504 where it says nothing in time', async () => {
    const refused = apiOf([proxy()], { invokeStreaming: () => Promise.reject(new Error('denied')) });
    expect(await refused.handle(request('POST', '/things/1'))).toMatchObject({ status: 500 });
    const silent = new PassThrough();
    const { api } = apiWith(silent, { timeoutInMillis: 50 });
    expect(await api.handle(request('POST', '/things/1'))).toMatchObject({ status: 504 });
    expect(silent.destroyed).toBe(true);
  });

  it('answers 413 for a payload that is too large an event for Lambda', async () => {
    const tooLarge = new RequestTooLargeException(7_000_000, 6_291_456);
    const api = apiOf([proxy()], { invokeStreaming: () => Promise.reject(tooLarge) });
    expect(await api.handle(request('POST', '/things/1'))).toMatchObject({
      status: 413,
      headers: { 'x-amzn-errortype': 'BadRequestException' },
      body: '{"message":"Request Too Long"}',
    });
  });

  it('cuts a stream whose time is up', async () => {
    const stream = new PassThrough();
    stream.write(METADATA + NULS + 'half');
    const { api } = apiWith(stream, { timeoutInMillis: 100 });
    const response = await api.handle(request('POST', '/things/1'));
    await expect(buffer(response.stream ?? writing())).rejects.toThrow('too long');
    expect(stream.destroyed).toBe(true);
  });

  it('cuts a stream that nobody reads, too, which is nobody’s error', async () => {
    const { api } = apiWith(writing(METADATA, NULS, 'whole'), { timeoutInMillis: 50 });
    const { stream } = await api.handle(request('POST', '/things/1'));
    expect(stream?.destroyed).toBe(false);
    while (stream?.destroyed === false) await sleep(10);
  });

  it.each([
    ['responseTransferMode', { responseTransferMode: 'BUFFERED' }],
    ['requestTemplates', { responses: {} }],
    ['httpMethod', { httpMethod: 'GET' }],
    ['timeoutInMillis', { timeoutInMillis: 900_001 }],
    ['uri', { uri: uri(FUNCTION).replace('2021-11-15', '2015-03-31') }],
    ['credentials', { credentials: undefined }],
    ['responseTransferMode', { type: 'mock' }],
  ])('stops the start for its %s where it is %j', (key, change) => {
    expect(() => apiWith(writing(), change)).toThrow(
      `body.paths["/things/{id}"].post["x-amazon-apigateway-integration"].${key}`,
    );
  });
});

describe('over HTTP', () => {
  const serve = async (stream: Readable) => {
    const listener = await listenRestApi(apiWith(stream).api, 0);
    return { listener, url: `${listener.url}/things/1` };
  };

  it('a client reads along, and one that hangs up ends the stream', async () => {
    const stream = new PassThrough();
    const { listener, url } = await serve(stream);
    stream.write(METADATA + NULS + 'first');
    const hangUp = new AbortController();
    const { body } = await fetch(url, { method: 'POST', signal: hangUp.signal });
    const reader = body?.getReader();
    expect(Buffer.from((await reader?.read())?.value as Uint8Array).toString()).toBe('first');
    stream.write('second');
    expect(Buffer.from((await reader?.read())?.value as Uint8Array).toString()).toBe('second');
    hangUp.abort();
    while (!stream.destroyed) await sleep(10);
    await listener.close();
  });

  it('a stream that breaks off is no whole response', async () => {
    const { listener, url } = await serve(writing(METADATA, NULS, 'half', new Error('broken')));
    const response = await fetch(url, { method: 'POST' });
    expect(response.status).toBe(201);
    await expect(response.text()).rejects.toThrow('terminated');
    await listener.close();
  });
});
