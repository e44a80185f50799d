import type { deadlines } from '../deadlines';
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
  readonly deadlines: ReturnType<typeof deadlines>;
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
  const { functions, deadlines: ends } = props;
  const fallback = (timeout: Timeout, event?: Pick<TierEvent, 'isAdmitted'>) =>
    tier(
      'fallback',
      functions.fallbackModel,
      timeout,
      'FallbackAnswered',
      [{ ErrorEquals: ['States.ALL'], Next: 'FallbackFailed' }],
      event,
    );
  return {
    Comment: 'Answers a question by the first tier that can',
    StartAt: 'Route',
    TimeoutSeconds: ends.execution.seconds,
    States: {
      Route: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.kind', StringEquals: 'health', Next: 'CheckHealth' },
          { Variable: '$.kind', StringEquals: 'probe', Next: 'Probe' },
        ],
        Default: 'PrimaryModel',
      },

      PrimaryModel: tier(
        'primary',
        functions.primaryModel,
        { TimeoutSeconds: ends.primary.taskSeconds },
        'PrimaryAnswered',
        [
          { ErrorEquals: ['States.Timeout'], Next: 'FallbackModelAfterTimeout' },
          { ErrorEquals: ['States.ALL'], Next: 'PrimaryFailed' },
        ],
      ),
      PrimaryFailed: failed('primary', 'FallbackModelAfterError'),
      PrimaryAnswered: answered('primary', 'RespondFromPrimary', 'FallbackModel'),
      RespondFromPrimary: respond('primary'),

      // The same function: how long it is waited for depends on what the primary tier has left, so that degradation
      // comes in time where neither of them ever ends. A primary function that failed may have let nobody in.
      FallbackModel: fallback(
        { TimeoutSecondsPath: '$.primary.payload.unanswered.secondsLeft' },
        { isAdmitted: true },
      ),
      FallbackModelAfterError: fallback({ TimeoutSeconds: ends.fallback.taskSeconds }),
      FallbackModelAfterTimeout: fallback({ TimeoutSeconds: ends.fallback.afterTimeoutSeconds }),
      FallbackFailed: failed('fallback', 'Degradation'),
      FallbackAnswered: answered('fallback', 'RespondFromFallback', 'Degradation'),
      RespondFromFallback: respond('fallback'),

      Degradation: {
        ...invoke(functions.degradation, { TimeoutSeconds: ends.degradation.taskSeconds }, {
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

      CheckHealth: checkHealth(functions.health, ends.health.taskSeconds),
      Probe: checkHealth(functions.probe, ends.health.taskSeconds, [
        { ErrorEquals: [FUNCTION_THROTTLED], ResultPath: '$.health', Next: 'Busy' },
      ]),
      Busy: sayHealth('ok', props.region, 'RespondBusy'),
      RespondBusy: respondWithInput(200),
      Unhealthy: sayHealth('unavailable', props.region, 'RespondUnhealthy'),
      RespondUnhealthy: respondWithInput(503),
    },
  };
}

/** After which the state machine gives up on a function. */
type Timeout = { readonly TimeoutSeconds: number } | { readonly TimeoutSecondsPath: string };

function invoke(functionArn: string, timeout: Timeout, payload: object): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { FunctionName: functionArn, Payload: payload },
    ...timeout,
  };
}

/** The outcome stands at `$.<name>.payload`; where the function failed, `$.<name>` is the error instead. */
function tier(
  name: 'primary' | 'fallback',
  functionArn: string,
  timeout: Timeout,
  next: string,
  catchers: readonly object[],
  known: Pick<TierEvent, 'isAdmitted'> = {},
): object {
  const event: Paths<Omit<TierEvent, 'isAdmitted'>> = {
    'source.$': '$.source',
    'caller.$': '$.caller',
    'tokensPerDay.$': '$.tokensPerDay',
    'requestId.$': '$.requestId',
    'startedAt.$': '$$.Execution.StartTime',
    'body.$': '$.body',
    'bodyTooLarge.$': '$.bodyTooLarge',
  };
  return {
    ...invoke(functionArn, timeout, { ...event, ...known }),
    ResultSelector: { 'payload.$': '$.Payload' },
    ResultPath: `$.${name}`,
    Catch: catchers.map((catcher) => ({ ...catcher, ResultPath: `$.${name}` })),
    Next: next,
  };
}

const checkHealth = (
  functionArn: string,
  timeoutSeconds: number,
  catchers: readonly object[] = [],
): object => ({
  ...invoke(functionArn, { TimeoutSeconds: timeoutSeconds }, {
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

/** As the functions would have counted it, but for whose doing it was that no model answered. */
const countLastResort = (
  unanswered: string,
  { metricNamespace, deadlines: { count } }: WorkflowDefinitionProps,
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
  TimeoutSeconds: count.taskSeconds,
  ResultPath: null,
  Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'LastResort' }],
  Next: 'LastResort',
});

/**
 * What a function that failed leaves in the state is its error's name alone: the cause beside it, of up to 32,768
 * characters, would take the room of the next answer, or of the next cause, and nothing catches that.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const failed = (name: string, next: string): object => ({
  Type: 'Pass',
  Parameters: { 'Error.$': `$.${name}.Error` },
  ResultPath: `$.${name}`,
  Next: next,
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
