import { AcceleratedClock } from '../../platform/clock';

describe('AcceleratedClock', () => {
  beforeEach(() => {
    jest.useFakeTimers({ now: 1_000_000 });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('begins with the real time and runs at its speed', () => {
    const clock = new AcceleratedClock(10);
    expect(clock.now()).toBe(1_000_000);
    jest.advanceTimersByTime(500);
    expect(clock.now()).toBe(1_005_000);
  });

  it.each([
    [1, 60_000, 5],
    [10, 6_000, 5],
    [60, 1_000, 5],
  ])('at speed %d runs a task of every minute each %d ms', (speed, realMs, runs) => {
    const task = jest.fn();
    const stop = new AcceleratedClock(speed).every(60_000, task);
    jest.advanceTimersByTime(realMs * runs);
    expect(task).toHaveBeenCalledTimes(runs);
    stop();
    jest.advanceTimersByTime(realMs * runs);
    expect(task).toHaveBeenCalledTimes(runs);
  });

  it('runs a task first when it is told to', () => {
    const clock = new AcceleratedClock(10);
    const times: number[] = [];
    clock.every(10_000, () => times.push(clock.now() - 1_000_000), 2_000);
    jest.advanceTimersByTime(2_300);
    expect(times).toEqual([2_000, 12_000, 22_000]);
  });

  it('waits for days that no timer of Node can hold', () => {
    const task = jest.fn();
    new AcceleratedClock().every(30 * 86_400_000, task);
    jest.advanceTimersByTime(30 * 86_400_000 - 1);
    expect(task).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(task).toHaveBeenCalledTimes(1);
  });

  it.each([0, -1, NaN, Infinity])('refuses the speed %d', (speed) => {
    expect(() => new AcceleratedClock(speed)).toThrow(RangeError);
  });
});

describe('sleep', () => {
  it('ends after its time, compressed', async () => {
    const before = performance.now();
    await new AcceleratedClock(1_000).sleep(20_000);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('is ended by a signal', async () => {
    const controller = new AbortController();
    const sleeping = new AcceleratedClock().sleep(60_000, controller.signal);
    controller.abort();
    await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
  });
});
