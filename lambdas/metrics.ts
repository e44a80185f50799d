import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Tier, Usage } from '../contract/api';
import type { Source } from '../contract/workflow';
import { METRIC_SERVICE, METRICS } from '../contract/metrics';
import { environment } from './environment';

/** Written to the log in CloudWatch's embedded metric format: no call leaves the function for a metric. */
const metrics = new Metrics({ namespace: environment('METRIC_NAMESPACE'), serviceName: METRIC_SERVICE });

type Unit = (typeof MetricUnit)[keyof typeof MetricUnit];
type Values = Readonly<Record<string, readonly [unit: Unit, value: number]>>;

/** Metrics that share their dimensions share a line of the log. */
function emit(values: Values, dimensions: Readonly<Record<string, string>> = {}): void {
  for (const [name, value] of Object.entries(dimensions)) metrics.addDimension(name, value);
  for (const [name, [unit, value]] of Object.entries(values)) metrics.addMetric(name, unit, value);
  metrics.publishStoredMetrics();
}

const COUNT = MetricUnit.Count;

/** An answer went out: what tier it came from, and whether any model gave it. */
export function countAnswer(tier: Tier, source: Source): void {
  emit({ [METRICS.noModelAnswer]: [COUNT, tier === 'degraded' ? 1 : 0] });
  emit({ [METRICS.answers]: [COUNT, 1] }, { tier, source });
}

/** @param latencyMs of the attempt that answered */
export function measureModel(model: string, latencyMs: number, { inputTokens, outputTokens }: Usage): void {
  emit(
    {
      [METRICS.modelLatency]: [MetricUnit.Milliseconds, latencyMs],
      [METRICS.inputTokens]: [COUNT, inputTokens],
      [METRICS.outputTokens]: [COUNT, outputTokens],
    },
    { model },
  );
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
