import { ApiGatewayAccount } from '@cdktf/provider-aws/lib/api-gateway-account';
import type { ApiGatewayStageConfig } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { Construct } from 'constructs';
import { acceptFindings } from '../accepted-findings';
import { createRole, type Statement } from '../iam';
import { createLogGroup } from '../log-group';
import type { PartProps } from '../part-props';

/**
 * A line for each request, with what neither the caller nor a model wrote: the resource and not the path, no query, no
 * header, no body, and nobody's address. A request that API Gateway answers by itself has a line, too.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
 */
const FORMAT = JSON.stringify({
  requestId: '$context.extendedRequestId',
  at: '$context.requestTimeEpoch',
  caller: '$context.authorizer.principalId',
  resource: '$context.resourcePath',
  status: '$context.status',
  error: '$context.error.responseType',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  bytes: '$context.responseLength',
});

/** As in AWS's managed policy AmazonAPIGatewayPushToCloudWatchLogs. */
const WRITE_ANY_LOG: Statement = {
  sid: 'AccountRoleWritesAnyLog',
  actions: [
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
    'logs:GetLogEvents',
    'logs:FilterLogEvents',
  ],
  resources: ['*'],
};

const WRITE_ANY_REASON = 'One role of the account writes the logs of all APIs there, whatever their names.';

/** What makes a stage log its requests; nothing where it is not configured. */
export function createAccessLogs(
  scope: Construct,
  props: PartProps,
): Pick<ApiGatewayStageConfig, 'accessLogSettings' | 'dependsOn'> {
  const { config, provider, region } = props;
  if (config.accessLogs === undefined) return {};
  const logs = createLogGroup(scope, 'access_logs', props, `/aws/api-gateway/${config.project}-api/access`);
  const accessLogSettings = { destinationArn: logs.arn, format: FORMAT };
  if (config.accessLogs.accountRole === 'existing') return { accessLogSettings };
  const account = new Construct(scope, 'account');
  const { role, permissions } = createRole(account, props, {
    name: `${config.project}-api-logs-${region}`,
    service: 'apigateway.amazonaws.com',
    statements: [WRITE_ANY_LOG],
  });
  acceptFindings(permissions, {
    CKV_AWS_290: WRITE_ANY_REASON,
    CKV_AWS_355: WRITE_ANY_REASON,
  });
  // One for all APIs of the account in the region: whoever sets it last sets it for everybody.
  const set = new ApiGatewayAccount(account, 'default', {
    provider,
    cloudwatchRoleArn: role.arn,
    dependsOn: [permissions],
  });
  return { accessLogSettings, dependsOn: [set] };
}
