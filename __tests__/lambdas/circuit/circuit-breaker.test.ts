import fc from 'fast-check';
import { forced, untouched, type CircuitSettings } from '../../../contract/circuit';
import type { Source } from '../../../contract/workflow';
import { CircuitBreaker, type CallOutcome } from '../../../lambdas/tier/circuit/circuit-breaker';
import { MemoryStore } from './memory-store';
import { SETTINGS } from './settings';

const MODEL = 'model';
const CALL_MS = 1_000;

function setUp(settings: Partial<CircuitSettings> = {}) {
  const store = new MemoryStore();
  const clock = { now: 1_000_000 };
  const transitions: string[] = [];
  const failures: unknown[] = [];
  const instance = (skewMs = 0) =>
    new CircuitBreaker({
      store,
      settings: { ...SETTINGS, ...settings },
      now: () => clock.now + skewMs,
      onTransition: (_, from, to) => transitions.push(`${from} -> ${to}`),
      onStoreFailure: (error) => failures.push(error),
    });
  return { store, clock, transitions, failures, instance };
}

/** Makes one call, if the circuit lets it through. */
async function call(breaker: CircuitBreaker, outcome: CallOutcome, source: Source = 'caller') {
  const permit = await breaker.permit(MODEL, CALL_MS, source);
  await permit?.settle(outcome);
  return permit?.phase ?? 'refused';
}

