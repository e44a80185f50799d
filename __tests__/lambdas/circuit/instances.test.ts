import type { CircuitSettings, Phase } from '../../../contract/circuit';
import { dynamoDbCircuitStore } from '../../../lambdas/adapters/circuit-table';
import { CircuitBreaker } from '../../../lambdas/tier/circuit/circuit-breaker';
import type { CircuitStore } from '../../../lambdas/tier/circuit/circuit-store';
import { startDynalite, TABLE } from './dynalite';

const INSTANCES = 20;
const MODEL = 'model';
const CALL_MS = 100;
/** The breaker's own margin, which a lease outlasts its call by. */
const LEASE_MARGIN_MS = 3_000;
const SETTINGS: CircuitSettings = {
  failures: 5,
  failureRate: 0.5,
  minimumCalls: 10,
  windowSeconds: 10,
  openSeconds: 0.5,
  maxOpenSeconds: 1,
  goodProbes: 2,
};

interface Call {
  readonly instance: number;
  readonly phase: Phase;
  readonly from: number;
  to: number;
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The real table asked by its real protocol, which takes no time of the test's, but fails or is late now and then. */
class UnsteadyStore implements CircuitStore {
  asked = 0;

  constructor(private readonly table: CircuitStore) {}

  readonly read = (model: string) => this.ask(() => this.table.read(model));
  readonly write: CircuitStore['write'] = (circuit) => this.ask(() => this.table.write(circuit));

  private async ask<T>(call: () => Promise<T>): Promise<T> {
    const luck = Math.random();
    if (luck < 0.05) throw new Error('InternalServerError');
    if (luck < 0.1) await sleep(150);
    this.asked += 1;
    try {
      return await call();
    } finally {
      this.asked -= 1;
    }
  }
}

it(`${INSTANCES} instances share one circuit, with their clocks apart, a store that fails and a dying prober`, async () => {
  const table = await startDynalite();
  const kept = dynamoDbCircuitStore(TABLE, table.createDynamoDb());
  const stores = Array.from(
    { length: INSTANCES },
    () => new UnsteadyStore(dynamoDbCircuitStore(TABLE, table.createDynamoDb())),
  );
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask'] });
  const passUntil = async (condition: () => boolean) => {
    const end = Date.now() + 60_000;
    while (!condition()) {
      if (Date.now() > end) throw new Error('It has not come within a minute.');
      if (stores.some(({ asked }) => asked > 0)) await new Promise(setImmediate);
      else await jest.advanceTimersToNextTimerAsync();
    }
  };
  const pass = async (ms: number) => {
    const end = Date.now() + ms;
    await passUntil(() => Date.now() >= end);
  };

  const model = { isAlive: true, killsItsNextProber: false };
  const calls: Call[] = [];
  const serve = async (store: CircuitStore, instance: number) => {
    const skewMs = Math.round((instance / (INSTANCES - 1) - 0.5) * 1_000);
    const breaker = new CircuitBreaker({
      store,
      settings: SETTINGS,
      now: () => Date.now() + skewMs,
      onTransition: () => undefined,
      onStoreFailure: () => undefined,
    });
    for (;;) {
      const permit = await breaker.permit(MODEL, CALL_MS, 'caller');
      if (permit !== undefined) {
        const { phase } = permit;
        const call = { instance, phase, from: Date.now(), to: Date.now() + CALL_MS };
        calls.push(call);
        if (phase === 'half_open' && model.killsItsNextProber) {
          model.killsItsNextProber = false;
          return;
        }
        await sleep(CALL_MS / 2 + Math.random() * (CALL_MS / 2 - 10));
        call.to = Date.now();
        await permit.settle(model.isAlive ? 'good' : 'bad');
      }
      await sleep(20 + Math.random() * 30);
    }
  };
  const began = (phase: Phase, from: number, to = Infinity) =>
    calls.filter((call) => call.phase === phase && call.from >= from && call.from < to);

  try {
    stores.forEach((store, instance) => void serve(store, instance));
    await pass(2_000);
    expect(new Set(began('closed', 0).map(({ instance }) => instance)).size).toBe(INSTANCES);
    expect(began('half_open', 0)).toEqual([]);

    // The model dies, and so does the first instance that probes it.
    const died = Date.now();
    Object.assign(model, { isAlive: false, killsItsNextProber: true });
    await passUntil(() => began('half_open', died).length > 0);
    // Time for its lease to end, and for others to probe.
    await pass(CALL_MS + LEASE_MARGIN_MS + 2 * SETTINGS.maxOpenSeconds * 1_000);
    expect((await kept.read(MODEL))?.state).toBe('open');
    // An instance may miss the opening while the store is slow: it then fails open for a second at a time.
    const opened = died + 1_500;
    const healthyRate = began('closed', died - 1_000, died).length / 1_000;
    const unprotected = healthyRate * (Date.now() - opened);
    expect(began('closed', opened).length).toBeLessThan(0.1 * unprotected);

    const revived = Date.now();
    model.isAlive = true;
    await passUntil(() => began('closed', revived).length > INSTANCES);
    expect((await kept.read(MODEL))?.state).toBe('closed');
  } finally {
    jest.useRealTimers();
    table.close();
  }

  const probes = calls.filter(({ phase }) => phase === 'half_open');
  expect(probes.length).toBeGreaterThan(3);
  expect(probes.filter(({ from }, index) => index > 0 && from < (probes[index - 1]?.to ?? 0))).toEqual([]);
});
