import { measureBenchmarkCost } from '../benchmark-cost';

describe('the benchmark’s own cost', () => {
  it('is what is measured of a fixed latency beyond what the server really took', async () => {
    const cost = await measureBenchmarkCost({ concurrency: 2, latencyMs: 5, callsEach: 5 });
    expect(cost).toMatchObject({ concurrency: 2, calls: 10 });
    expect(cost.trueMs).toBeGreaterThan(0);
    expect(cost.measuredP50).toBeGreaterThan(0);
    expect(cost.excessMs).toBe(cost.measuredP50 - cost.trueMs);
  });
});
