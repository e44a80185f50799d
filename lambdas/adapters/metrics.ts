import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import type { Metrics } from '../tier/telemetry';
import { createLog, toStdout, type Write } from './log';

type Dimensions = Readonly<Record<string, string>>;

const UNITS: Readonly<Record<string, string>> = {
  [METRICS.modelLatency]: 'Milliseconds',
  [METRICS.deadlineUsed]: 'Percent',
};

/**
 * Metrics in CloudWatch's embedded format: lines of the log, so that no call leaves the function for a metric.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createMetrics(namespace: string, write: Write = toStdout): Metrics {
  const log = createLog(write);

  /** @returns values and what CloudWatch needs to know of them, as fields of a line */
  const embed = (
    values: Readonly<Record<string, number>>,
    dimensions: Dimensions,
    ...wider: readonly string[][]
  ) => ({
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        {
          Namespace: namespace,
          Dimensions: [...wider, Object.keys(dimensions)].map((names) => ['service', ...names]),
          Metrics: Object.keys(values).map((name) => ({ Name: name, Unit: UNITS[name] ?? 'Count' })),
        },
      ],
    },
    service: METRIC_SERVICE,
    ...dimensions,
    ...values,
  });

  const countOne = (name: string, dimensions: Dimensions = {}): void => {
    write(JSON.stringify(embed({ [name]: 1 }, dimensions)));
  };

  return {
    // One line for all of it: a request pays for each line.
    countAnswer(tier, source, { level, message, fields }, from, isOfCaller = false) {
      const dimensions = { tier, source, ...(from && { model: from.model }) };
      const unanswered = source === 'canary' ? METRICS.canaryUnanswered : METRICS.noModelAnswer;
      const values = {
        ...(!isOfCaller && { [unanswered]: from === undefined ? 1 : 0 }),
        [METRICS.answers]: 1,
        ...(from && {
          [METRICS.modelLatency]: from.latencyMs,
          [METRICS.inputTokens]: from.usage.inputTokens,
          [METRICS.outputTokens]: from.usage.outputTokens,
          ...(from.deadlineUsed !== undefined && { [METRICS.deadlineUsed]: from.deadlineUsed }),
        }),
      };
      // Of the region as a whole, too: the alarms go by that.
      log(level, message, { ...fields, ...embed(values, dimensions, []) });
    },
    countInterruption(tier, { level, message, fields }, isOfCaller) {
      const values = { ...(!isOfCaller && { [METRICS.noModelAnswer]: 1 }), [METRICS.interruptedAnswers]: 1 };
      log(level, message, { ...fields, ...embed(values, { tier }, []) });
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
    countAttention: (of) => {
      countOne(of === 'model' ? METRICS.attention : METRICS.questionsAttention);
    },
    countTokensSpent: ({ level, message, fields }) => {
      log(level, message, { ...fields, ...embed({ [METRICS.tokensSpent]: 1 }, {}) });
    },
    countUsageFailure: () => {
      countOne(METRICS.usageFailures);
    },
    countCircuitStoreFailure: () => {
      countOne(METRICS.circuitStoreFailures);
    },
    countConversationFailure: () => {
      countOne(METRICS.conversationFailures);
    },
    countConfigurationFailure: () => {
      countOne(METRICS.configurationFailures);
    },
  };
}
