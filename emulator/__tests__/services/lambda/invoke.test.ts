import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ResourceNotFoundException, TooManyRequestsException } from '../../../services/lambda/errors';
import { effectOf } from '../../../platform/faults/modes';
import { closeAll, deploy } from './deploy-function';

const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:assistant';

const ECHO = 'exports.handler = async (event) => event;';
const COUNT = 'let calls = 0; exports.handler = async () => ++calls;';
/** Waits as long as the event says, then tells how often its instance was called. */
const WAIT = `let calls = 0;
exports.handler = async (ms) => { calls += 1; await new Promise((r) => setTimeout(r, ms)); return calls; };`;

afterEach(closeAll);

describe('invoking a function', () => {
  it('hands the event over and the result back', async () => {
    const { service } = deploy(ECHO);
    const event = { text: 'ü"\\\n', list: [1, null, { deep: true }] };
    await expect(service.invoke('assistant', event)).resolves.toMatchObject({
      executedVersion: '$LATEST',
      payload: event,
    });
  });

  it('ends instances that a burst has left idle for too long', async () => {
    const { service } = deploy(WAIT, {}, { idleLimitMs: 150 });
    const both = async () =>
      (await Promise.all([200, 200].map((ms) => service.invoke('assistant', ms))))
        .map(({ payload }) => payload)
        .sort();
    expect(await both()).toEqual([1, 1]);
    await service.invoke('assistant', 200);
    // Of the two, the one that went on working has been kept; the other's count is lost.
    expect(await both()).toEqual([1, 3]);
  });

  it('fails or waits as a fault says', async () => {
    const effects = [effectOf('lambda', 'down'), { kind: 'delay', ms: 30 } as const, undefined];
    const { service } = deploy(COUNT, {}, { intercept: () => effects.shift() });
    await expect(service.invoke('assistant', {})).rejects.toMatchObject({
      name: 'ServiceException',
      statusCode: 500,
    });
    const began = performance.now();
    expect((await service.invoke('assistant', {})).payload).toBe(1);
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
    expect((await service.invoke('assistant', {})).payload).toBe(2);
  });

  it('is never heard of as a fault says, until its caller gives up', async () => {
    const { service } = deploy(COUNT, {}, { intercept: () => effectOf('lambda', 'timeout') });
    const reason = new Error('The caller has given up.');
    const caller = new AbortController();
    const invoked = service.invoke('assistant', {}, caller.signal);
    caller.abort(reason);
    await expect(invoked).rejects.toBe(reason);
  });

  it.each([
    ['undefined', 'undefined', null],
    ['what toJSON says', '({ toJSON: () => "said" })', 'said'],
    ['without undefined fields', '({ a: undefined, b: 1 })', { b: 1 }],
  ])('returns %s as JSON does', async (_what, expression, expected) => {
    const { service } = deploy(`exports.handler = async () => ${expression};`);
    expect((await service.invoke('assistant', {})).payload).toEqual(expected);
  });

  it('gives the handler its context', async () => {
    const { service } = deploy(
      `exports.handler = async (event, context) =>
        ({ ...context, remaining: context.getRemainingTimeInMillis() });`,
      { memory_size: 256, timeout: 9 },
    );
    const { payload, requestId } = await service.invoke(ARN, {});
    expect(payload).toEqual({
      awsRequestId: requestId,
      functionName: 'assistant',
      functionVersion: '$LATEST',
      invokedFunctionArn: ARN,
      memoryLimitInMB: '256',
      remaining: expect.any(Number) as number,
    });
    const { remaining } = payload as { remaining: number };
    expect(remaining).toBeGreaterThan(8000);
    expect(remaining).toBeLessThanOrEqual(9000);
  });

  it('gives the function its own environment, and nothing of the host', async () => {
    process.env.OF_THE_HOST = 'secret';
    const { service } = deploy('exports.handler = async () => ({ ...process.env });', {
      environment: [{ variables: { MODEL: 'nova' } }],
    });
    const { payload } = await service.invoke('assistant', {});
    delete process.env.OF_THE_HOST;
    expect(payload).toEqual({
      MODEL: 'nova',
      AWS_REGION: 'us-east-1',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_FUNCTION_NAME: 'assistant',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      LAMBDA_TASK_ROOT: expect.any(String) as string,
      _HANDLER: 'index.handler',
      _X_AMZN_TRACE_ID: expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Sampled=0$/) as string,
    });
  });

  it.each([
    ['its name', 'assistant', {}, '$LATEST'],
    ['its ARN', ARN, {}, '$LATEST'],
    ['$LATEST', `${ARN}:$LATEST`, {}, '$LATEST'],
    ['its published version', `${ARN}:7`, { publish: true, version: '7' }, '7'],
    ['an alias', `${ARN}:live`, { publish: true, version: '7' }, '7'],
  ])('finds it by %s', async (_how, target, values, executedVersion) => {
    const alias = { function_name: 'assistant', name: 'live', function_version: '7' };
    const { service } = deploy(ECHO, values, {
      aliases: [{ address: 'aws_lambda_alias.live', type: 'aws_lambda_alias', name: 'live', values: alias }],
    });
    await expect(service.invoke(target, 1)).resolves.toMatchObject({ executedVersion, payload: 1 });
  });

  it.each(['other', `${ARN}:7`, `${ARN}:live`, ARN.replace('us-east-1', 'us-west-2')])(
    'does not find %s',
    async (target) => {
      const { service } = deploy(ECHO);
      await expect(service.invoke(target, 1)).rejects.toThrow(ResourceNotFoundException);
    },
  );

  it('passes on what the function writes, line by line', async () => {
    const { service, logs } = deploy(`exports.handler = async () => {
      console.log('one\\ntwo'); console.error({ three: 3 }); process.stdout.write('no newline');
    };`);
    await service.invoke('assistant', {});
    expect(logs).toEqual(['one', 'two', '{ three: 3 }', 'no newline']);
  });
});

