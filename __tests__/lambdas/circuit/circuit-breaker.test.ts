import fc from 'fast-check';
import { untouched } from '../../../contract/circuit';
import { call, CALL_MS, MODEL, setUp } from './breaker-fixture';
import { skipTime } from '../../support/skip-time';

skipTime();

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

  it('lets all callers ask a model that nobody has asked for a whole window after its time was up', async () => {
    const { store, clock, transitions, instance } = setUp();
    const breaker = instance();
    for (let calls = 0; calls < 3; calls += 1) await call(breaker, 'bad');
    clock.now += 10_000 + 30_000;
    const permits = await Promise.all(
      [breaker, breaker, instance(), instance()].map((each) => each.permit(MODEL, CALL_MS, 'caller')),
    );
    expect(permits.map((permit) => permit?.phase)).toEqual(['closed', 'closed', 'closed', 'closed']);
    // It has failed them all: it opens as any other, and once.
    for (const permit of permits) await permit?.settle('bad');
    expect(store.items.get(MODEL)).toMatchObject({ state: 'open', failedProbes: 0, closings: 1 });
    expect(transitions).toEqual(['closed -> open', 'closed -> open']);
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
