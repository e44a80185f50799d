/** What CloudWatch keeps of a period's values. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** The statistics of the API, without percentiles and other extended ones. */
export const STATISTICS = {
  SampleCount: ({ count }: StatisticSet) => count,
  Sum: ({ sum }: StatisticSet) => sum,
  Average: ({ sum, count }: StatisticSet) => sum / count,
  Minimum: ({ minimum }: StatisticSet) => minimum,
  Maximum: ({ maximum }: StatisticSet) => maximum,
} as const;

export const ofValue = (value: number): StatisticSet => ({
  count: 1,
  sum: value,
  minimum: value,
  maximum: value,
});

export const merge = (a: StatisticSet, b: StatisticSet): StatisticSet => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  minimum: Math.min(a.minimum, b.minimum),
  maximum: Math.max(a.maximum, b.maximum),
});
