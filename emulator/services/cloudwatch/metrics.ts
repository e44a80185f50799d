import type { Clock } from '../../platform/clock';
import { checkDatum, type Datum, InvalidDatumError, type Metric } from './datum';
import { embeddedMetrics } from './embedded-metric-format';

/** Standard resolution, in milliseconds. */
export const MINUTE_MS = 60_000;

/** No alarm looks further back than a day, in milliseconds. */
const RETENTION_MS = 24 * 3_600_000;

interface MetricsOptions {
  readonly clock: Clock;
  /** Told of a log line that CloudWatch takes no metrics from, which AWS drops in silence. */
  readonly onRejected?: (reason: string) => void;
}

/** What a metric has come to since the start. */
export interface MetricTotal extends Metric, StatisticSet {}

/** What a metric came to in a time. */
export interface Period extends StatisticSet {
  readonly distribution: Distribution;
}

/** How many of the values that are above 0 were as large as which power of STEP. */
type Distribution = ReadonlyMap<number, number>;

/** Percentiles are exact within a percent; by how much CloudWatch's are, is not published. */
const STEP = 1.02;

interface Series {
  readonly metric: Metric;
  total: StatisticSet;
  /** By its beginning, in milliseconds since 1970; the oldest first. */
  readonly minutes: Map<number, { set: StatisticSet; readonly distribution: Map<number, number> }>;
}

/** Lines that wait, at the most: some megabytes. */
const MAX_WAITING = 1_000;

/** A line, and when it came by the emulated clock. */
interface LoggedLine {
  readonly line: string;
  readonly at: number;
}

/**
 * The metrics of one region. Data belong to the minute, by the emulated clock, in which they arrive: functions
 * stamp theirs with the machine's own time, which may run slower.
 */
export class Metrics {
  private readonly series = new Map<string, Series>();
  /** What has to be read sooner or later, but not while a request waits for its answer. */
  private waiting: LoggedLine[] = [];

  constructor(private readonly options: MetricsOptions) {}

  /**
   * Takes the metrics, if any, from one line of a function's log. It is read when somebody asks for metrics, so that
   * no request has to wait for that.
   */
  record(line: string): void {
    // A look that costs nothing, ahead of the reading.
    if (!line.includes('"CloudWatchMetrics"')) return;
    this.waiting.push({ line, at: this.options.clock.now() });
    if (this.waiting.length >= MAX_WAITING) this.catchUp();
  }

  /** PutMetricData. @throws InvalidDatumError for what CloudWatch refuses */
  put(datum: Datum): void {
    checkDatum(datum);
    this.add(datum, this.options.clock.now());
  }

  /** A service's own metric, whose namespace begins with `AWS/`. */
  publish(datum: Datum): void {
    this.add(datum, this.options.clock.now());
  }

  /** @returns undefined for no data from `from` to before `to`, whole minutes in milliseconds since 1970 */
  statistics(metric: Metric, from: number, to: number): Period | undefined {
    this.catchUp();
    const minutes = this.series.get(keyOf(metric))?.minutes;
    const distribution = new Map<number, number>();
    let merged: StatisticSet | undefined;
    for (let minute = from; minutes !== undefined && minute < to; minute += MINUTE_MS) {
      const found = minutes.get(minute);
      if (found === undefined) continue;
      merged = merged === undefined ? found.set : merge(merged, found.set);
      for (const [power, count] of found.distribution) addTo(distribution, power, count);
    }
    return merged && { ...merged, distribution };
  }

  /** Every metric that has data. */
  totals(): readonly MetricTotal[] {
    this.catchUp();
    return [...this.series.values()].map(({ metric, total }) => ({ ...metric, ...total }));
  }

  /** Reads all that waits, in the order in which it came. */
  private catchUp(): void {
    const lines = this.waiting;
    this.waiting = [];
    for (const line of lines) this.read(line);
  }

  private read({ line, at }: LoggedLine): void {
    try {
      for (const datum of embeddedMetrics(line, Date.now())) this.add(datum, at);
    } catch (error) {
      if (!(error instanceof InvalidDatumError)) throw error;
      this.options.onRejected?.(error.message);
    }
  }

  private add({ namespace, name, dimensions, ...datum }: Datum, now: number): void {
    const metric = { namespace, name, dimensions };
    const value = ofValue(datum.value);
    const key = keyOf(metric);
    const known = this.series.get(key);
    const series: Series = known ?? { metric, total: value, minutes: new Map() };
    if (known === undefined) this.series.set(key, series);
    else series.total = merge(series.total, value);
    const { minutes } = series;
    const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
    const sofar = minutes.get(minute);
    const distribution = sofar?.distribution ?? new Map<number, number>();
    addTo(distribution, powerOf(datum.value), 1);
    if (sofar === undefined) minutes.set(minute, { set: value, distribution });
    else sofar.set = merge(sofar.set, value);
    for (const old of minutes.keys()) {
      if (old >= now - RETENTION_MS - MINUTE_MS) break;
      minutes.delete(old);
    }
  }
}

const keyOf = ({ namespace, name, dimensions }: Metric): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

/** What CloudWatch keeps of a period's values. */
interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** A percentile as the API writes it, such as `p99` or `p99.9`; of other extended statistics none is emulated. */
const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,2})?|100)$/;

/** @returns undefined for one that is not emulated */
export function statisticOf(name: string): ((period: Period) => number) | undefined {
  const percent = PERCENTILE.exec(name)?.[1];
  if (percent !== undefined) return (period) => percentile(period, Number(percent));
  return Object.hasOwn(STATISTICS, name) ? STATISTICS[name as keyof typeof STATISTICS] : undefined;
}

function percentile({ count, minimum, maximum, distribution }: Period, percent: number): number {
  let left = Math.ceil((percent / 100) * count);
  for (const [power, found] of [...distribution].sort(([a], [b]) => a - b)) {
    left -= found;
    // The middle of the step; what is all there is, is exact.
    if (left <= 0)
      return Math.min(Math.max(power === -Infinity ? 0 : STEP ** (power - 0.5), minimum), maximum);
  }
  return maximum;
}

const powerOf = (value: number): number =>
  value <= 0 ? -Infinity : Math.ceil(Math.log(value) / Math.log(STEP));

function addTo(distribution: Map<number, number>, power: number, by: number): void {
  distribution.set(power, (distribution.get(power) ?? 0) + by);
}

/** The plain statistics of the API. */
export const STATISTICS = {
  SampleCount: ({ count }: StatisticSet) => count,
  Sum: ({ sum }: StatisticSet) => sum,
  Average: ({ sum, count }: StatisticSet) => sum / count,
  Minimum: ({ minimum }: StatisticSet) => minimum,
  Maximum: ({ maximum }: StatisticSet) => maximum,
} as const;

const ofValue = (value: number): StatisticSet => ({
  count: 1,
  sum: value,
  minimum: value,
  maximum: value,
});

const merge = (a: StatisticSet, b: StatisticSet): StatisticSet => ({
  count: a.count + b.count,
  sum: a.sum + b.sum,
  minimum: Math.min(a.minimum, b.minimum),
  maximum: Math.max(a.maximum, b.maximum),
});
