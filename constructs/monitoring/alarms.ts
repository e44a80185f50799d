import {
  CloudwatchMetricAlarm,
  type CloudwatchMetricAlarmConfig,
} from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import type { CustomDomain } from '../failover/custom-domain';
import type { AssistantFunction } from '../functions/assistant-function';
import type { AssistantFunctions } from '../functions/create-functions';
import type { PartProps } from '../part-props';

export interface AlarmsProps extends PartProps {
  /** Name of the callers' API. */
  readonly apiName: string;
  /** Absent where anybody may ask. */
  readonly authorizer: AssistantFunction | undefined;
  readonly chat: AssistantFunction;
  readonly functions: Pick<AssistantFunctions, 'primaryModel' | 'fallbackModel'>;
  readonly domains: Readonly<Record<'regional' | 'failover', CustomDomain>>;
}

/** `page` is worth being woken for; `ticket` has time until somebody is at work. */
type Severity = 'page' | 'ticket';

interface Alarm extends Pick<
  CloudwatchMetricAlarmConfig,
  'metricName' | 'dimensions' | 'statistic' | 'extendedStatistic' | 'treatMissingData'
> {
  readonly severity: Severity;
  readonly says: string;
  readonly namespace?: string;
  /** @default 1 */
  readonly threshold?: number;
  readonly comparisonOperator?: string;
  /** Whom missing data is told, too. @default nobody */
  readonly tellsSilence?: boolean;
  /** @default two: one bad minute may be bad luck */
  readonly evaluationPeriods?: number;
  /** Seconds. @default a minute: Route 53 reads metrics of standard resolution only */
  readonly period?: number;
}

const MINUTE_SECONDS = 60;
const QUARTER_HOUR_SECONDS = 900;
const DAY_SECONDS = 86_400;

/** Half of the answers come from no model. */
export const NO_MODEL_SHARE = 0.5;

/** Half of the requests end in an error of the API's own. */
const API_ERROR_SHARE = 0.5;

/** Longer than any back-off of a circuit: its model has been away for all of it, or an operator has forgotten it. */
const CIRCUIT_MINUTES = 15;

/** Of a tier's time: with what is left, a failed call can hardly be tried again, and a longer answer is cut. */
export const NEAR_DEADLINE_PERCENT = 80;

/** ACM renews 60 days before the end: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html */
const CERTIFICATE_DAYS = 30;

