import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type DescribeAlarmsCommandInput,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  paginateDescribeAlarms,
  paginateGetMetricData,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { OPERATOR } from '../../../platform/policy/authorizer';
import { Alarms } from '../../../services/cloudwatch/alarms';
import { createCloudWatch } from '../../../services/cloudwatch/cloudwatch';
import { Metrics } from '../../../services/cloudwatch/metrics';
import type { FaultEffect } from '../../../platform/faults/effects';
import type { Resource } from '../../../stack/resource';
import { ManualClock } from '../../platform/manual-clock';

const MINUTE = 60_000;

const alarm = (name: string): Resource => ({
  address: `aws_cloudwatch_metric_alarm.${name}`,
  type: 'aws_cloudwatch_metric_alarm',
  name,
  values: {
    ...{ alarm_name: name, arn: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}` },
    ...{ alarm_description: `It is ${name}.`, namespace: 'shop-1', metric_name: 'Answers' },
    ...{ dimensions: { service: 's' }, extended_statistic: 'p90', period: 60, evaluation_periods: 2 },
    ...{ threshold: 3, comparison_operator: 'GreaterThanThreshold' },
  },
});
const NAMES = ['shop-degraded', 'shop-canary', 'shop-last-resort', 'other-degraded'];

const clock = new ManualClock();
const metrics = new Metrics({ clock });
const from = Math.floor(clock.now() / MINUTE) * MINUTE;
let effect: FaultEffect | undefined;
const denied = new Set<string>();
const service = createCloudWatch({
  regionOf: (region) => ({
    metrics: region === 'us-east-1' ? [metrics] : [],
    alarms: region === 'us-east-1' ? new Alarms(NAMES.map(alarm), { clock, metrics }).declared() : [],
    intercept: () => effect,
  }),
  authorize: (_, action) => {
    if (denied.has(action)) throw Object.assign(new Error('no'), { name: 'AccessDeniedError' });
  },
});
let client: CloudWatchClient;
let elsewhere: CloudWatchClient;

/** Answers of two tiers in three minutes, of which the second has none. */
beforeAll(async () => {
  const put = (tier: string, value: number, more = {}) => {
    metrics.put({ namespace: 'shop-1', name: 'Answers', dimensions: { service: 's', tier, ...more }, value });
  };
  put('primary', 1);
  put('primary', 3);
  put('fallback', 5);
  clock.advance(2 * MINUTE);
  put('primary', 7);
  put('primary', 9, { model: 'm' });
  const at = { endpoint: await service.listen(), credentials: OPERATOR, maxAttempts: 1 };
  client = new CloudWatchClient({ ...at, region: 'us-east-1' });
  elsewhere = new CloudWatchClient({ ...at, region: 'eu-west-1' });
});
afterAll(async () => {
  client.destroy();
  elsewhere.destroy();
  await service.close();
});
afterEach(() => {
  effect = undefined;
  denied.clear();
});

const time = { StartTime: new Date(from), EndTime: new Date(from + 3 * MINUTE) };
const primary = (Stat = 'Sum', Id = 'a', Period = 60): MetricDataQuery => ({
  Id,
  MetricStat: {
    ...{ Stat, Period },
    Metric: {
      ...{ Namespace: 'shop-1', MetricName: 'Answers' },
      Dimensions: [
        { Name: 'tier', Value: 'primary' },
        { Name: 'service', Value: 's' },
      ],
    },
  },
});
const get = (MetricDataQueries: MetricDataQuery[], more: Partial<GetMetricDataCommandInput> = {}) =>
  client.send(new GetMetricDataCommand({ ...time, MetricDataQueries, ...more }));
const minutes = (times: readonly Date[] = []) => times.map((at) => (at.getTime() - from) / MINUTE);
const searching = (terms: string) => `SEARCH('{"shop-1",service,tier} ${terms}', 'Sum', 60)`;

describe('GetMetricData', () => {
  it.each([
    ['Sum', 60, [0, 2], [4, 7]],
    ['Average', 60, [0, 2], [2, 7]],
    ['SampleCount', 60, [0, 2], [2, 1]],
    ['p100', 60, [0, 2], [3, 7]],
  ])('has the %s of each period of %d s with data', async (stat, period, at, values) => {
    const { MetricDataResults } = await get([primary(stat, 'a', period)], { ScanBy: 'TimestampAscending' });
    const [result] = MetricDataResults ?? [];
    expect(result).toMatchObject({ Id: 'a', Label: 'Answers', StatusCode: 'Complete' });
    expect([minutes(result?.Timestamps), result?.Values?.map(Math.round)]).toEqual([at, values]);
  });

  it('begins with the latest unless told otherwise, and is empty of what has no data', async () => {
    const { MetricDataResults } = await get([primary()]);
    expect(minutes(MetricDataResults?.[0]?.Timestamps)).toEqual([2, 0]);
    const other = await elsewhere.send(new GetMetricDataCommand({ ...time, MetricDataQueries: [primary()] }));
    expect(other.MetricDataResults).toMatchObject([{ Id: 'a', Timestamps: [], Values: [] }]);
  });

  it('comes page by page where it is more than is asked for', async () => {
    const input = { ...time, MetricDataQueries: [primary('Sum', 'a'), primary('p100', 'b')] };
    const pages: unknown[] = [];
    for await (const { MetricDataResults = [] } of paginateGetMetricData(
      { client },
      { ...input, MaxDatapoints: 3 },
    ))
      pages.push(MetricDataResults.map(({ Id, StatusCode, Values = [] }) => [Id, StatusCode, Values.length]));
    expect(pages).toEqual([
      [
        ['a', 'Complete', 2],
        ['b', 'PartialData', 1],
      ],
      [
        ['a', 'Complete', 0],
        ['b', 'Complete', 1],
      ],
    ]);
  });

  it('finds by a search all with just these dimensions and terms, by what they differ in', async () => {
    const found = async (terms: string) =>
      (await get([{ Id: 'e', Expression: searching(terms) }])).MetricDataResults?.map(({ Label, Values }) => [
        Label,
        Values,
      ]);
    expect(await found('MetricName="Answers"')).toEqual([
      ['primary', [7, 4]],
      ['fallback', [5]],
    ]);
    expect(await found('MetricName="Answers" tier="fallback"')).toEqual([['s fallback', [5]]]);
    expect(await found('MetricName="Questions"')).toEqual([]);
  });

  const many = Array.from({ length: 501 }, (_, index) => primary('Sum', `q${index}`));
  it.each<[string, MetricDataQuery[], Partial<GetMetricDataCommandInput>, string, RegExp]>([
    ['501 queries', many, {}, 'ValidationException', /<=500/],
    ['no queries', [], {}, 'ValidationException', /MetricDataQueries/],
    ['an id that begins with a capital', [primary('Sum', 'A')], {}, 'ValidationException', /Id/],
    ['an id twice', [primary(), primary()], {}, 'ValidationException', /unique/],
    ['half a minute', [primary('Sum', 'a', 30)], {}, 'ValidationException', /multiple of 60/],
    [
      'a statistic that is not emulated',
      [primary('tm90')],
      {},
      'ValidationException',
      /tm90 is not emulated/,
    ],
    ['mathematics', [{ Id: 'e', Expression: 'm1 + m2' }], {}, 'ValidationException', /only SEARCH/],
    [
      'inexact terms',
      [{ Id: 'e', Expression: searching('Answers') }],
      {},
      'ValidationException',
      /only SEARCH/,
    ],
    ['neither metric nor expression', [{ Id: 'a' }], {}, 'ValidationException', /either/],
    ['a label of one’s own', [{ ...primary(), Label: 'x' }], {}, 'ValidationException', /Label/],
    ['time that runs back', [primary()], { EndTime: time.StartTime }, 'ValidationException', /StartTime/],
    ['more points than fit', [primary()], { MaxDatapoints: 100_801 }, 'ValidationException', /100800/],
    ['a token of nobody’s', [primary()], { NextToken: 'x' }, 'InvalidNextToken', /token/],
  ])('refuses %s', async (_, queries, more, name, message) => {
    const refused = await get(queries, more).catch((error: unknown) => error as Error);
    expect(refused).toMatchObject({ name, message: expect.stringMatching(message) as string });
  });
});

describe('DescribeAlarms', () => {
  const describe = (input: DescribeAlarmsCommandInput) => client.send(new DescribeAlarmsCommand(input));

  it('tells of alarms as they are declared, and as they stand', async () => {
    const { MetricAlarms } = await describe({ AlarmNames: ['shop-canary'] });
    expect(MetricAlarms).toMatchObject([
      {
        AlarmName: 'shop-canary',
        AlarmDescription: 'It is shop-canary.',
        StateValue: 'INSUFFICIENT_DATA',
        StateUpdatedTimestamp: new Date(clock.now()),
        Dimensions: [{ Name: 'service', Value: 's' }],
        ExtendedStatistic: 'p90',
        Threshold: 3,
      },
    ]);
  });

  it('comes page by page, of those with a prefix and a state', async () => {
    const pages: unknown[] = [];
    const input = { AlarmNamePrefix: 'shop-', StateValue: 'INSUFFICIENT_DATA', MaxRecords: 2 } as const;
    for await (const { MetricAlarms = [] } of paginateDescribeAlarms({ client }, input))
      pages.push(MetricAlarms.map(({ AlarmName }) => AlarmName));
    expect(pages).toEqual([['shop-degraded', 'shop-canary'], ['shop-last-resort']]);
    expect((await describe({ StateValue: 'ALARM' })).MetricAlarms).toEqual([]);
  });

  it.each<[string, DescribeAlarmsCommandInput, string]>([
    ['101 names', { AlarmNames: Array.from({ length: 101 }, String) }, 'ValidationException'],
    ['101 at once', { MaxRecords: 101 }, 'ValidationException'],
    ['names and a prefix', { AlarmNames: ['a'], AlarmNamePrefix: 'a' }, 'ValidationException'],
    ['a filter that is not emulated', { ActionPrefix: 'arn' }, 'ValidationException'],
    ['a token of nobody’s', { NextToken: '99' }, 'InvalidNextToken'],
  ])('refuses %s', async (_, input, name) => {
    await expect(describe(input)).rejects.toMatchObject({ name });
  });
});

it('refuses what the caller may not do, what is not signed for it, and what is not emulated', async () => {
  denied.add('cloudwatch:GetMetricData');
  await expect(get([primary()])).rejects.toMatchObject({ name: 'AccessDenied' });
  await expect(client.send(new PutMetricDataCommand({ Namespace: 'shop-1' }))).rejects.toMatchObject({
    name: 'InvalidAction',
  });
  const endpoint = await client.config.endpoint?.();
  const unsigned = await fetch(`http://${endpoint?.hostname}:${endpoint?.port}/`, {
    method: 'POST',
    headers: { 'x-amz-target': 'GraniteServiceVersion20100801.DescribeAlarms' },
    body: '{}',
  });
  expect([unsigned.status, unsigned.headers.get('x-amzn-query-error')]).toEqual([
    403,
    'MissingAuthenticationToken;Sender',
  ]);
});

it('does not answer while its region is away', async () => {
  effect = { kind: 'reset' };
  await expect(get([primary()])).rejects.toThrow('ECONNRESET');
});
