import { cpuPerCall, sliceOf, summarize, throughputOf, type Round, type Slice } from '../healthy/summary';

const slice = (latencyMs: readonly number[], elapsedMs = 1_000, failures: readonly string[] = []): Slice => ({
  latencyMs: Float64Array.from(latencyMs),
  elapsedMs,
  cpuMs: elapsedMs / 2,
  failures,
});
const cell = { upstreamMs: 0, concurrency: 1 };

describe('a slice', () => {
  it('has its latencies in order, and what came instead of the primary model', () => {
    const samples = {
      startedAt: Float64Array.of(0, 1, 2),
      latencyMs: Float64Array.of(3, 1, 2),
      tiers: ['primary', 'fallback', 'status 503'],
      elapsedMs: 500,
      cpuMs: 300,
    };
    const found = sliceOf(samples);
    expect([...found.latencyMs]).toEqual([1, 2, 3]);
    expect(found.failures).toEqual(['fallback', 'status 503']);
    expect(throughputOf(found)).toBe(6);
    expect(cpuPerCall(found)).toBe(100);
    expect([...samples.latencyMs]).toEqual([3, 1, 2]);
  });
});

describe('the summary of a cell', () => {
  const rounds: readonly Round[] = [
    {
      ...{
        bare: slice([1, 1]),
        handler: slice([2]),
        limited: slice([3]),
        path: slice([4]),
        shippedPath: slice([5]),
      },
      ...{ firstToken: slice([1]), firstDelta: slice([3]) },
    },
    // The same, on a machine that has become ten times as slow.
    {
      bare: slice([10, 10], 10_000),
      handler: slice([20], 10_000),
      limited: slice([30], 10_000),
      path: slice([40], 10_000),
      shippedPath: slice([50], 10_000),
      firstToken: slice([10], 10_000),
      firstDelta: slice([30], 10_000),
    },
  ];

  it('compares each variant with its base in its own round: the bare call, the handler without a limit, or the first token', () => {
    const { handler, limited, path, shippedPath, firstDelta } = summarize(cell, rounds).againstBase;
    expect(handler.throughput).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
    expect(handler.cpu).toEqual({ median: 2, min: 2, max: 2 });
    expect(handler.p99).toEqual({ median: 2, min: 2, max: 2 });
    expect(handler.addedP50Ms).toEqual({ median: 5.5, min: 1, max: 10 });
    expect(limited.addedP50Ms).toEqual({ median: 5.5, min: 1, max: 10 });
    expect(limited.p99).toEqual({ median: 1.5, min: 1.5, max: 1.5 });
    expect(path.p99).toEqual({ median: 4, min: 4, max: 4 });
    expect(shippedPath.p99).toEqual({ median: 5, min: 5, max: 5 });
    expect(firstDelta.addedP50Ms).toEqual({ median: 11, min: 2, max: 20 });
  });

  it('puts the rounds of a variant together', () => {
    const { bare } = summarize(cell, rounds).variants;
    expect(bare).toMatchObject({ calls: 4, p50: 1, p99: 10, cpuMsPerCall: 1_375 });
    expect(bare.throughput).toBeCloseTo(4 / 11);
  });

  it('tells of every call that failed, and of which variant', () => {
    const failing = { ...rounds[0], path: slice([4], 1_000, ['status 503', 'fallback']) } as Round;
    expect(summarize(cell, [failing]).failures).toEqual(['path: status 503', 'path: fallback']);
  });

  it('is refused where a variant has no calls at all', () => {
    const empty = { ...rounds[0], handler: slice([]) } as Round;
    expect(() => summarize(cell, [empty])).toThrow(RangeError);
  });
});
