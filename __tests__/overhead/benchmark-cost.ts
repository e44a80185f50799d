import { percentile } from '@assistant/operator/report';
import { Workspace } from './workspace';
import { Benchmark, BedrockCaller, createPlan } from '@assistant/operator/benchmark';

/** Milliseconds. */
export interface BenchmarkCost {
  readonly concurrency: number;
  readonly calls: number;
  /** Median of what the server took, from a request's arrival to its answer's departure, by its own clock. */
  readonly trueMs: number;
  readonly measuredP50: number;
  /** What measuring adds: the loopback connection and this process. */
  readonly excessMs: number;
  readonly eventLoopDelayP99Ms: number | null;
}

export interface BenchmarkCostOptions {
  /** Default: 50. */
  readonly concurrency?: number;
  /** Default: 50. */
  readonly latencyMs?: number;
  /** Calls of each caller; default: 60. */
  readonly callsEach?: number;
}

const REGION = 'us-east-1';
const CREDENTIALS = { accessKeyId: 'AKIAHARNESSCOST', secretAccessKey: 'none' };
/** Of each caller, so that all connections are open and the code is compiled. */
const WARMUP_EACH = 10;

/**
 * What the operator's benchmark adds to a latency: measures a server whose latency is fixed, in a process of its own, which
 * tells how long it really took.
 * @throws Error where a call failed
 */
export async function measureBenchmarkCost(options: BenchmarkCostOptions = {}): Promise<BenchmarkCost> {
  const { concurrency = 50, latencyMs = 50, callsEach = 60 } = options;
  const workspace = new Workspace();
  try {
    const { upstream, url } = await workspace.startUpstream();
    await upstream.call('setLatency', latencyMs);
    const measured = await measure(url, concurrency, callsEach);
    const latencies = await upstream.call('takeLatencies');
    const trueMs = median(latencies.slice(-measured.latencies.length));
    const measuredP50 = median(measured.latencies);
    const { eventLoopDelayP99Ms } = measured;
    const calls = measured.latencies.length;
    return { concurrency, calls, trueMs, measuredP50, excessMs: measuredP50 - trueMs, eventLoopDelayP99Ms };
  } finally {
    await workspace.close();
  }
}

async function measure(endpoint: string, concurrency: number, callsEach: number) {
  const questions = [{ id: 'q', type: 'general', question: 'Where is my parcel?', maxTokens: 100 }];
  const plan = createPlan(
    {
      models: ['fixed-latency'],
      regions: [REGION],
      apis: ['converse'],
      runs: concurrency * callsEach,
      concurrency,
      warmup: concurrency * WARMUP_EACH,
      seed: 1,
      rate: { total: null, perModel: null },
      maxCostUsd: null,
      deadlineMs: 30_000,
    },
    questions,
  );
  const prices = { date: '1970-01-01', source: 'none', entries: {} };
  const caller = new BedrockCaller({
    regions: { [REGION]: { endpoint, credentials: CREDENTIALS } },
    concurrency,
  });
  try {
    const { calls, eventLoopDelayP99Ms } = await new Benchmark({ plan, questions, prices }).measure(caller);
    const failed = calls.find(({ outcome }) => outcome !== 'answered');
    if (failed)
      throw new Error(`A call of the fixed-latency server failed with ${String(failed.errorName)}.`);
    const latencies = calls.filter(({ warmup }) => !warmup).map(({ totalMs }) => totalMs);
    return { latencies, eventLoopDelayP99Ms };
  } finally {
    caller.close();
  }
}

const median = (values: readonly number[]): number => percentile(Float64Array.from(values).sort(), 50);
