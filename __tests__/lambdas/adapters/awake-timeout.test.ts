import { setTimeout as sleep } from 'node:timers/promises';
import { awakeTimeout } from '../../../lambdas/adapters/awake-timeout';

/** As Lambda freezes an instance: nothing runs, and time goes on. */
const freeze = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

describe('a timeout of an instance that is awake', () => {
  it('aborts when its time is up', async () => {
    const signal = awakeTimeout(100);
    await sleep(40);
    expect(signal.aborted).toBe(false);
    await sleep(400);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  it('does not count a freeze: what was under way has its time after it', async () => {
    const signal = awakeTimeout(400);
    await sleep(10);
    freeze(1_000);
    await sleep(50);
    expect(signal.aborted).toBe(false);
  });
});