describe('instances', () => {
  it('keep their module state from call to call', async () => {
    const { service } = deploy(COUNT);
    await service.invoke('assistant', {});
    expect((await service.invoke('assistant', {})).payload).toBe(2);
  });

  it('take one call at a time: simultaneous calls share nothing', async () => {
    const { service } = deploy(WAIT);
    const results = await Promise.all([1, 2, 3].map(() => service.invoke('assistant', 20)));
    expect(results.map(({ payload }) => payload)).toEqual([1, 1, 1]);
  });

  it('are frozen between calls', async () => {
    const { service } = deploy(`let ticks = 0; setInterval(() => ticks++, 1);
      exports.handler = async () => { const seen = ticks; ticks = 0; return seen; };`);
    await service.invoke('assistant', {});
    await new Promise((resolve) => setTimeout(resolve, 60));
    // A running interval would have fired about sixty times.
    expect((await service.invoke('assistant', {})).payload).toBeLessThan(10);
  });

  it('notice, when they thaw, which connections were closed meanwhile', async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { service } = deploy(`const http = require('node:http');
      const agent = new http.Agent({ keepAlive: true });
      exports.handler = () => new Promise((resolve, reject) => http
        .get({ host: '127.0.0.1', port: ${port}, agent }, (response) => response.resume().on('end', () => resolve('ok')))
        .on('error', reject));`);
    const results: unknown[] = [];
    for (let call = 0; call < 3; call += 1) {
      results.push((await service.invoke('assistant', {})).payload);
      server.closeIdleConnections();
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    await new Promise((resolve) => server.close(resolve));
    expect(results).toEqual(['ok', 'ok', 'ok']);
  });

  it('may be made ahead of the first call', async () => {
    const { service, logs } = deploy('console.log("loaded"); exports.handler = async () => 1;');
    await service.warm('assistant', 2);
    expect(logs).toEqual(['loaded', 'loaded']);
  });

  it('leave nothing behind once the service is closed', async () => {
    const { service } = deploy('exports.handler = async () => __dirname;');
    const { payload } = await service.invoke('assistant', {});
    expect(existsSync(String(payload))).toBe(true);
    await service.close();
    expect(existsSync(String(payload))).toBe(false);
  });

  it('are not made any more once the service is closed, whoever calls again because of that', async () => {
    const { service } = deploy(WAIT);
    const ended = service.invoke('assistant', 60_000);
    const again = ended.then(() => service.invoke('assistant', 0));
    await service.close();
    await expect(ended).resolves.toMatchObject({ payload: { errorType: 'Runtime.ExitError' } });
    await expect(again).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('stay busy after the caller has given up', async () => {
    const { service } = deploy(WAIT, {}, { maxConcurrency: 1 });
    await service.warm('assistant');
    const caller = new AbortController();
    const abandoned = service.invoke('assistant', 150, caller.signal);
    caller.abort(new Error('given up'));
    await expect(abandoned).rejects.toThrow('given up');
    await expect(service.invoke('assistant', 0)).rejects.toThrow(TooManyRequestsException);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await service.invoke('assistant', 0)).payload).toBe(2);
  });
});
