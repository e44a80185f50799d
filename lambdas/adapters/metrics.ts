import { Metrics as EmbeddedMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import type { Metrics } from '../tier/telemetry';
import { createLog, toStdout, type Write } from './log';

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];
type Values = Readonly<Record<string, readonly [unit: Unit, value: number]>>;

const COUNT = MetricUnit.Count;

/** Metrics in CloudWatch's embedded format: lines of the log, so that no call leaves the function for a metric. */
export function createMetrics(namespace: string, write: Write = toStdout): Metrics {
  const metrics = new EmbeddedMetrics({ namespace, serviceName: METRIC_SERVICE });
  const log = createLog(write);

  const add = (values: Values): void => {
    for (const [name, [unit, value]] of Object.entries(values)) metrics.addMetric(name, unit, value);
  };

  /** What has been added, as fields of a line. */
  const takeFields = (): ReturnType<EmbeddedMetrics['serializeMetrics']> => {
    const fields = metrics.serializeMetrics();
    metrics.clearMetrics();
    metrics.clearDimensions();
    return fields;
  };

  const countOne = (name: string, dimensions: Readonly<Record<string, string>> = {}): void => {
    for (const [dimension, value] of Object.entries(dimensions)) metrics.addDimension(dimension, value);
    add({ [name]: [COUNT, 1] });
    write(JSON.stringify(takeFields()));
  };

  return {
    // One line for all of it: a request pays for each line.
    countAnswer(tier, source, { level, message, fields }, from) {
      // The region as a whole, which the alarms go by.
      metrics.addDimensions({});
      metrics.addDimensions({ tier, source, ...(from && { model: from.model }) });
      add({
        [source === 'canary' ? METRICS.canaryUnanswered : METRICS.noModelAnswer]: [
          COUNT,
          from === undefined ? 1 : 0,
        ],
        [METRICS.answers]: [COUNT, 1],
        ...(from && {
          [METRICS.modelLatency]: [MetricUnit.Milliseconds, from.latencyMs],
          [METRICS.inputTokens]: [COUNT, from.usage.inputTokens],
          [METRICS.outputTokens]: [COUNT, from.usage.outputTokens],
        }),
      });
      log(level, message, { ...fields, ...takeFields() });
    },
    countRetry: (model) => {
      countOne(METRICS.retries, { model });
    },
    countFallback: (tier, reason) => {
      countOne(METRICS.fallbackReasons, { tier, reason });
    },
    countTransition: (model, to) => {
      countOne(METRICS.circuitTransitions, { model, to });
    },
    countAttention: () => {
      countOne(METRICS.attention);
    },
  };
}
