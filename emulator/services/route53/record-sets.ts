import { AwsError } from '../../platform/http/aws-error';
import type { XmlElements } from '../../platform/http/xml';
import type { Resource } from '../../stack/resource';
import { block, flag, optionalBlock, optionalNumber, optionalText, text, texts } from '../../stack/values';

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html */
const MAX_ITEMS = 300;
const PARAMETERS = ['name', 'type', 'identifier', 'maxitems'];

/**
 * Those of a hosted zone from a name on, ordered by their labels from the right, then by type and identifier. The
 * zone's own NS and SOA records are not among them: no stack declares them.
 * @throws AwsError for a zone that is none, or parameters that Route 53 does not take
 */
export function listResourceRecordSets(
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
