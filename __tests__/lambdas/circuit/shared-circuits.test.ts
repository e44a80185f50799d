import { forced, untouched } from '../../../contract/circuit';
import { call, CALL_MS, MODEL, setUp } from './breaker-fixture';
import { SETTINGS } from './settings';
import { skipTime } from '../../support/skip-time';

skipTime();

/** For a store that answers after so long. */
const after = (ms: number) => () => new Promise((resolve) => setTimeout(resolve, ms));

describe('the circuit breaker without its store', () => {
  it('lets calls through, and asks the store no more than once a second', async () => {
    const { store, failures, instance } = setUp();
    store.delay = () => Promise.reject(new Error('away'));
    const breaker = instance();
    for (let calls = 0; calls < 20; calls += 1) expect(await call(breaker, 'good')).toBe('closed');
    expect(store.reads).toBe(1);
    expect(failures).toHaveLength(1);
  });

  it('waits tens of milliseconds for one that has become slow, and no more than once a second', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    store.delay = () => new Promise(() => undefined);
    clock.now += 1_000;
    const began = performance.now();
    for (let calls = 0; calls < 20; calls += 1) expect(await call(breaker, 'good')).toBe('closed');
    expect(performance.now() - began).toBe(75);
    expect(store.reads).toBe(2);
  });

  it('waits a second for its first read, or as long as the call may take, and then no more', async () => {
    const { store, instance } = setUp();
    store.delay = () => new Promise(() => undefined);
    const breaker = instance();
    const began = performance.now();
    for (let calls = 0; calls < 20; calls += 1) expect(await call(breaker, 'good')).toBe('closed');
    expect(performance.now() - began).toBe(1_000);
    const hurried = performance.now();
    expect((await instance().permit(MODEL, 50, 'caller'))?.phase).toBe('closed');
    expect(performance.now() - hurried).toBe(50);
  });

  it('goes on refusing what an operator has forced open', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    expect(await call(breaker, 'good')).toBe('refused');
    store.delay = () => Promise.reject(new Error('away'));
    clock.now += 3_600_000;
    expect(await call(breaker, 'good')).toBe('refused');
  });

  it('opens by what the instance itself has seen', async () => {
    const { store, transitions, instance } = setUp();
    store.delay = () => Promise.reject(new Error('away'));
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    expect(await call(breaker, 'good')).toBe('refused');
    expect(transitions).toEqual(['closed -> open']);
  });

  it('refuses probes that it cannot hold a lease for, but forgets what it knows in the end', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    store.delay = () => Promise.reject(new Error('away'));
    clock.now += 10_000;
    expect(await call(breaker, 'good')).toBe('refused');
    clock.now += 20_000;
    expect(await call(breaker, 'good')).toBe('closed');
  });

  it('gives a lease back that came too late', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 10_000;
    await breaker.permit(MODEL, 0, 'caller').then((probe) => probe?.settle('void'));
    store.delay = after(160);
    expect(await call(breaker, 'good')).toBe('refused');
    await after(600)();
    expect(store.items.get(MODEL)?.lease).toBeUndefined();
  });
});

