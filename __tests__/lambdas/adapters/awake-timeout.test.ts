import { awakeTimeout } from '../../../lambdas/adapters/awake-timeout';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

/** As Lambda freezes an instance: nothing runs, and time goes on. */
function freeze(ms: number): void {
  jest.setSystemTime(Date.now() + ms);
}

describe('a timeout of an instance that is awake', () => {
  it('aborts when its time is up', () => {
    const signal = awakeTimeout(100);
    jest.advanceTimersByTime(99);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('does not count a freeze: what was under way has its time after it', () => {
    const signal = awakeTimeout(400);
    jest.advanceTimersByTime(10);
    freeze(1_000);
    jest.advanceTimersByTime(400);
    expect(signal.aborted).toBe(false);
    jest.advanceTimersByTime(90);
    expect(signal.aborted).toBe(true);
  });
});
