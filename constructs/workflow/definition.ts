import type { DegradedAnswer, HealthAnswer } from '../../contract/api';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import {
  FUNCTION_THROTTLED,
  type ApiResponse,
  type DegradationEvent,
  type HealthInput,
  type TierEvent,
} from '../../contract/workflow';

export interface WorkflowDefinitionProps {
  /** Qualified function ARNs. */
  readonly functions: {
    readonly primaryModel: string;
    readonly fallbackModel: string;
    readonly degradation: string;
    readonly health: string;
    readonly probe: string;
  };
  /** Seconds after which the state machine gives up on a task that did not end itself. */
  readonly timeouts: {
    readonly primary: number;
    readonly fallback: number;
    readonly degradation: number;
    readonly count: number;
    readonly health: number;
  };
  /** Seconds for the whole execution. */
  readonly timeoutSeconds: number;
  readonly region: string;
  /** The degraded answer's text where even the degradation function fails. */
  readonly maintenanceMessage: string;
  readonly retryAfterSeconds: number;
  readonly metricNamespace: string;
}

/** A field of the Amazon States Language whose value is a path or an intrinsic function. */
type Paths<T> = { readonly [Key in keyof T & string as `${Key}.$`]: string };

/**
 * Primary tier, on failure fallback tier, on failure degradation; what none of them caught is the API's to say.
 * A tier *returns* what it makes of a model's failure; `Catch` is for functions that fail themselves. Nothing is
 * retried here: retries belong to the tiers, which know the deadline.
 */
export function workflowDefinition(props: WorkflowDefinitionProps): object {
  const { functions, timeouts } = props;
  return {
    Comment: 'Answers a question by the first tier that can',
    StartAt: 'Route',
    TimeoutSeconds: props.timeoutSeconds,
    States: {
      Route: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.kind', StringEquals: 'health', Next: 'CheckHealth' },
          { Variable: '$.kind', StringEquals: 'probe', Next: 'Probe' },
        ],
        Default: 'PrimaryModel',
      },

      PrimaryModel: tier('primary', functions.primaryModel, timeouts.primary, 'PrimaryAnswered'),
      PrimaryAnswered: answered('primary', 'RespondFromPrimary', 'FallbackModel'),
      RespondFromPrimary: respond('primary'),

      FallbackModel: tier('fallback', functions.fallbackModel, timeouts.fallback, 'FallbackAnswered'),
      FallbackAnswered: answered('fallback', 'RespondFromFallback', 'Degradation'),
      RespondFromFallback: respond('fallback'),

      Degradation: {
        ...invoke(functions.degradation, timeouts.degradation, {
          'source.$': '$.source',
          'requestId.$': '$.requestId',
          'primary.$': '$.primary',
          'fallback.$': '$.fallback',
        } satisfies Paths<DegradationEvent>),
        OutputPath: '$.Payload',
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.degradation', Next: 'LastResortFor' }],
        End: true,
      },
      LastResortFor: {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.source', StringEquals: 'canary' },
              { Variable: '$.degradation.Error', StringEquals: FUNCTION_THROTTLED },
            ],
            Next: 'LastResort',
          },
          { Variable: '$.source', StringEquals: 'canary', Next: 'CountLastResortForCanary' },
        ],
        Default: 'CountLastResort',
      },
      CountLastResort: countLastResort(METRICS.noModelAnswer, props),
      CountLastResortForCanary: countLastResort(METRICS.canaryUnanswered, props),
      LastResort: { Type: 'Pass', Parameters: lastResort(props), Next: 'RespondFromLastResort' },
      RespondFromLastResort: respondWithInput(200, props.retryAfterSeconds),

      CheckHealth: checkHealth(functions.health, timeouts.health),
      Probe: checkHealth(functions.probe, timeouts.health, [
        { ErrorEquals: [FUNCTION_THROTTLED], ResultPath: '$.health', Next: 'Busy' },
      ]),
      Busy: sayHealth('ok', props.region, 'RespondBusy'),
      RespondBusy: respondWithInput(200),
      Unhealthy: sayHealth('unavailable', props.region, 'RespondUnhealthy'),
      RespondUnhealthy: respondWithInput(503),
    },
  };
}

