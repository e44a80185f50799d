import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { XraySamplingRule } from '@cdktf/provider-aws/lib/xray-sampling-rule';
import type { Construct } from 'constructs';
import type { Statement } from '../iam';
import type { PartProps } from '../part-props';

/** What is found of a resource that is not traced, and why it is kept. */
export const NOT_TRACED =
  'tracing is off, or Route 53 asks, all the time: a trace costs, and log lines carry the request’s id.';

/**
 * X-Ray's actions name no resource, so that AWS offers nothing narrower than `*`.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
export const writeTraces = (
  { tracing }: PartProps['config'],
  ...more: readonly string[]
): readonly Statement[] =>
  tracing
    ? [
        {
          sid: 'TracesTakeNoResource',
          actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', ...more],
          resources: ['*'],
        },
      ]
    : [];

/**
 * API Gateway says which requests are recorded. What has not come through the callers' API, Route 53's probes and the
 * canary, the state machine would record by X-Ray's default: of each region's probes alone, one a second.
 */
export function createSamplingRule(
  scope: Construct,
  id: string,
  { config, provider, stateMachine }: PartProps & { readonly stateMachine: SfnStateMachine },
): void {
  if (!config.tracing) return;
  new XraySamplingRule(scope, id, {
    provider,
    ruleName: config.project,
    priority: 1_000,
    version: 1,
    reservoirSize: 0,
    fixedRate: 0,
    serviceType: 'AWS::StepFunctions::StateMachine',
    resourceArn: stateMachine.arn,
    serviceName: '*',
    host: '*',
    httpMethod: '*',
    urlPath: '*',
  });
}
