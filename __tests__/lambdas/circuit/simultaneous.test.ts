import { dynamoDbCircuitStore } from '../../../lambdas/adapters/circuit-table';
import { CircuitBreaker } from '../../../lambdas/tier/circuit/circuit-breaker';
import { startDynalite, TABLE } from './dynalite';

const INSTANCES = 8;
const MODEL = 'model';
const SETTINGS = {
  failures: 100,
  failureRate: 0.5,
  minimumCalls: 20,
  windowSeconds: 30,
  openSeconds: 10,
  maxOpenSeconds: 15,
  goodProbes: 2,
};

/** As long as the slowest of their writes may take, of which no request waits for all. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await condition()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
}

it(`failures at the same moment in ${INSTANCES} instances that were well before are all counted`, async () => {
  const table = await startDynalite();
  try {
    const store = dynamoDbCircuitStore(TABLE, table.createDynamoDb());
    const instances = Array.from(
      { length: INSTANCES },
      () =>
        new CircuitBreaker({
          store: dynamoDbCircuitStore(TABLE, table.createDynamoDb()),
          settings: SETTINGS,
          onTransition: () => undefined,
          onStoreFailure: () => undefined,
        }),
    );
    const callAll = (outcome: 'good' | 'bad') =>
      Promise.all(
        instances.map(async (breaker) => {
          const permit = await breaker.permit(MODEL, 5_000, 'caller');
          await permit?.settle(outcome);
        }),
      );
    const failures = async () => (await store.read(MODEL))?.failures ?? 0;

    for (let calls = 0; calls < 4; calls += 1) await callAll('good');
    // For each instance an exception, which it keeps to itself for now.
    await callAll('bad');
    expect(await failures()).toBe(0);
    await callAll('bad');
    await until(async () => (await failures()) === 2 * INSTANCES);
    expect(await failures()).toBe(2 * INSTANCES);
  } finally {
    table.close();
  }
});
