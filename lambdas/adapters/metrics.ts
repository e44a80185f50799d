import { Metrics as EmbeddedMetrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import type { Metrics } from '../tier/telemetry';
import { createLog, toStdout, type Write } from './log';

type Values = Readonly<Record<string, number>>;

const unitOf = (name: string) => (name === METRICS.modelLatency ? MetricUnit.Milliseconds : MetricUnit.Count);

/** Metrics in CloudWatch's embedded format: lines of the log, so that no call leaves the function for a metric. */
export function createMetrics(namespace: string, write: Write = toStdout): Metrics {
  const metrics = new EmbeddedMetrics({ namespace, serviceName: METRIC_SERVICE });
  const log = createLog(write);

  /** @returns values and what CloudWatch needs to know of them, as fields of a line */
  const embed = (values: Values): ReturnType<EmbeddedMetrics['serializeMetrics']> => {
    for (const [name, value] of Object.entries(values)) metrics.addMetric(name, unitOf(name), value);
    const fields = metrics.serializeMetrics();
    metrics.clearMetrics();
    metrics.clearDimensions();
    return fields;
  };

  const countOne = (name: string, dimensions: Readonly<Record<string, string>> = {}): void => {
    for (const [dimension, value] of Object.entries(dimensions)) metrics.addDimension(dimension, value);
    write(JSON.stringify(embed({ [name]: 1 })));
  };

  /** By what an answer came from: all of its fields but the time and the values are the same each time. */
  const envelopes = new Map<string, ReturnType<typeof embed>>();

  const embedAnswer = (dimensions: Readonly<Record<string, string>>, values: Values) => {
    const key = JSON.stringify(dimensions);
    const envelope = envelopes.get(key);
    if (envelope !== undefined) {
      return { ...envelope, ...values, _aws: { ...envelope._aws, Timestamp: Date.now() } };
    }
    // The region as a whole, which the alarms go by.
    metrics.addDimensions({});
    metrics.addDimensions(dimensions);
    const made = embed(values);
    envelopes.set(key, made);
    return made;
  };

  return {
    // One line for all of it: a request pays for each line.
    countAnswer(tier, source, { level, message, fields }, from) {
      const dimensions = { tier, source, ...(from && { model: from.model }) };
      const unanswered = source === 'canary' ? METRICS.canaryUnanswered : METRICS.noModelAnswer;
      const values = {
        [unanswered]: from === undefined ? 1 : 0,
        [METRICS.answers]: 1,
        ...(from && {
          [METRICS.modelLatency]: from.latencyMs,
          [METRICS.inputTokens]: from.usage.inputTokens,
          [METRICS.outputTokens]: from.usage.outputTokens,
        }),
      };
      log(level, message, { ...fields, ...embedAnswer(dimensions, values) });
    },
    countIntervention: (tier) => {
      countOne(METRICS.guardrailInterventions, { tier });
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
    countUsageFailure: () => {
      countOne(METRICS.usageFailures);
    },
  };
}
