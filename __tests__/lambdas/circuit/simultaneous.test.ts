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

it(`failures at the same moment in ${INSTANCES} instances that were well before are all counted`, async () => {
  const table = await startDynalite();
  // No time passes while they wait for the table, however busy the machine is.
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
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
    expect(await failures()).toBe(2 * INSTANCES);
  } finally {
    jest.useRealTimers();
    table.close();
  }
});