describe('what an instance finds out while its store is away', () => {
  async function away(forMs: number) {
    const all = setUp();
    const breaker = all.instance();
    await call(breaker, 'good');
    const [read, write] = [all.store.read.bind(all.store), all.store.write.bind(all.store)];
    const fail = () => Promise.reject(new Error('away'));
    Object.assign(all.store, { read: fail, write: fail });
    all.clock.now += forMs;
    const comeBack = () => Object.assign(all.store, { read, write });
    const comeBackToRead = () => Object.assign(all.store, { read });
    return { ...all, breaker, comeBack, comeBackToRead };
  }

  it.each([1_000, 31_000, 3_600_000])(
    'opens a circuit after %i ms as well, and is told once',
    async (forMs) => {
      const { clock, transitions, breaker } = await away(forMs);
      for (let calls = 0; calls < 4; calls += 1) {
        expect(await call(breaker, 'bad')).toBe(calls < 3 ? 'closed' : 'refused');
        clock.now += 1_000;
      }
      expect(await call(breaker, 'good')).toBe('refused');
      expect(transitions).toEqual(['closed -> open']);
    },
  );

  it('is forgotten after half a minute, since it cannot probe', async () => {
    const { clock, breaker } = await away(60_000);
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 29_000;
    expect(await call(breaker, 'good')).toBe('refused');
    clock.now += 1_001;
    expect(await call(breaker, 'good')).toBe('closed');
  });

  it('never stands against what somebody else has written', async () => {
    const { store, clock, breaker, comeBack } = await away(1_000);
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    await call(breaker, 'bad');
    comeBack();
    // Its first write since: it meets the operator's word, and leaves it.
    await call(breaker, 'bad');
    await call(breaker, 'bad');
    expect(store.items.get(MODEL)).toMatchObject({ forced: true, version: 1 });
    clock.now += 1_000;
    expect(await call(breaker, 'good')).toBe('refused');
  });

  it('stands while the store can be read but not written', async () => {
    const { clock, breaker, comeBackToRead, comeBack, store } = await away(1_000);
    comeBackToRead();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 2_000;
    expect(await call(breaker, 'good')).toBe('refused');
    comeBack();
    clock.now += 8_000;
    expect(await call(breaker, 'good')).toBe('half_open');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open', goodProbes: 1 });
  });

  it('is no look at the store, where it changes nothing', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    const late = await breaker.permit(MODEL, CALL_MS, 'caller');
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 900;
    await late?.settle('bad');
    const { reads } = store;
    clock.now += 100;
    await call(breaker, 'good');
    expect(store.reads).toBe(reads + 1);
  });
});

describe('an instance without fresh knowledge', () => {
  it('waits for its first read: no burst of new ones passes a circuit that is forced open', async () => {
    const { store, instance } = setUp();
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    store.delay = after(300);
    const burst = Array.from({ length: 15 }, () => call(instance(), 'good'));
    expect(new Set(await Promise.all(burst))).toEqual(new Set(['refused']));
  });

  it.each([2_000, 20_000, 60_000])('waits so again after %i ms without a look', async (pauseMs) => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    store.delay = after(300);
    clock.now += pauseMs;
    expect(await call(breaker, 'good')).toBe('refused');
  });

  it('waits so again a second after a read that failed at once, and has kept nobody waiting', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    store.delay = () => Promise.reject(new Error('connection reset'));
    clock.now += 3_000;
    expect(await call(breaker, 'good')).toBe('closed');
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    store.delay = after(300);
    clock.now += 1_000;
    expect(await call(breaker, 'good')).toBe('refused');
  });

  it('waits so as well where the store has been late before, but has answered since', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    store.delay = () => new Promise(() => undefined);
    clock.now += 3_000;
    expect(await call(breaker, 'good')).toBe('closed');
    store.delay = after(300);
    clock.now += 1_000;
    // Late, and answered in the end.
    expect(await call(breaker, 'good')).toBe('closed');
    await after(400)();
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    clock.now += 2_000;
    expect(await call(breaker, 'good')).toBe('refused');
  });

  it('goes neither by a read that was frozen with it nor by what that read says at last', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    const thaw: (() => void)[] = [];
    const answer = store.read.bind(store);
    store.read = async (model) => {
      const read = await answer(model);
      await new Promise<void>((resolve) => thaw.push(resolve));
      return read;
    };
    clock.now += 1_000;
    expect(await call(breaker, 'good')).toBe('closed');
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    clock.now += 60_000;
    thaw.forEach((resume) => {
      resume();
    });
    store.read = answer;
    expect(await call(breaker, 'good')).toBe('refused');
    expect(store.reads).toBe(3);
  });
});

