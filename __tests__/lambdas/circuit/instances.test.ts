import { buildSync } from 'esbuild';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { CircuitSettings } from '../../../contract/circuit';
import { dynamoDbCircuitStore } from '../../../lambdas/adapters/circuit-table';
import { startDynalite, TABLE } from './dynalite';
import type { InstanceData, InstanceMessage } from './worker';

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

/** A real DynamoDB protocol, which fails now and then, and is slow now and then. */
async function startStore() {
  const faulty = { now: false };
  const table = await startDynalite((pass) => (request, response) => {
    const luck = Math.random();
    if (faulty.now && luck < 0.05) {
      response.writeHead(500, { 'Content-Type': 'application/x-amz-json-1.0' });
      response.end('{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}');
    } else if (faulty.now && luck < 0.1) {
      setTimeout(() => {
        pass(request, response);
      }, 150);
    } else {
      pass(request, response);
    }
  });
  const dynamoDb = table.createDynamoDb();
  /** The test's own look, which no fault may hit. */
  const circuit = async () => {
    const { now } = faulty;
    faulty.now = false;
    try {
      return await dynamoDbCircuitStore(TABLE, dynamoDb).read(MODEL);
    } finally {
      faulty.now = now;
    }
  };
  return { ...table, faulty, circuit };
}

it(`${INSTANCES} instances share one circuit, with their clocks apart, a store that fails and a dying prober`, async () => {
  const store = await startStore();
  const alive = new SharedArrayBuffer(4);
  const model = new Int32Array(alive);
  const calls: (InstanceMessage & { readonly instance: number })[] = [];
  const errors: unknown[] = [];
  const killed: { instance: number; at: number }[] = [];
  const code = buildSync({
    entryPoints: [join(__dirname, 'worker.ts')],
    bundle: true,
    write: false,
    platform: 'node',
  }).outputFiles[0]?.text;

  let killNextProber = false;
  const workers = Array.from({ length: INSTANCES }, (_, instance) => {
    const workerData: InstanceData = {
      endpoint: store.endpoint,
      table: TABLE,
      model: MODEL,
      settings: SETTINGS,
      skewMs: Math.round((instance / (INSTANCES - 1) - 0.5) * 1_000),
      callMs: CALL_MS,
      alive,
    };
    const worker = new Worker(code ?? '', { eval: true, workerData });
    worker.on('error', (error) => errors.push(error));
    worker.on('message', (message: InstanceMessage) => {
      calls.push({ ...message, instance });
      if (killNextProber && message.kind === 'call_began' && message.phase === 'half_open') {
        killNextProber = false;
        killed.push({ instance, at: message.at });
        void worker.terminate();
      }
    });
    return worker;
  });
  const began = (phase: string, from: number, to = Infinity) =>
    calls.filter(
      (call) => call.kind === 'call_began' && call.phase === phase && call.at >= from && call.at < to,
    );

  try {
    Atomics.store(model, 0, 1);
    store.faulty.now = true;
    const busy = () => new Set(began('closed', 0).map(({ instance }) => instance)).size;
    await until(() => busy() === INSTANCES);
    await sleep(1_000);
    expect(began('half_open', 0)).toEqual([]);

    // The model dies, and so does the first instance that probes it.
    const died = Date.now();
    Atomics.store(model, 0, 0);
    killNextProber = true;
    await until(() => killed.length === 1);
    // Time for its lease to end, and for others to probe.
    await sleep(CALL_MS + LEASE_MARGIN_MS + 2 * SETTINGS.maxOpenSeconds * 1_000);
    expect((await store.circuit())?.state).toBe('open');
    // An instance may miss the opening while the store is slow: it then fails open for a second at a time.
    const opened = died + 1_500;
    const healthyRate = began('closed', died - 1_000, died).length / 1_000;
    const unprotected = healthyRate * (Date.now() - opened);
    expect(began('closed', opened).length).toBeLessThan(0.1 * unprotected);

    const revived = Date.now();
    Atomics.store(model, 0, 1);
    await until(() => began('closed', revived).length > INSTANCES);
    expect((await store.circuit())?.state).toBe('closed');
    expect(errors).toEqual([]);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
    store.close();
  }

  const probes = probeIntervals(calls, killed);
  expect(probes.length).toBeGreaterThan(3);
  expect(probes.filter((probe, index) => index > 0 && probe.from < (probes[index - 1]?.to ?? 0))).toEqual([]);
});

/** Waits for what must come; the test's own timeout ends a wait in vain. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

/** When probes were under way, the earliest first; one whose instance was killed counts for its longest call. */
function probeIntervals(
  calls: readonly (InstanceMessage & { readonly instance: number })[],
  killed: readonly { readonly instance: number; readonly at: number }[],
) {
  const probes = calls.filter((call) => call.kind !== 'refused' && call.phase === 'half_open');
  const intervals = probes
    .filter(({ kind }) => kind === 'call_began')
    .map(({ instance, at }) => {
      const end = probes.find(
        (call) => call.kind === 'call_ended' && call.instance === instance && call.at >= at,
      );
      const died = killed.some((death) => death.instance === instance && death.at === at);
      return { instance, from: at, to: died || end === undefined ? at + CALL_MS : end.at };
    });
  return intervals.sort((one, other) => one.from - other.from);
}
