import { withAwakeTimeout } from '../../../lambdas/adapters/awake-timeout';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** As Lambda freezes an instance: nothing runs, and time goes on. */
function freeze(ms: number): void {
  jest.setSystemTime(Date.now() + ms);
}

/** @returns the signal of a call that ends with it */
function signalOf(ms: number): AbortSignal {
  let seen = AbortSignal.abort();
  void withAwakeTimeout(ms, (signal) => {
    seen = signal;
    return new Promise((resolve) => {
      signal.addEventListener('abort', resolve);
    });
  });
  return seen;
}

describe('a timeout of an instance that is awake', () => {
  it('aborts when its time is up', () => {
    const signal = signalOf(100);
    jest.advanceTimersByTime(99);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('does not count a freeze: what was under way has its time after it', () => {
    const signal = signalOf(400);
    jest.advanceTimersByTime(10);
    freeze(1_000);
    jest.advanceTimersByTime(400);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(90);
    expect(signal.aborted).toBe(true);
  });

  it.each([
    ['answered', () => Promise.resolve('answer')],
    ['failed', () => Promise.reject(new Error('It failed.'))],
  ])('leaves no timer behind a call that has %s', async (_, call) => {
    await withAwakeTimeout<unknown>(100, call).catch(() => undefined);
    expect(jest.getTimerCount()).toBe(0);
  });
});