/** What an operator, and Route 53, should know of the region. What to do about each: docs/operate/alarms.md. */
export class Alarms extends Construct {
  /** A question of the canary came back without a model; Route 53 goes by the same metric. */
  readonly canaryUnanswered: CloudwatchMetricAlarm;
  readonly modelNeedsAttention: CloudwatchMetricAlarm;
  /** Of all of them, the same in both regions. */
  readonly names: string[] = [];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmsProps,
  ) {
    super(scope, id);
    const { apiName, chat, authorizer, functions } = props;
    this.canaryUnanswered = this.canary();
    this.create('no_model_answers', {
      severity: 'page',
      says: 'Half of the callers are answered by no model',
      metricName: METRICS.noModelAnswer,
      statistic: 'Average',
      threshold: NO_MODEL_SHARE,
      treatMissingData: 'ignore',
    });
    this.create('api_fails', {
      severity: 'page',
      says: 'Half of the callers get an error of the API’s own (5xx), and not even the maintenance message',
      // Its average is the share of requests:
      // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
      namespace: 'AWS/ApiGateway',
      metricName: '5XXError',
      dimensions: { ApiName: apiName },
      statistic: 'Average',
      threshold: API_ERROR_SHARE,
    });
    this.create('last_resort', {
      severity: 'page',
      says: 'Callers are answered by the state machine alone: the degradation function fails',
      metricName: METRICS.lastResort,
    });
    this.modelNeedsAttention = this.create('model_needs_attention', {
      severity: 'page',
      says: 'A model fails in a way that does not pass by itself: end of life, access or configuration',
      metricName: METRICS.attention,
      evaluationPeriods: 1,
    });
    this.create('questions_need_attention', {
      severity: 'ticket',
      says: 'Models refuse questions, say nothing to them, or are asked beyond a quota: by a caller, or by their rule; or a tier fails at streamed ones',
      metricName: METRICS.questionsAttention,
      // One who asks now and then is one trouble, not many.
      period: QUARTER_HOUR_SECONDS,
      evaluationPeriods: 1,
    });
    this.create('circuit_stays_open', {
      severity: 'ticket',
      says: 'A primary model has not been asked for a quarter of an hour: its circuit is open',
      metricName: METRICS.fallbackReasons,
      dimensions: { tier: 'primary', reason: 'circuit_open' },
      evaluationPeriods: CIRCUIT_MINUTES,
    });
    this.create('answers_near_deadline', {
      severity: 'ticket',
      says: 'One answer in ten takes most of the time that its tier has: models have become slow, or say too much',
      metricName: METRICS.deadlineUsed,
      // Of each ten answers one may be long; of few answers, CloudWatch takes the longest.
      extendedStatistic: 'p90',
      threshold: NEAR_DEADLINE_PERCENT,
      period: QUARTER_HOUR_SECONDS,
      evaluationPeriods: 1,
    });
    this.create('daily_tokens_spent', {
      severity: 'ticket',
      says: 'A caller has spent its tokens of the day and is refused until 00:00 UTC: a customer who grew, or a stolen key',
      metricName: METRICS.tokensSpent,
      // One who asks now and then is one trouble, not many.
      period: QUARTER_HOUR_SECONDS,
      evaluationPeriods: 1,
    });
    this.create('configuration_fails', {
      severity: 'ticket',
      says: 'Functions cannot have the rules that are deployed, and answer by those they knew, or were built with',
      metricName: METRICS.configurationFailures,
      // Each instance asks again and again: one minute may be one instance.
      evaluationPeriods: 5,
    });
    this.create('usage_failures', {
      severity: 'ticket',
      says: 'Callers are served without a look at their tokens of the day: the table of usage fails',
      metricName: METRICS.usageFailures,
    });
    this.create('circuit_store_failures', {
      severity: 'ticket',
      says: 'Instances do not tell each other of models that are away: the table of circuits fails',
      metricName: METRICS.circuitStoreFailures,
    });
    this.create('conversation_failures', {
      severity: 'ticket',
      says: 'Callers are answered without what was said before: the table of conversations fails',
      metricName: METRICS.conversationFailures,
    });
    // Where only one of them fails, all are answered. What Lambda throttles of them, the next tier takes.
    this.fails(
      'primary_model',
      functions.primaryModel,
      'page',
      'Callers go to the fallback model, perhaps after a long wait',
    );
    this.fails(
      'fallback_model',
      functions.fallbackModel,
      'ticket',
      'There is no tier behind the primary model',
    );
    this.ofFunction('chat', chat, 'Streams break off, or do not begin');
    if (authorizer !== undefined)
      this.ofFunction('authorizer', authorizer, 'Callers are kept out whoever they are');
    this.certificates();
  }

  private canary(): CloudwatchMetricAlarm {
    const { enabled } = this.props.config.canary;
    const metricName = METRICS.canaryUnanswered;
    this.create('canary_silent', {
      severity: 'ticket',
      says: 'INSUFFICIENT_DATA: the canary asks nothing, so that dead models would move nobody',
      metricName,
      statistic: 'SampleCount',
      comparisonOperator: 'LessThanThreshold',
      evaluationPeriods: 5,
      // Not as breaching: a new region would begin in alarm.
      treatMissingData: 'missing',
      tellsSilence: enabled,
    });
    return this.create('canary_unanswered', {
      severity: 'page',
      says: 'No model of a request type answers here: Route 53 moves the callers away',
      metricName,
      // One of its request types is enough: the standby may have models for that one.
      statistic: 'Maximum',
      // Nobody would ever end the alarm in which a canary was turned off.
      treatMissingData: enabled ? 'ignore' : 'notBreaching',
    });
  }

  /** Callers can bring both about by how much they ask, and the canary comes neither way: they move nobody. */
  private ofFunction(id: string, of: AssistantFunction, what: string): void {
    this.fails(id, of, 'page', what);
    // An invocation that Lambda did not begin is none of the errors.
    // https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    this.create(`${id}_throttled`, {
      severity: 'page',
      says: `${what}: Lambda has no concurrency for the function`,
      namespace: 'AWS/Lambda',
      metricName: 'Throttles',
      dimensions: { FunctionName: of.name },
    });
  }

  private fails(id: string, { name }: AssistantFunction, severity: Severity, what: string): void {
    this.create(`${id}_fails`, {
      severity,
      says: `${what}: the function fails`,
      namespace: 'AWS/Lambda',
      metricName: 'Errors',
      dimensions: { FunctionName: name },
    });
  }

  private certificates(): void {
    for (const [name, { certificateArn }] of Object.entries(this.props.domains)) {
      this.create(`${name}_certificate_expires`, {
        severity: 'ticket',
        says: `ACM has not renewed the certificate of the ${name} name: its DNS record may be gone`,
        // https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
        namespace: 'AWS/CertificateManager',
        metricName: 'DaysToExpiry',
        dimensions: { CertificateArn: certificateArn },
        statistic: 'Minimum',
        comparisonOperator: 'LessThanThreshold',
        threshold: CERTIFICATE_DAYS,
        period: DAY_SECONDS,
        evaluationPeriods: 1,
      });
    }
  }

  private create(
    id: string,
    { severity, says, dimensions, tellsSilence = false, ...alarm }: Alarm,
  ): CloudwatchMetricAlarm {
    const { config, provider, role } = this.props;
    const topics = config.alarmTopics?.[role];
    const name = id.replaceAll('_', '-');
    const alarmName = `${config.project}-${name}`;
    this.names.push(alarmName);
    return new CloudwatchMetricAlarm(this, id, {
      provider,
      alarmName,
      alarmDescription: `${severity}: ${says}. docs/operate/alarms.md#${name}`,
      namespace: config.project,
      dimensions: { ...(alarm.namespace === undefined && { service: METRIC_SERVICE }), ...dimensions },
      ...(alarm.extendedStatistic === undefined && { statistic: 'Sum' }),
      period: MINUTE_SECONDS,
      comparisonOperator: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      evaluationPeriods: 2,
      treatMissingData: 'notBreaching',
      // Actions that somebody adds by hand are gone with the next apply.
      ...(topics && { alarmActions: topics }),
      ...(topics && tellsSilence && { insufficientDataActions: topics }),
      ...alarm,
    });
  }
}
