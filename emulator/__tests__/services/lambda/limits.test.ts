import { RequestTooLargeException } from '../../../services/lambda/errors';
import { closeAll, deploy } from './deploy-function';

const MEGABYTE = 1024 * 1024;

const FOREVER = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));';
/** Waits as long as the event says, then tells how often its instance was called. */
const WAIT = `let calls = 0;
exports.handler = async (ms) => { calls += 1; await new Promise((r) => setTimeout(r, ms)); return calls; };`;

afterEach(closeAll);

describe('limits', () => {
  it('an event of more than 6 MB is refused', async () => {
    const { service } = deploy('exports.handler = async (event) => event.length;');
    await expect(service.invoke('assistant', 'x'.repeat(6 * MEGABYTE))).rejects.toThrow(
      RequestTooLargeException,
    );
    await expect(service.invoke('assistant', 'x'.repeat(6 * MEGABYTE - 2))).resolves.toMatchObject({
      payload: 6 * MEGABYTE - 2,
    });
  });

  it('a result of more than 6 MB + 100 bytes fails the call', async () => {
    const { service } = deploy(`exports.handler = async (size) => 'x'.repeat(size);`);
    const fitting = 6 * MEGABYTE + 100 - 2;
    expect((await service.invoke('assistant', fitting)).functionError).toBeUndefined();
    await expect(service.invoke('assistant', fitting + 1)).resolves.toMatchObject({
      functionError: 'Unhandled',
      payload: { errorType: 'Function.ResponseSizeTooLarge' },
    });
  });

  it('a call that exceeds the timeout is ended with its instance', async () => {
    const { service } = deploy(FOREVER, { timeout: 1 });
    const { payload, requestId } = await service.invoke('assistant', {});
    expect(payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after 1.00 seconds`,
    });
  });

  it('a function that does not load within 10 s fails its call', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    try {
      const { service } = deploy({
        'index.mjs': 'await new Promise((resolve) => setTimeout(resolve, 60_000));',
      });
      const settled = jest.fn();
      const call = service.invoke('assistant', {}).finally(settled);
      await jest.advanceTimersByTimeAsync(9_999);
      expect(settled).not.toHaveBeenCalled();
      await jest.advanceTimersByTimeAsync(1);
      await expect(call).resolves.toMatchObject({ payload: { errorType: 'Sandbox.Timedout' } });
    } finally {
      jest.useRealTimers();
    }
  });

  it('a call that fails or finds no place is one of the function’s metrics, and a good one none', async () => {
    const told: string[] = [];
    const code = 'exports.handler = async (ms) => { await new Promise((r) => setTimeout(r, ms)); null.x; };';
    const { service } = deploy(
      code,
      { reserved_concurrent_executions: 1 },
      { onMetric: (name, metric) => told.push(`${name} ${metric}`) },
    );
    const first = service.invoke('assistant', 300);
    await expect(service.invoke('assistant:$LATEST', 0)).rejects.toThrow('Rate Exceeded');
    expect(told).toEqual(['assistant Throttles']);
    await first;
    expect(told).toEqual(['assistant Throttles', 'assistant Errors']);
    const { service: good } = deploy(WAIT, {}, { onMetric: (_name, metric) => told.push(metric) });
    await good.invoke('assistant', 0);
    expect(told).toHaveLength(2);
  });

  it('a loop that never yields is ended as well', async () => {
    const { service } = deploy('exports.handler = async () => { for (;;); };', { timeout: 1 });
    await expect(service.invoke('assistant', {})).resolves.toMatchObject({
      payload: { errorType: 'Sandbox.Timedout' },
    });
  });

  it('a function that exceeds its memory is killed', async () => {
    const { service } = deploy(
      'exports.handler = async () => { const all = []; for (;;) all.push(new Array(1e5).fill(Math.random())); };',
      { memory_size: 128, timeout: 30 },
    );
    const { payload, requestId } = await service.invoke('assistant', {});
    expect(payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
    });
  });

  it.each([
    ['the account', {}, 2, 2, 'ConcurrentInvocationLimitExceeded'],
    [
      'the function',
      { reserved_concurrent_executions: 1 },
      1_000,
      1,
      'ReservedFunctionConcurrentInvocationLimitExceeded',
    ],
    [
      'a switched-off function',
      { reserved_concurrent_executions: 0 },
      100,
      0,
      'ReservedFunctionConcurrentInvocationLimitExceeded',
    ],
  ])('%s throttles calls above its concurrency', async (_whose, values, maxConcurrency, allowed, reason) => {
    const { service } = deploy(WAIT, values, { maxConcurrency });
    const running = Array.from({ length: allowed }, () => service.invoke('assistant', 30));
    await expect(service.invoke('assistant', 0)).rejects.toMatchObject({
      name: 'TooManyRequestsException',
      reason,
    });
    await Promise.all(running);
  });
});
