import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import type { AssistantFunction } from '../functions/assistant-function';
import type { PartProps } from '../part-props';

export interface AlarmsProps extends PartProps {
  /** Absent where anybody may ask. */
  readonly authorizer: AssistantFunction | undefined;
  readonly chat: AssistantFunction;
}

/** Whole minutes: Route 53 reads metrics of standard resolution only. */
const PERIOD_SECONDS = 60;

/** One bad minute may be bad luck; two in a row are not. */
const BAD_MINUTES = 2;

/** Half of the answers come from no model. */
const NO_MODEL_SHARE = 0.5;

/** What an operator, and Route 53, should know of the region. */
export class Alarms extends Construct {
  /** A question of the canary came back without a model; Route 53 goes by the same metric. */
  readonly canaryUnanswered: CloudwatchMetricAlarm;

  constructor(scope: Construct, id: string, { config, role, provider, authorizer, chat }: AlarmsProps) {
    super(scope, id);
    const topics = config.alarmTopics?.[role];
    const common = {
      provider,
      namespace: config.project,
      dimensions: { service: METRIC_SERVICE },
      period: PERIOD_SECONDS,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      // No data is no news, neither good nor bad.
      treatMissingData: 'ignore',
      // Actions that somebody adds by hand are gone with the next apply.
      ...(topics && { alarmActions: topics }),
    };
    this.canaryUnanswered = new CloudwatchMetricAlarm(this, 'canary_unanswered', {
      ...common,
      alarmName: `${config.project}-canary-unanswered`,
      alarmDescription: 'No model of a request type answers here: Route 53 moves the callers away',
      metricName: METRICS.canaryUnanswered,
      // One of its request types is enough: the standby may have models for that one.
      statistic: 'Maximum',
      threshold: 1,
      evaluationPeriods: BAD_MINUTES,
      // Nobody would ever end the alarm in which a canary was turned off.
      ...(!config.canary.enabled && { treatMissingData: 'notBreaching' }),
    });
    new CloudwatchMetricAlarm(this, 'no_model_answers', {
      ...common,
      alarmName: `${config.project}-no-model-answers`,
      alarmDescription: 'Half of the callers are answered by no model',
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
    new CloudwatchMetricAlarm(this, 'usage_failures', {
      ...common,
      alarmName: `${config.project}-usage-failures`,
      alarmDescription:
        'Callers are served without a look at their tokens of the day: the table of usage fails',
      metricName: METRICS.usageFailures,
      statistic: 'Sum',
      threshold: 1,
      evaluationPeriods: BAD_MINUTES,
      treatMissingData: 'notBreaching',
    });
    // Callers can bring both about by how much they ask, and the canary comes neither way: they tell people, and move
    // nobody.
    const ofFunction = (
      id: string,
      { name }: AssistantFunction,
      metricName: 'Errors' | 'Throttles',
      alarmDescription: string,
    ) =>
      new CloudwatchMetricAlarm(this, id, {
        ...common,
        namespace: 'AWS/Lambda',
        dimensions: { FunctionName: name },
        statistic: 'Sum',
        threshold: 1,
        evaluationPeriods: BAD_MINUTES,
        treatMissingData: 'notBreaching',
        alarmName: `${config.project}-${id.replace('_', '-')}`,
        alarmDescription,
        metricName,
      });
    ofFunction('chat_fails', chat, 'Errors', 'Streams break off, or do not begin: the function fails');
    // An invocation that Lambda did not begin is none of the errors.
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    ofFunction(
      'chat_throttled',
      chat,
      'Throttles',
      'Streams do not begin: Lambda has no concurrency for them',
    );
    if (authorizer === undefined) return;
    const keptOut = 'Callers are kept out whoever they are:';
    ofFunction(
      'authorizer_fails',
      authorizer,
      'Errors',
      `${keptOut} the authorizer fails, or an issuer is away`,
    );
    ofFunction(
      'authorizer_throttled',
      authorizer,
      'Throttles',
      `${keptOut} Lambda has no concurrency for the authorizer`,
    );
  }
}
