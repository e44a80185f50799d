import { hourlyCost, together } from '../../console/server/aws/traffic';

const minute = (from: number, primary: number, medianMs: number | null) => ({
  from,
  counts: { primary, fallback: 0, degraded: 1 },
  medianMs,
});

it('adds the regions’ minutes up, and takes the time of the region that has answered more', () => {
  const both = together([
    [minute(0, 5, 300), minute(60_000, 1, 400)],
    [minute(0, 2, 900), minute(60_000, 9, null)],
  ]);
  expect(both).toEqual([
    { from: 0, counts: { primary: 7, fallback: 0, degraded: 2 }, medianMs: 300 },
    { from: 60_000, counts: { primary: 10, fallback: 0, degraded: 2 }, medianMs: null },
  ]);
});

it('shows one region alone where the other one was not read', () => {
  expect(together([[minute(0, 5, 300)]])).toEqual([minute(0, 5, 300)]);
  expect(together([])).toEqual([]);
});

it('counts what CloudWatch takes by metrics and hours', () => {
  expect(hourlyCost(16, 60_000)).toBeCloseTo((16 * 60 * 0.01) / 1_000);
});