describe('the circuit breaker', () => {
  it('writes nothing and reads at most once a second while all is well', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    for (let calls = 0; calls < 50; calls += 1) {
      expect(await call(breaker, 'good')).toBe('closed');
      clock.now += 40;
    }
    expect(store.writes).toBe(0);
    expect(store.reads).toBe(2);
  });

  it('opens on a run of failures, over all instances, and refuses at once', async () => {
    const { store, transitions, instance } = setUp();
    const instances = [instance(), instance(), instance()];
    for (const breaker of instances) expect(await call(breaker, 'bad')).toBe('closed');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open' });
    expect(transitions).toEqual(['closed -> open']);
    expect(await call(instance(), 'good')).toBe('refused');
  });

  it('opens on one instance’s own failure rate', async () => {
    const { store, instance } = setUp();
    const breaker = instance();
    for (const outcome of ['good', 'bad', 'good', 'bad'] as const) await call(breaker, outcome);
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open' });
  });

  it('keeps a healthy instance’s exceptions to itself', async () => {
    const { store, instance } = setUp();
    const instances = Array.from({ length: 6 }, () => instance());
    for (const breaker of instances) {
      for (const outcome of ['good', 'good', 'good', 'bad', 'good'] as const) await call(breaker, outcome);
    }
    expect(store.writes).toBe(0);
  });

  it.each(['void', 'alive'] as const)('never counts what says nothing of how well: %s', async (outcome) => {
    const { store, instance } = setUp();
    const breaker = instance();
    for (const each of ['bad', outcome, outcome, outcome, 'bad', 'bad'] as const) await call(breaker, each);
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open' });
    const calm = setUp();
    for (let calls = 0; calls < 10; calls += 1) await call(calm.instance(), outcome);
    expect(calm.store.writes).toBe(0);
  });

  it('lets one probe at a time through, and closes after the good ones that it takes', async () => {
    const { store, clock, transitions, instance } = setUp();
    const [one, other] = [instance(), instance()];
    for (let calls = 0; calls < 3; calls += 1) await call(one, 'bad');
    clock.now += 10_000;
    const probe = await one.permit(MODEL, CALL_MS, 'caller');
    expect(probe?.phase).toBe('half_open');
    expect(await call(other, 'good')).toBe('refused');
    expect(await call(one, 'good')).toBe('refused');
    await probe?.settle('good');
    expect(await call(one, 'good')).toBe('half_open');
    expect(store.items.get(MODEL)?.state).toBe('closed');
    expect(await call(one, 'good')).toBe('closed');
    expect(transitions).toEqual(['closed -> open', 'half_open -> closed']);
  });

  it('lets a call through where another instance has closed the circuit since it looked', async () => {
    const { clock, instance } = setUp();
    const [one, other] = [instance(), instance()];
    for (let calls = 0; calls < 3; calls += 1) await call(one, 'bad');
    clock.now += 9_500;
    expect(await call(other, 'good')).toBe('refused');
    clock.now += 500;
    for (let probes = 0; probes < 2; probes += 1) expect(await call(one, 'good')).toBe('half_open');
    expect(await call(other, 'good')).toBe('closed');
  });

  it('backs off after a bad probe', async () => {
    const { clock, instance } = setUp();
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 10_000;
    expect(await call(breaker, 'bad')).toBe('half_open');
    clock.now += 19_999;
    expect(await call(breaker, 'good')).toBe('refused');
    clock.now += 1;
    expect(await call(breaker, 'good')).toBe('half_open');
  });

  it('takes over from an instance that died in mid-probe, when its lease is over', async () => {
    const { clock, instance } = setUp();
    const [dying, other] = [instance(), instance()];
    for (let calls = 0; calls < 3; calls += 1) await call(dying, 'bad');
    clock.now += 10_000;
    await dying.permit(MODEL, CALL_MS, 'caller');
    clock.now += CALL_MS + 2_999;
    expect(await call(other, 'good')).toBe('refused');
    clock.now += 1_000;
    expect(await call(other, 'good')).toBe('half_open');
  });

  /** A circuit that is half-open, its model back, and a caller's probe that has heard it and goes on. */
  async function withLivingProbe() {
    const all = setUp();
    const breaker = all.instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    all.clock.now += 10_000;
    const probe = await breaker.permit(MODEL, CALL_MS, 'caller');
    expect(await call(all.instance(), 'good')).toBe('refused');
    probe?.heard();
    await new Promise(setImmediate);
    return { ...all, breaker, probe };
  }

  it('lets the next probe go as soon as the model has shown a sign of life to the one before', async () => {
    const { store, instance, probe } = await withLivingProbe();
    expect(await call(instance(), 'good')).toBe('half_open');
    await probe?.settle('alive');
    expect(store.items.get(MODEL)?.state).toBe('closed');
  });

  it('opens again by a probe whose model has failed it after all, another being under way', async () => {
    const { store, instance, probe } = await withLivingProbe();
    await instance().permit(MODEL, CALL_MS, 'caller');
    await probe?.settle('bad');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open', failedProbes: 1 });
    expect(await call(instance(), 'good')).toBe('refused');
  });

  it('lets go at once of a lease whose probe ended without a verdict', async () => {
    const { clock, instance } = setUp();
    const [one, other] = [instance(), instance()];
    for (let calls = 0; calls < 3; calls += 1) await call(one, 'bad');
    clock.now += 10_000;
    expect(await call(one, 'void')).toBe('half_open');
    expect(await call(other, 'void')).toBe('half_open');
  });

  it('lets the canary ask while it is open, and beside a probe, whose lease it leaves', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    expect(await call(breaker, 'good', 'canary')).toBe('open');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open', goodProbes: 0 });
    clock.now += 10_000;
    const probe = await breaker.permit(MODEL, CALL_MS, 'caller');
    expect(await call(instance(), 'good', 'canary')).toBe('half_open');
    expect(store.items.get(MODEL)).toMatchObject({ goodProbes: 1, lease: {} });
    await probe?.settle('good');
    expect(store.items.get(MODEL)?.state).toBe('closed');
  });

  it('takes nothing but good news of the canary while it is not closed', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 10_000;
    const { writes } = store;
    for (const outcome of ['bad', 'void'] as const)
      expect(await call(breaker, outcome, 'canary')).toBe('half_open');
    expect(store.writes).toBe(writes);
  });

  it('obeys an operator who opens a circuit, until an operator closes it', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    store.items.set(MODEL, { ...untouched(MODEL), version: 1, state: 'open', forced: true });
    for (const source of ['caller', 'canary'] as const) {
      expect(await call(breaker, 'good', source)).toBe('refused');
    }
    clock.now += 3_600_000;
    expect(await call(breaker, 'good')).toBe('refused');
    store.items.set(MODEL, { ...untouched(MODEL), version: 2 });
    clock.now += 1_000;
    expect(await call(breaker, 'good')).toBe('closed');
  });
});

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
    expect(performance.now() - began).toBeLessThan(500);
    expect(store.reads).toBe(2);
  });

  it('waits a second for its first read, or as long as the call may take, and then no more', async () => {
    const { store, instance } = setUp();
    store.delay = () => new Promise(() => undefined);
    const breaker = instance();
    const began = performance.now();
    for (let calls = 0; calls < 20; calls += 1) expect(await call(breaker, 'good')).toBe('closed');
    expect(performance.now() - began).toBeGreaterThanOrEqual(990);
    expect(performance.now() - began).toBeLessThan(1_500);
    const hurried = performance.now();
    expect((await instance().permit(MODEL, 50, 'caller'))?.phase).toBe('closed');
    expect(performance.now() - hurried).toBeLessThan(500);
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
    store.delay = () => new Promise((resolve) => setTimeout(resolve, 160));
    expect(await call(breaker, 'good')).toBe('refused');
    await new Promise((resolve) => setTimeout(resolve, 600));
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
    store.delay = () => new Promise((resolve) => setTimeout(resolve, 300));
    const burst = Array.from({ length: 15 }, () => call(instance(), 'good'));
    expect(new Set(await Promise.all(burst))).toEqual(new Set(['refused']));
  });

  it.each([2_000, 20_000, 60_000])('waits so again after %i ms without a look', async (pauseMs) => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    store.items.set(MODEL, forced(untouched(MODEL), 'open'));
    store.delay = () => new Promise((resolve) => setTimeout(resolve, 300));
    clock.now += pauseMs;
    expect(await call(breaker, 'good')).toBe('refused');
  });

  it('waits so as well where the store has been late or away before, but has answered since', async () => {
    const { store, clock, instance } = setUp();
    const breaker = instance();
    await call(breaker, 'good');
    store.delay = () => Promise.reject(new Error('away'));
    clock.now += 3_000;
    expect(await call(breaker, 'good')).toBe('closed');
    store.delay = () => new Promise((resolve) => setTimeout(resolve, 300));
    clock.now += 1_000;
    // Late, and answered in the end.
    expect(await call(breaker, 'good')).toBe('closed');
    await new Promise((resolve) => setTimeout(resolve, 400));
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

  it('that were frozen on their way open nothing that an operator has closed since', async () => {
    const { store, end } = await hanging();
    await store.write(forced(untouched(MODEL), 'closed'));
    await end(3_001);
    expect(store.items.get(MODEL)).toMatchObject({ state: 'closed', failures: 0 });
  });

  it('that were only slow on their way open what somebody else has written to', async () => {
    const { store, end } = await hanging();
    await store.write(forced(untouched(MODEL), 'closed'));
    await end(2_000);
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open' });
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
    const { store, clock, instance } = setUp();
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
    expect(await call(breaker, 'good')).toBe('refused');
  });
});