describe('failures', () => {
  it('are told with the next of the same run, where the first was taken for an exception', async () => {
    const { store, instance } = setUp();
    const breaker = instance();
    for (const outcome of ['good', 'good', 'good', 'good', 'bad'] as const) await call(breaker, outcome);
    expect(store.writes).toBe(0);
    await call(breaker, 'bad');
    expect(store.items.get(MODEL)?.failures).toBe(2);
  });

  /** Three failures whose write hangs, as in an instance that Lambda freezes; `end` lets it go on, after so long. */
  async function hanging() {
    const all = setUp();
    const { store, clock, instance } = all;
    const goOn: (() => Promise<void>)[] = [];
    const write = store.write.bind(store);
    store.write = (circuit) =>
      new Promise((resolve, reject) => {
        goOn.push(() => write(circuit).then(resolve, reject));
      });
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    expect(goOn).not.toEqual([]);
    store.write = write;
    const end = async (afterMs: number) => {
      clock.now += afterMs;
      await Promise.all(goOn.map((each) => each()));
      await new Promise(setImmediate);
    };
    return { ...all, breaker, end };
  }

  it.each([100, 2_000, 60_000])('open nothing that an operator has closed %i ms since', async (afterMs) => {
    const { store, breaker, end } = await hanging();
    await store.write(forced(untouched(MODEL), 'closed'));
    await end(afterMs);
    expect(store.items.get(MODEL)).toMatchObject({ state: 'closed', failures: 0 });
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open' });
  });

  it.each([
    [2_000, 'open', 'they were only slow'],
    [3_001, 'closed', 'they were frozen, and are of another time'],
  ])('that meet another’s %i ms later leave the circuit %s, since %s', async (afterMs, state) => {
    const { store, clock, end } = await hanging();
    await store.write({ ...untouched(MODEL), version: 1, failures: 1, windowStart: clock.now });
    await end(afterMs);
    expect(store.items.get(MODEL)).toMatchObject({ state });
  });

  it.each([
    [2_000, 'refused', 'the instance goes by them alone'],
    [3_001, 'closed', 'they were frozen, and are of another time'],
  ])('whose write fails after %i ms: the next call is %s, since %s', async (afterMs, phase) => {
    const { store, failures, breaker, end } = await hanging();
    store.delay = () => Promise.reject(new Error('connection reset'));
    await end(afterMs);
    expect(failures).not.toEqual([]);
    expect(await call(breaker, 'good')).toBe(phase);
  });

  it.each([
    ['at once', false],
    ['after a look', true],
  ])(
    'whose written word comes in when its instance wakes cover no operator’s later one: %s',
    async (_, looks) => {
      const { store, clock, instance } = setUp();
      const write = store.write.bind(store);
      let wake: (() => void) | undefined;
      store.write = async (circuit) => {
        const conflict = await write(circuit);
        await new Promise<void>((resolve) => (wake = resolve));
        return conflict;
      };
      const breaker = instance();
      await call(breaker, 'bad');
      store.write = write;
      clock.now += 3_600_000;
      await write(forced(store.items.get(MODEL) ?? untouched(MODEL), 'open'));
      if (looks) expect(await call(breaker, 'good')).toBe('refused');
      wake?.();
      await new Promise(setImmediate);
      expect(await call(breaker, 'good')).toBe('refused');
    },
  );

  it('of before an outage are forgotten with it, however long an instance has rested', async () => {
    const { store, clock, instance } = setUp({ windowSeconds: 300 });
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 35_000;
    for (let calls = 0; calls < SETTINGS.goodProbes; calls += 1) await call(instance(), 'good');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'closed' });
    await call(breaker, 'bad');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'closed' });
  });

  it('of a read that was frozen say nothing of the store, which is asked at once', async () => {
    const { store, clock, failures, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    let breakOff: ((error: Error) => void) | undefined;
    store.delay = () => new Promise((_, reject) => (breakOff = reject));
    clock.now += 1_000;
    await call(breaker, 'good');
    store.delay = () => Promise.resolve();
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    clock.now += 60_000;
    breakOff?.(new Error('connection reset'));
    await new Promise(setImmediate);
    expect(failures).toEqual(['frozen']);
    expect(await call(breaker, 'good')).toBe('refused');
  });
});
