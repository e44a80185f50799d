import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import type { PartProps } from '../part-props';

/** Whole minutes: Route 53 reads metrics of standard resolution only. */
const PERIOD_SECONDS = 60;

/** One minute with few requests may be bad luck; two in a row are not. */
const BAD_MINUTES = 2;

/** Half of the answers come from no model. */
const NO_MODEL_SHARE = 0.5;

/** What an operator, and Route 53, should know of the region. */
export class Alarms extends Construct {
  /** The region's answers come from no model; its health check goes by the same metric. */
  readonly noModelAnswers: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, { config, provider }: PartProps) {
    super(scope, id);
    const common = {
      provider,
      namespace: config.project,
      dimensions: { service: METRIC_SERVICE },
      period: PERIOD_SECONDS,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      // No data is no news, neither good nor bad.
      treatMissingData: 'ignore',
    };
    this.noModelAnswers = new CloudwatchMetricAlarm(this, 'no_model_answers', {
      ...common,
      alarmName: `${config.project}-no-model-answers`,
      alarmDescription: 'Answers of this region come from no model: Route 53 moves its callers away',
      metricName: METRICS.noModelAnswer,
      statistic: 'Average',
      threshold: NO_MODEL_SHARE,
      evaluationPeriods: BAD_MINUTES,
    });
    new CloudwatchMetricAlarm(this, 'model_needs_attention', {
      ...common,
      alarmName: `${config.project}-model-needs-attention`,
      alarmDescription:
        'A model fails in a way that does not pass by itself: end of life, access, quota or configuration',
      metricName: METRICS.attention,
      statistic: 'Sum',
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: 'notBreaching',
    });
  }
}
