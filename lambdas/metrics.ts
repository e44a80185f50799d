import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Tier, Usage } from '../contract/api';
import type { Source } from '../contract/workflow';
import { METRIC_SERVICE, METRICS } from '../contract/metrics';
import { environment } from './environment';
import { log, type LogLine } from './log';

/** Written to the log in CloudWatch's embedded metric format: no call leaves the function for a metric. */
const metrics = new Metrics({ namespace: environment('METRIC_NAMESPACE'), serviceName: METRIC_SERVICE });

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];
type Values = Readonly<Record<string, readonly [unit: Unit, value: number]>>;

/** A line of the log for metrics that share their dimensions. */
function emit(values: Values, dimensions: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
  add(values);
  metrics.publishStoredMetrics();
}

function add(values: Values): void {
  for (const [name, [unit, value]] of Object.entries(values)) metrics.addMetric(name, unit, value);
}

/** What has been added, as fields of a line that is written for another reason. */
function takeFields(): ReturnType<Metrics['serializeMetrics']> {
  const fields = metrics.serializeMetrics();
  metrics.clearMetrics();
  metrics.clearDimensions();
  return fields;
}

const COUNT = MetricUnit.Count;

/**
 * An answer went out. One line has what is logged of it and all its metrics, for the region as a whole and by what it
 * came from: a request pays for each line.
 * @param latencyMs of the attempt that answered
 */
export function countAnswer(
  tier: Tier,
  source: Source,
  { level, message, fields }: LogLine,
  from?: { model: string; latencyMs: number; usage: Usage },
): void {
  // The region as a whole, which the alarm goes by.
  metrics.addDimensions({});
  metrics.addDimensions({ tier, source, ...(from && { model: from.model }) });
  add({
    [METRICS.noModelAnswer]: [COUNT, from === undefined ? 1 : 0],
    [METRICS.answers]: [COUNT, 1],
    ...(from && {
      [METRICS.modelLatency]: [MetricUnit.Milliseconds, from.latencyMs],
      [METRICS.inputTokens]: [COUNT, from.usage.inputTokens],
      [METRICS.outputTokens]: [COUNT, from.usage.outputTokens],
    }),
  });
  log(level, message, { ...fields, ...takeFields() });
}

export const countRetry = (model: string): void => {
  emit({ [METRICS.retries]: [COUNT, 1] }, { model });
};

export const countFallback = (tier: Tier, reason: string): void => {
  emit({ [METRICS.fallbackReasons]: [COUNT, 1] }, { tier, reason });
};

export const countTransition = (model: string, to: string): void => {
  emit({ [METRICS.circuitTransitions]: [COUNT, 1] }, { model, to });
};

/** A failure that does not pass by itself. */
export const countAttention = (): void => {
  emit({ [METRICS.attention]: [COUNT, 1] });
};
