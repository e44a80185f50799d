declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- of @types/jest, which lacks it
  namespace jest {
    function setTimerTickMode(mode: { readonly mode: 'manual' | 'nextAsync' }): typeof jest;
  }
}

/**
 * In all tests of a file, or of a `describe`, time passes as fast as it is waited for: whenever nothing else is left to
 * do, it is at once what the next timer is set to, to the millisecond and however busy the machine is. Not for what
 * waits for I/O as well, nor for the timers of `node:timers/promises`, which stay real.
 */
export function skipTime(): void {
  beforeEach(() => {
    // A faked immediate would take a millisecond.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] });
    jest.setTimerTickMode({ mode: 'nextAsync' });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}
