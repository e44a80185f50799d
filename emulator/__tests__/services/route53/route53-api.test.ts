import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  ListHealthChecksCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { OPERATOR } from '../../../platform/policy/authorizer';
import { healthCheckSettings } from '../../../services/route53/health-check-settings';
import { createRoute53Api } from '../../../services/route53/route53-api';
import {
  alarmCheck,
  calculatedCheck,
  endpointCheck,
  failoverRecord,
  NAME,
  record,
  resource,
} from './fixture';

const RECORDS = [
  resource('aws_route53_record', 'validation', {
    ...{ zone_id: 'Z123', name: `_x.${NAME}`, type: 'CNAME', ttl: 60, records: ['_y.acm-validations.aws.'] },
  }),
  failoverRecord('us-west-2', 'SECONDARY', 'west'),
  failoverRecord('us-east-1', 'PRIMARY', 'east'),
  record('us-east-1', `us-east-1.${NAME}`),
];

const OBSERVED = [
  { checker: 0, passed: true, reason: 'HTTP Status Code 200', at: 0 },
  { checker: 9, passed: false, reason: 'no response within 2 s', at: 1_000 },
];
const CHECKS = new Map(
  [
    endpointCheck('west', 'west.example.com', { resource_path: '/secret/health', search_string: 'ok' }),
    alarmCheck('alarm', 'us-east-1'),
    calculatedCheck('east', ['alarm', 'west'], 2),
  ].map((check) => {
    const settings = healthCheckSettings(
      check.name === 'west' ? { ...check, values: { ...check.values, type: 'HTTPS_STR_MATCH' } } : check,
    );
    const observed = settings.monitor.kind === 'endpoint' ? { observations: () => OBSERVED } : {};
    const none = () => undefined;
    return [
      settings.id,
      { settings, monitor: { healthy: true, reason: '', start: none, close: none, ...observed } },
    ];
  }),
);

let now = 0;
let isDenied = false;
const api = createRoute53Api({
  route53: { recordSets: () => RECORDS, healthCheck: (id) => CHECKS.get(id) },
  authorize: () => {
    if (isDenied) throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
  },
  now: () => now,
});
let client: Route53Client;
let endpoint = '';
beforeAll(async () => {
  endpoint = await api.listen();
  client = new Route53Client({ endpoint, region: 'us-east-1', credentials: OPERATOR, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await api.close();
});
beforeEach(() => {
  now += 1_000;
  isDenied = false;
});

const list = (input: Partial<ListResourceRecordSetsCommandInput> = {}) =>
  client.send(new ListResourceRecordSetsCommand({ HostedZoneId: 'Z123', ...input }));
const status = (HealthCheckId: string) => client.send(new GetHealthCheckStatusCommand({ HealthCheckId }));

describe('ListResourceRecordSets', () => {
  it('has all records of a zone, by their labels from the right', async () => {
    const { ResourceRecordSets, IsTruncated } = await list();
    expect(ResourceRecordSets).toMatchObject([
      { Name: `${NAME}.`, SetIdentifier: 'us-east-1', Failover: 'PRIMARY', HealthCheckId: 'east' },
      { Name: `${NAME}.`, SetIdentifier: 'us-west-2', Failover: 'SECONDARY', HealthCheckId: 'west' },
      {
        Name: `_x.${NAME}.`,
        Type: 'CNAME',
        TTL: 60,
        ResourceRecords: [{ Value: '_y.acm-validations.aws.' }],
      },
      { Name: `us-east-1.${NAME}.`, AliasTarget: { EvaluateTargetHealth: false } },
    ]);
    expect(IsTruncated).toBe(false);
  });

  it('begins where it is told, and says where to go on', async () => {
    const first = await list({ StartRecordName: NAME, StartRecordType: 'A', MaxItems: 1 });
    expect(first).toMatchObject({
      ...{ IsTruncated: true, MaxItems: 1 },
      ...{ NextRecordName: `${NAME}.`, NextRecordType: 'A', NextRecordIdentifier: 'us-west-2' },
    });
    const next = await list({
      StartRecordName: first.NextRecordName,
      StartRecordType: first.NextRecordType,
      StartRecordIdentifier: first.NextRecordIdentifier,
    });
    expect(next.ResourceRecordSets).toHaveLength(3);
  });

  it.each<[string, Partial<ListResourceRecordSetsCommandInput>, string]>([
    ['a zone that is none', { HostedZoneId: 'Z999' }, 'NoSuchHostedZone'],
    ['a type without a name', { StartRecordType: 'A' }, 'InvalidInput'],
    ['an identifier without a type', { StartRecordName: NAME, StartRecordIdentifier: 'x' }, 'InvalidInput'],
    ['none at once', { MaxItems: 0 }, 'InvalidInput'],
  ])('refuses %s', async (_, input, name) => {
    await expect(list(input)).rejects.toMatchObject({ name });
  });
});

it('knows no zone by what no client would write', async () => {
  const scope = `${OPERATOR.accessKeyId}/20261127/us-east-1/route53/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  const answer = await fetch(`${endpoint}/2013-04-01/hostedzone/%zz/rrset`, { headers: { authorization } });
  expect([answer.status, await answer.text()]).toEqual([
    404,
    expect.stringContaining('<Code>NoSuchHostedZone<'),
  ]);
});

describe('GetHealthCheck', () => {
  it.each([
    [
      'west',
      { Type: 'HTTPS_STR_MATCH', ResourcePath: '/secret/health', SearchString: 'ok', RequestInterval: 10 },
    ],
    ['alarm', { AlarmIdentifier: { Region: 'us-east-1', Name: 'degraded' }, Inverted: false }],
    ['east', { Type: 'CALCULATED', HealthThreshold: 2, ChildHealthChecks: ['alarm', 'west'] }],
  ])('tells how %s is configured', async (HealthCheckId, expected) => {
    const { HealthCheck } = await client.send(new GetHealthCheckCommand({ HealthCheckId }));
    expect(HealthCheck).toMatchObject({ Id: HealthCheckId, HealthCheckConfig: expected });
  });

  it('refuses what there is not', async () => {
    const asked = client.send(new GetHealthCheckCommand({ HealthCheckId: 'north' }));
    await expect(asked).rejects.toMatchObject({ name: 'NoSuchHealthCheck' });
  });
});

describe('GetHealthCheckStatus', () => {
  it('tells what each checker of an endpoint saw last', async () => {
    const { HealthCheckObservations } = await status('west');
    expect(HealthCheckObservations).toMatchObject([
      {
        Region: 'us-east-1',
        StatusReport: { Status: 'Success: HTTP Status Code 200', CheckedTime: new Date(0) },
      },
      { Region: 'us-west-1', StatusReport: { Status: 'Failure: no response within 2 s' } },
    ]);
  });

  it.each(['east', 'alarm'])('has none of the check %s, which has no checkers', async (id) => {
    await expect(status(id)).rejects.toMatchObject({ name: 'InvalidInput' });
  });
});

it('takes five requests a second, and refuses the sixth', async () => {
  for (let request = 0; request < 5; request += 1) await status('west');
  await expect(status('west')).rejects.toMatchObject({ name: 'Throttling' });
  now += 1_000;
  await expect(status('west')).resolves.toBeDefined();
});

it('refuses what the caller may not do, and what is not emulated', async () => {
  await expect(client.send(new ListHealthChecksCommand({}))).rejects.toMatchObject({
    name: 'UnknownOperation',
  });
  isDenied = true;
  await expect(status('west')).rejects.toMatchObject({ name: 'AccessDenied' });
});
