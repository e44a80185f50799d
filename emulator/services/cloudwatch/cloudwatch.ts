import { type Intercept, withEffect } from '../../platform/faults/effects';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, parseJson, type Reply } from '../../platform/http/server';
import { parseCredentialScope, requirePermission, requireScope } from '../../platform/http/sigv4';
import { describeAlarms, type DeclaredAlarm } from './describe-alarms';
import { cloudWatchError } from './errors';
import { getMetricData } from './metric-data';
import type { Metrics } from './metrics';

/** What CloudWatch has of a region; of one in which nothing is deployed, nothing. */
export interface CloudWatchRegion {
  readonly metrics: readonly Metrics[];
  readonly alarms: readonly DeclaredAlarm[];
  /** What is wrong with the API there. */
  readonly intercept: Intercept;
}

interface CloudWatchOptions {
  readonly regionOf: (region: string) => CloudWatchRegion;
  /** Throws an error named `AccessDenied...` when this caller may not do this. */
  readonly authorize: (accessKeyId: string, action: `cloudwatch:${string}`, resource: string) => void;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/making-api-requests.html */
const MAX_BODY_BYTES = 1024 * 1024;
const TARGET = /^GraniteServiceVersion20100801\.([A-Za-z]+)$/;

const OPERATIONS: Readonly<Record<string, (region: CloudWatchRegion, input: unknown) => object>> = {
  DescribeAlarms: ({ alarms }, input) => describeAlarms(alarms, input),
  GetMetricData: ({ metrics }, input) => getMetricData(metrics, input),
};

/** CloudWatch's API in every region, in JSON 1.0 as the SDK for JavaScript speaks it: what is read of metrics and alarms. */
export const createCloudWatch = (options: CloudWatchOptions): AwsServer =>
  new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    protocol: 'awsJson1_0',
    handle: (request) => {
      // At one port: each request says which region it is for.
      const { region = 'us-east-1' } = parseCredentialScope(request.headers.authorization ?? '') ?? {};
      const found = options.regionOf(region);
      const call = () => answer(request, region, found, options.authorize);
      return withEffect(found.intercept(), call, request.signal);
    },
  });

function answer(
  { headers, body }: AwsRequest,
  region: string,
  found: CloudWatchRegion,
  authorize: CloudWatchOptions['authorize'],
): Reply {
  const name = TARGET.exec(String(headers['x-amz-target']))?.[1] ?? '';
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  const { accessKeyId } = named(() => requireScope(headers.authorization, { region, service: 'monitoring' }));
  if (operation === undefined)
    throw cloudWatchError(
      400,
      'InvalidAction',
      `${name} is not emulated, only ${Object.keys(OPERATIONS).join(', ')}.`,
    );
  named(() => {
    requirePermission(() => {
      authorize(accessKeyId, `cloudwatch:${name}`, '*');
    });
  });
  return { status: 200, body: operation(found, parseJson(body)) };
}

/** What is refused by the signature, by the names that CloudWatch's errors have: `AccessDenied`, ... */
function named<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw cloudWatchError(error.status, error.type.replace(/Exception$/, ''), error.message);
  }
}