function invoke(functionArn: string, timeoutSeconds: number, payload: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: functionArn, Payload: payload },
    TimeoutSeconds: timeoutSeconds,
  };
}

/** The outcome stands at `$.<name>.payload`; where the function failed, `$.<name>` is the error instead. */
function tier(
  name: 'primary' | 'fallback',
  functionArn: string,
  timeoutSeconds: number,
  next: string,
): object {
  const event: Paths<TierEvent> = {
    'source.$': '$.source',
    'caller.$': '$.caller',
    'tokensPerDay.$': '$.tokensPerDay',
    'requestId.$': '$.requestId',
    'startedAt.$': '$$.Execution.StartTime',
    'body.$': '$.body',
    'bodyTooLarge.$': '$.bodyTooLarge',
  };
  return {
    ...invoke(functionArn, timeoutSeconds, event),
    ResultSelector: { 'payload.$': '$.Payload' },
    ResultPath: `$.${name}`,
    Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: `$.${name}`, Next: next }],
    Next: next,
  };
}

const checkHealth = (
  functionArn: string,
  timeoutSeconds: number,
  catchers: readonly object[] = [],
): object => ({
  ...invoke(functionArn, timeoutSeconds, {
    'requestId.$': '$.requestId',
  } satisfies Paths<Pick<HealthInput, 'requestId'>>),
  OutputPath: '$.Payload',
  Catch: [...catchers, { ErrorEquals: ['States.ALL'], ResultPath: '$.health', Next: 'Unhealthy' }],
  End: true,
});

/** What the health function would have said. */
const sayHealth = (status: HealthAnswer['status'], region: string, next: string): object => ({
  Type: 'Pass',
  Parameters: { status, region, 'requestId.$': '$.requestId' } satisfies Omit<HealthAnswer, 'requestId'> &
    Paths<Pick<HealthAnswer, 'requestId'>>,
  Next: next,
});

/** The response whose body is the state's input, as text. */
const respondWithInput = (status: number, retryAfter?: number): object => ({
  Type: 'Pass',
  Parameters: {
    status,
    'body.$': 'States.JsonToString($)',
    ...(retryAfter !== undefined && { retryAfter }),
  } satisfies Omit<ApiResponse, 'body'> & Paths<Pick<ApiResponse, 'body'>>,
  End: true,
});

/** As the functions would have counted it. */
const countLastResort = (
  unanswered: string,
  { metricNamespace, timeouts }: WorkflowDefinitionProps,
): object => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::aws-sdk:cloudwatch:putMetricData',
  Parameters: {
    Namespace: metricNamespace,
    MetricData: [METRICS.lastResort, unanswered].map((name) => ({
      MetricName: name,
      Value: 1,
      Unit: 'Count',
      Dimensions: [{ Name: 'service', Value: METRIC_SERVICE }],
    })),
  },
  TimeoutSeconds: timeouts.count,
  ResultPath: null,
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'LastResort' }],
  Next: 'LastResort',
});

const answered = (name: string, next: string, otherwise: string): object => ({
  Type: 'Choice',
  Choices: [{ Variable: `$.${name}.payload.response`, IsPresent: true, Next: next }],
  Default: otherwise,
});

const respond = (name: string): object => ({
  Type: 'Pass',
  OutputPath: `$.${name}.payload.response`,
  End: true,
});

/** The degraded answer without any function. */
function lastResort({ region, maintenanceMessage }: WorkflowDefinitionProps): object {
  const answer: Omit<DegradedAnswer, 'requestId'> & Paths<Pick<DegradedAnswer, 'requestId'>> = {
    answer: maintenanceMessage,
    model: null,
    tier: 'degraded',
    degraded: true,
    region,
    'requestId.$': '$.requestId',
    stopReason: null,
    usage: { inputTokens: 0, outputTokens: 0 },
    reason: 'degradation_failed',
  };
  return answer;
}