describe('instances that race', () => {
  it('lose no opening, in whatever order their writes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.integer({ min: 3, max: 8 }), async (scheduler, count) => {
        const { store, transitions, instance } = setUp();
        store.delay = () => scheduler.schedule(Promise.resolve());
        const calls = Array.from({ length: count }, () => call(instance(), 'bad'));
        await scheduler.waitFor(Promise.all(calls));
        expect(store.items.get(MODEL)?.state).toBe('open');
        expect(transitions).toEqual(['closed -> open']);
      }),
      { numRuns: 50 },
    );
  });

  it('get one probe, whatever their clocks say and however often the store fails', async () => {
    const skew = fc.integer({ min: -500, max: 500 });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(skew, { minLength: 2, maxLength: 8 }),
        fc.array(fc.boolean(), { maxLength: 20 }),
        async (scheduler, skews, failing) => {
          const { store, clock, instance } = setUp();
          const openUntil = clock.now - 600;
          store.items.set(MODEL, { ...untouched(MODEL), version: 1, state: 'open', openUntil });
          const left = [...failing];
          store.delay = async () => {
            const fails = left.shift();
            await scheduler.schedule(Promise.resolve());
            if (fails) throw new Error('away');
          };
          // An instance that could not read lets calls through as if closed: fail open. Probes stay one.
          const permits = skews.map((skewMs) => instance(skewMs).permit(MODEL, CALL_MS, 'caller'));
          const phases = (await scheduler.waitFor(Promise.all(permits))).map((permit) => permit?.phase);
          expect(phases.filter((phase) => phase === 'half_open').length).toBeLessThanOrEqual(1);
          if (failing.length === 0) expect(phases).toContain('half_open');
        },
      ),
      { numRuns: 50 },
    );
  });
});
