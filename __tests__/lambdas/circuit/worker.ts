import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { CircuitSettings, Phase } from '../../../contract/circuit';
import { CircuitBreaker } from '../../../lambdas/tier/circuit/circuit-breaker';
import { dynamoDbCircuitStore } from '../../../lambdas/adapters/circuit-table';
import { createDynamoDb } from '../../../lambdas/adapters/dynamodb';

/** What the test tells an instance. */
export interface InstanceData {
  readonly endpoint: string;
  readonly table: string;
  readonly model: string;
  readonly settings: CircuitSettings;
  readonly skewMs: number;
  readonly callMs: number;
  /** One 32-bit integer: 1 while the model works. */
  readonly alive: SharedArrayBuffer;
}

/** What an instance tells the test; times are epoch milliseconds of the machine's one clock. */
export type InstanceMessage =
  | {
      readonly kind: 'call_began' | 'call_ended';
      readonly phase: Phase;
      readonly at: number;
    }
  | { readonly kind: 'refused'; readonly at: number };

const { endpoint, table, model, settings, skewMs, callMs, alive } = workerData as InstanceData;
const dynamoDb = createDynamoDb({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});
const breaker = new CircuitBreaker({
  store: dynamoDbCircuitStore(table, dynamoDb),
  settings,
  now: () => Date.now() + skewMs,
  onTransition: () => undefined,
  onStoreFailure: () => undefined,
});
const isAlive = () => Atomics.load(new Int32Array(alive), 0) === 1;
const tell = (message: InstanceMessage) => parentPort?.postMessage(message);

async function serveForEver(): Promise<never> {
  for (;;) {
    const permit = await breaker.permit(model, callMs, 'caller');
    if (permit === undefined) {
      tell({ kind: 'refused', at: Date.now() });
    } else {
      const { phase } = permit;
      tell({ kind: 'call_began', phase, at: Date.now() });
      await sleep(callMs / 2 + Math.random() * (callMs / 2 - 10));
      tell({ kind: 'call_ended', phase, at: Date.now() });
      await permit.settle(isAlive() ? 'good' : 'bad');
    }
    await sleep(20 + Math.random() * 30);
  }
}

void serveForEver();
