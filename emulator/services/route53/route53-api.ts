import { randomUUID } from 'node:crypto';
import { AwsError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { xmlDocument, type XmlElements } from '../../platform/http/xml';
import type { Resource } from '../../stack/resource';
import { CHECKER_ADDRESS } from '../../stack/resource-types/dns';
import { block, flag, optionalBlock, optionalNumber, optionalText, text, texts } from '../../stack/values';
import type { HealthCheckSettings } from './health-check-settings';
import type { Route53 } from './route53';

interface Route53ApiOptions {
  readonly route53: Pick<Route53, 'recordSets' | 'healthCheck'>;
  /** Throws an error named `AccessDenied...` when this caller may not do this. */
  readonly authorize: (accessKeyId: string, action: `route53:${string}`, resource: string) => void;
  /** Milliseconds, by which requests are counted. @default the machine's own */
  readonly now?: () => number;
}

/** Route 53 is one service for all regions, signed for this one. */
const REGION = 'us-east-1';
const NAMESPACE = 'https://route53.amazonaws.com/doc/2013-04-01/';
const XML = { 'content-type': 'text/xml' };

/**
 * Of an account, in a second; counted here in any second, where it is not known how AWS does.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests
 */
const MAX_REQUESTS = 5;

/** Where Route 53 has checkers unless a check says otherwise; which of them asks when, is invented. */
const CHECKER_REGIONS = [
  ...['us-east-1', 'us-west-1', 'us-west-2', 'eu-west-1'],
  ...['ap-southeast-1', 'ap-southeast-2', 'ap-northeast-1', 'sa-east-1'],
];

const PATH = /^\/2013-04-01\/(hostedzone\/([^/]+)\/rrset\/?|healthcheck\/([^/]+)(\/status)?)$/;

/**
 * What is read of records and health checks by Route 53's own API. It answers whatever region a fault has taken away:
 * AWS has its control plane in us-east-1, and whether reads go with that region is not known.
 * https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
 */
export function createRoute53Api({ route53, authorize, now = Date.now }: Route53ApiOptions): AwsServer {
  let asked: readonly number[] = [];
  const throttle = (): void => {
    const time = now();
    const before = asked.filter((at) => at > time - 1_000);
    if (before.length >= MAX_REQUESTS) throw new AwsError(400, 'Throttling', 'Rate exceeded');
    asked = [...before, time];
  };
  const answer = ({ method, path, query, headers }: AwsRequest): Reply => {
    const { accessKeyId } = requireScope(headers.authorization, { region: REGION, service: 'route53' });
    const [, resource, zone, check = '', isStatus] = (method === 'GET' ? PATH.exec(path) : null) ?? [];
    if (resource === undefined)
      throw new AwsError(404, 'UnknownOperationException', `${method} ${path} is not emulated.`);
    const [operation, run]: readonly [string, () => XmlElements] =
      zone !== undefined
        ? ['ListResourceRecordSets', () => listResourceRecordSets(route53.recordSets(), zone, query)]
        : isStatus === undefined
          ? ['GetHealthCheck', () => getHealthCheck(route53, check)]
          : ['GetHealthCheckStatus', () => getHealthCheckStatus(route53, check)];
    throttle();
    requirePermission(() => {
      const kind = zone === undefined ? 'healthcheck' : 'hostedzone';
      authorize(accessKeyId, `route53:${operation}`, `arn:aws:route53:::${kind}/${zone ?? check}`);
    });
    return { status: 200, headers: XML, body: xmlDocument(`${operation}Response`, run(), NAMESPACE) };
  };
  return new AwsServer({
    maxBodyBytes: 1024,
    handle: (request) => {
      try {
        return answer(request);
      } catch (error) {
        if (error instanceof AwsError) return refusal(error);
        throw error;
      }
    },
  });
}

function find(route53: Route53ApiOptions['route53'], id: string) {
  const found = route53.healthCheck(id);
  if (found !== undefined) return found;
  throw new AwsError(404, 'NoSuchHealthCheck', `A health check with id ${id} does not exist.`);
}

function getHealthCheck(route53: Route53ApiOptions['route53'], id: string): XmlElements {
  const { settings } = find(route53, id);
  return {
    HealthCheck: {
      Id: id,
      CallerReference: settings.address,
      HealthCheckConfig: healthCheckConfig(settings),
      HealthCheckVersion: 1,
    },
  };
}

/**
 * What each checker saw last, before the check is inverted, which AWS does not say. Of calculated checks it says that
 * they have no such status; of those of an alarm nothing, and they are refused here, too.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHealthCheckStatus.html
 */
function getHealthCheckStatus(route53: Route53ApiOptions['route53'], id: string): XmlElements {
  const { settings, monitor } = find(route53, id);
  if (monitor.observations === undefined)
    throw invalid(`The status of a health check of type ${settings.type} cannot be retrieved.`);
  const observations = monitor.observations().map(({ checker, passed, reason, at }) => ({
    Region: CHECKER_REGIONS[checker % CHECKER_REGIONS.length],
    IPAddress: CHECKER_ADDRESS,
    StatusReport: {
      Status: `${passed ? 'Success' : 'Failure'}: ${reason}`,
      CheckedTime: new Date(at).toISOString(),
    },
  }));
  return { HealthCheckObservations: { HealthCheckObservation: observations } };
}

function healthCheckConfig({ type, inverted, disabled, monitor }: HealthCheckSettings): XmlElements {
  const common = { Type: type, Inverted: inverted, Disabled: disabled };
  switch (monitor.kind) {
    case 'endpoint':
      return {
        ...common,
        Port: monitor.port,
        ResourcePath: monitor.path,
        FullyQualifiedDomainName: monitor.fqdn,
        SearchString: monitor.searchString,
        RequestInterval: monitor.intervalMs / 1_000,
        FailureThreshold: monitor.failureThreshold,
      };
    case 'alarm':
      return {
        ...common,
        AlarmIdentifier: { Region: monitor.region, Name: monitor.alarm },
        InsufficientDataHealthStatus: monitor.insufficientData,
      };
    case 'calculated':
      return {
        ...common,
        HealthThreshold: monitor.threshold,
        ChildHealthChecks: { ChildHealthCheck: monitor.children },
      };
  }
}

function refusal({ status, type, message }: AwsError): Reply {
  // As in the query protocol: `AccessDenied`, not `AccessDeniedException`.
  const Code = type.replace(/Exception$/, '');
  const elements = { Error: { Type: 'Sender', Code, Message: message }, RequestId: randomUUID() };
  return { status, headers: XML, body: xmlDocument('ErrorResponse', elements, NAMESPACE) };
}

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html */
const MAX_ITEMS = 300;
const PARAMETERS = ['name', 'type', 'identifier', 'maxitems'];

/**
 * Those of a hosted zone from a name on, ordered by their labels from the right, then by type and identifier. The
 * zone's own NS and SOA records are not among them: no stack declares them.
 * @throws AwsError for a zone that is none, or parameters that Route 53 does not take
 */
function listResourceRecordSets(
  resources: readonly Resource[],
  zone: string,
  query: URLSearchParams,
): XmlElements {
  const own = resources.filter((resource) => text(resource, 'zone_id') === zone);
  if (own.length === 0) throw new AwsError(404, 'NoSuchHostedZone', `No hosted zone found with ID: ${zone}`);
  const [unknown] = [...query.keys()].filter((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) throw invalid(`The parameter ${unknown} is not emulated.`);
  const { name, type, identifier } = Object.fromEntries(query) as Partial<Record<string, string>>;
  if (type !== undefined && name === undefined) throw invalid('A type without a name.');
  if (identifier !== undefined && type === undefined)
    throw invalid('An identifier without a name and a type.');
  const most = Number(query.get('maxitems') ?? MAX_ITEMS);
  // More than the most is taken for the most.
  if (!Number.isInteger(most) || most < 1) throw invalid('maxitems must be a whole number from 1.');
  const size = Math.min(most, MAX_ITEMS);
  const first = [name === undefined ? '' : reversed(name), type ?? '', identifier ?? ''];
  const found = own
    .map((resource) => ({ resource, key: keyOf(resource) }))
    .toSorted((one, other) => compare(one.key, other.key))
    .filter(({ key }) => compare(key, first) >= 0)
    .map(({ resource }) => resource);
  const next = found[size];
  return {
    ResourceRecordSets: { ResourceRecordSet: found.slice(0, size).map(recordSet) },
    IsTruncated: next !== undefined,
    NextRecordName: next && absolute(text(next, 'name')),
    NextRecordType: next && text(next, 'type'),
    NextRecordIdentifier: next && optionalText(next, 'set_identifier'),
    MaxItems: most,
  };
}

const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`);

const reversed = (name: string): string => absolute(name).split('.').reverse().join('.');

const keyOf = (resource: Resource): readonly string[] => [
  reversed(text(resource, 'name')),
  text(resource, 'type'),
  optionalText(resource, 'set_identifier') ?? '',
];

function compare(one: readonly string[], other: readonly string[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at < 0 ? 0 : (one[at] ?? '') < (other[at] ?? '') ? -1 : 1;
}

function recordSet(resource: Resource): XmlElements {
  const policy = optionalBlock(resource, 'failover_routing_policy');
  return {
    Name: absolute(text(resource, 'name')),
    Type: text(resource, 'type'),
    SetIdentifier: optionalText(resource, 'set_identifier'),
    Failover: policy && text(policy, 'type'),
    ...(optionalBlock(resource, 'alias') === undefined
      ? {
          TTL: optionalNumber(resource, 'ttl'),
          ResourceRecords: { ResourceRecord: texts(resource, 'records').map((Value) => ({ Value })) },
        }
      : { AliasTarget: aliasTarget(block(resource, 'alias')) }),
    HealthCheckId: optionalText(resource, 'health_check_id'),
  };
}

const aliasTarget = (alias: ReturnType<typeof block>): XmlElements => ({
  HostedZoneId: text(alias, 'zone_id'),
  DNSName: absolute(text(alias, 'name')),
  EvaluateTargetHealth: flag(alias, 'evaluate_target_health'),
});

const invalid = (message: string): AwsError => new AwsError(400, 'InvalidInput', message);
