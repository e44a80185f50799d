import { once } from 'node:events';
import { buffer, text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { TooManyRequestsException } from '../../../services/lambda/errors';
import { closeAll, deploy } from './deploy-function';

afterEach(closeAll);

/** A handler that streams, with `stream` to write into and `sleep` to wait with. */
const streaming = (body: string) => `
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  exports.handler = awslambda.streamifyResponse(async (event, stream, context) => { ${body} });`;

const WITH_METADATA = `stream = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });`;

describe('invoking a function with a response stream', () => {
  it('hands on what it writes while it runs', async () => {
    const { service } = deploy(streaming(`stream.write('one'); await sleep(300); stream.end('two');`));
    const body = await service.invokeWithResponseStream('assistant', {});
    const [first] = (await once(body, 'data')) as [Buffer];
    const began = performance.now();
    expect(first.toString()).toBe('one');
    expect(await text(body)).toBe('two');
    expect(performance.now() - began).toBeGreaterThan(200);
  });

  it.each([
    [
      'ahead of the first chunk',
      `stream.write('body'); stream.end();`,
      '{"statusCode":201}\0\0\0\0\0\0\0\0body',
    ],
    ['not where nothing is written', `stream.end();`, ''],
    ['not ahead of what ends the stream at once', `stream.end('body');`, 'body'],
  ])('puts metadata %s, as AWS’s runtime does', async (_, write, expected) => {
    const { service } = deploy(streaming(WITH_METADATA + write));
    expect(await text(await service.invokeWithResponseStream('assistant', {}))).toBe(expected);
  });

  it('takes what a handler returns that does not stream', async () => {
    const { service } = deploy('exports.handler = async (event) => event;');
    expect(await text(await service.invokeWithResponseStream('assistant', { a: 1 }))).toBe('{"a":1}');
  });

  it('ends with the error of a function that fails in the middle, after all that it had written', async () => {
    const { service, logs } = deploy(streaming(`stream.write('half'); throw new TypeError('broken');`));
    const body = await service.invokeWithResponseStream('assistant', {});
    let heard = '';
    body.on('data', (chunk: Buffer) => (heard += chunk.toString()));
    await expect(once(body, 'close')).rejects.toMatchObject({ payload: { errorType: 'TypeError' } });
    expect(heard).toBe('half');
    expect(logs.join('\n')).toContain('Invoke Error');
  });

  it('cuts a stream that exceeds the function’s timeout', async () => {
    const { service } = deploy(streaming(`stream.write('half'); await sleep(60_000);`), { timeout: 1 });
    const body = await service.invokeWithResponseStream('assistant', {});
    await expect(buffer(body)).rejects.toMatchObject({ payload: { errorType: 'Sandbox.Timedout' } });
  });

  it('is at work until the stream has been read, with one call at a time', async () => {
    const { service } = deploy(streaming(`stream.end('x');`), { reserved_concurrent_executions: 1 });
    const body = await service.invokeWithResponseStream('assistant', {});
    await expect(service.invokeWithResponseStream('assistant', {})).rejects.toThrow(TooManyRequestsException);
    await text(body);
    await sleep(50);
    expect(await text(await service.invokeWithResponseStream('assistant', {}))).toBe('x');
  });

  it('makes a function wait that writes faster than it is read', async () => {
    const { service, logs } = deploy(
      streaming(`
        for (let sent = 0; sent < 500; sent += 1) {
          if (!stream.write('x'.repeat(10_000))) await new Promise((resolve) => stream.once('drain', resolve));
          if (sent === 20) console.log('twenty');
        }
        stream.end();`),
    );
    const body = await service.invokeWithResponseStream('assistant', {});
    await once(body, 'readable');
    await sleep(300);
    expect(logs).not.toContain('twenty');
    expect(await text(body)).toHaveLength(5_000_000);
  });

  const UNTIL_CLOSED = streaming(`
    let closed = false;
    stream.once('close', () => { closed = true; });
    stream.write('first');
    for (let waited = 0; waited < 10 && !closed; waited += 1) { await sleep(50); stream.write('more'); }
    console.log(closed ? 'was told' : 'went on');
    stream.end();`);

  it.each([
    ['goes on, as on AWS', false, 'went on'],
    ['is told where the run is to be kinder than AWS', true, 'was told'],
  ])('a function that nobody listens to any more %s', async (_, tellAbandoned, logged) => {
    const { service, logs } = deploy(UNTIL_CLOSED, { reserved_concurrent_executions: 1 }, { tellAbandoned });
    const body = await service.invokeWithResponseStream('assistant', {});
    await once(body, 'data');
    body.destroy();
    await sleep(1_000);
    expect(logs).toEqual([logged]);
    // Its instance serves the next.
    expect(await text(await service.invokeWithResponseStream('assistant', {}))).toContain('more');
  });

  it('of a stream that nobody ends, runs into the timeout', async () => {
    const { service } = deploy(streaming(`stream.write('x');`), { timeout: 1 });
    const body = await service.invokeWithResponseStream('assistant', {});
    await expect(text(body)).rejects.toMatchObject({ payload: { errorType: 'Sandbox.Timedout' } });
  });
});
