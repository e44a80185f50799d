import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { RIPENING_MS } from '../../../services/cloudwatch/alarms';
import type { Resource } from '../../../stack/resource';
import { ManualClock } from '../../platform/manual-clock';
import {
  alarmCheck,
  alarmsIn,
  calculatedCheck,
  endpointCheck,
  NAME,
  region,
  REGIONS,
  route53,
  watchProbes,
  type Region,
} from './fixture';

const MINUTE = 60_000;
const STEP = 5_000;

interface Options {
  readonly checkers?: number;
  readonly lost?: (index: number) => boolean;
  readonly request_interval?: number;
  readonly failure_threshold?: number;
}

/** A region is healthy with a good endpoint, models that answer, and nobody evacuating it. */
const checksOf = (of: Region, check: Readonly<Record<string, unknown>>): Resource[] => [
  endpointCheck(`${of}-endpoint`, `${of}.${NAME}`, check),
  alarmCheck(`${of}-models`, of),
  endpointCheck(`${of}-not-evacuated`, `standby.${NAME}`, {
    ...check,
    invert_healthcheck: true,
    resource_path: `/${of}`,
  }),
  calculatedCheck(of, [`${of}-endpoint`, `${of}-models`, `${of}-not-evacuated`], 3),
];

/** Answers `/health` and each region's switch with the status that it is told. */
async function edge() {
  const statuses = new Map<string, number>();
  const server: Server = createServer(({ url, headers }, response) => {
    const path = url === '/health' ? (headers.host?.split('.')[0] ?? '') : `${url?.slice(1) ?? ''}-evacuated`;
    response.writeHead(statuses.get(path) ?? 503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { statuses, server, port: (server.address() as AddressInfo).port };
}

let served: Awaited<ReturnType<typeof edge>>;
beforeAll(async () => {
  served = await edge();
});
afterAll(async () => {
  served.server.closeAllConnections();
  served.server.close();
  await once(served.server, 'close');
});
beforeEach(() => {
  served.statuses.clear();
});

function system({ checkers = 1, lost, ...check }: Options = {}) {
  const clock = new ManualClock();
  const alarms = alarmsIn(clock);
  const probes = watchProbes(lost);
  const resources = [
    ...REGIONS.flatMap((of) => checksOf(of, check)),
    ...region('us-east-1', 'PRIMARY', 'us-east-1'),
    ...region('us-west-2', 'SECONDARY', 'us-west-2'),
  ];
  const dns = route53(resources, {
    clock,
    alarms,
    checkers,
    intercept: probes.intercept,
    resolveEndpoint: () => ({ host: '127.0.0.1', port: served.port }),
  });
  for (const each of alarms.values()) each.start();
  dns.start();
  /** Lets emulated time pass, and waits for the answers to real requests each few seconds of it. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += STEP) {
      clock.advance(STEP);
      await probes.settled();
    }
  };
  const health = () => new Map(dns.status().map(({ id, healthy }) => [id, healthy]));
  return { clock, alarms, dns, pass, health, probes };
}

type Endpoint = 'answers' | 'fails';
type Models = 'answer' | 'degraded' | 'no data' | 'no data after answers' | 'no data after degradation';
type Switch = 'off' | 'on';

/** Every combination of what a region's children see, and what the region then is. */
const COMBINATIONS: [Endpoint, Models, Switch, boolean][] = [
  ['answers', 'answer', 'off', true],
  ['answers', 'degraded', 'off', false],
  ['answers', 'no data', 'off', true],
  ['answers', 'no data after answers', 'off', true],
  ['answers', 'no data after degradation', 'off', false],
  ['answers', 'answer', 'on', false],
  ['answers', 'degraded', 'on', false],
  ['answers', 'no data', 'on', false],
  ['answers', 'no data after answers', 'on', false],
  ['answers', 'no data after degradation', 'on', false],
  ['fails', 'answer', 'off', false],
  ['fails', 'degraded', 'off', false],
  ['fails', 'no data', 'off', false],
  ['fails', 'no data after answers', 'off', false],
  ['fails', 'no data after degradation', 'off', false],
  ['fails', 'answer', 'on', false],
  ['fails', 'degraded', 'on', false],
  ['fails', 'no data', 'on', false],
  ['fails', 'no data after answers', 'on', false],
  ['fails', 'no data after degradation', 'on', false],
];

/** The metric's value in each of two minutes; undefined for none. */
const DATA: Record<Models, [number | undefined, number | undefined]> = {
  answer: [0, 0],
  degraded: [1, 1],
  'no data': [undefined, undefined],
  'no data after answers': [0, undefined],
  'no data after degradation': [1, undefined],
};

describe.each([
  ['us-east-1', 'us-west-2', 'us-east-1', 'us-west-2'],
  ['us-west-2', 'us-east-1', 'us-east-1', 'us-east-1'],
] as const)('with %s as below and %s well', (of, other, whenHealthy, whenUnhealthy) => {
  it.each(COMBINATIONS)(
    'endpoint %s, models %s, evacuation %s: healthy %s',
    async (endpoint, models, evacuation, healthy) => {
      const { dns, alarms, pass, health } = system({ request_interval: 30, failure_threshold: 1 });
      served.statuses.set(other, 200).set(of, endpoint === 'answers' ? 200 : 503);
      if (evacuation === 'on') served.statuses.set(`${of}-evacuated`, 200);
      for (const value of DATA[models]) {
        const metric = { namespace: 'Assistant', name: 'degraded', dimensions: {} };
        if (value !== undefined) alarms.get(of)?.metrics.put({ ...metric, value });
        await pass(MINUTE + (value === DATA[models][0] ? RIPENING_MS : 0));
      }
      await dns.close();
      for (const each of alarms.values()) each.close();
      expect(health().get(other)).toBe(true);
      expect(health().get(of)).toBe(healthy);
      expect(dns.resolve(NAME).setIdentifier).toBe(healthy ? whenHealthy : whenUnhealthy);
    },
  );
});

describe('health checks', () => {
  it('are healthy when they are new, and unhealthy when they are inverted', () => {
    const { health } = system();
    expect(health().get('us-east-1-endpoint')).toBe(true);
    expect(health().get('us-east-1-models')).toBe(true);
    expect(health().get('us-east-1-not-evacuated')).toBe(false);
    expect(health().get('us-east-1')).toBe(false);
  });

  it('tell when they changed, why, and what callers were answered from then on', async () => {
    const { dns, pass, clock } = system();
    served.statuses.set('us-east-1', 200).set('us-west-2', 200);
    await pass(MINUTE);
    const before = dns.history().length;
    served.statuses.set('us-east-1', 503);
    const failed = clock.now();
    await pass(MINUTE);
    await dns.close();
    const changes = dns.history().slice(before);
    expect(
      changes.map((change) =>
        change.kind === 'health' ? [change.id, change.healthy] : change.setIdentifier,
      ),
    ).toEqual(
      [['us-east-1-endpoint', false], 'us-west-2', ['us-east-1', false]].sort(
        (a, b) => Number(a === 'us-west-2') - Number(b === 'us-west-2'),
      ),
    );
    for (const { at } of changes) expect(at - failed).toBe(30_000);
    expect(dns.status().find(({ id }) => id === 'us-east-1-endpoint')).toMatchObject({
      healthy: false,
      since: failed + 30_000,
      reason: '0 of 1 checkers report healthy; latest result: HTTP Status Code 503',
    });
  });

  it('spread the requests of their checkers over the interval', async () => {
    const { dns, clock, probes } = system({ checkers: 4 });
    const asked = [0, 2_500, 2_500, 2_500, 2_500].map((ms) => {
      clock.advance(ms);
      return probes.asked();
    });
    await dns.close();
    expect(asked).toEqual([4, 8, 12, 16, 20]);
  });

  it.each([
    [13, true],
    [14, false],
  ])('with %d of 16 checkers lost take a good endpoint for healthy: %s', async (lost, expected) => {
    const { dns, pass, health } = system({ checkers: 16, lost: (index) => index < lost });
    served.statuses.set('us-east-1', 200);
    await pass(MINUTE);
    await dns.close();
    expect(health().get('us-east-1-endpoint')).toBe(expected);
  });

  it.each([
    [false, true, 'disabled'],
    [true, false, 'inverted: disabled'],
  ])(
    'send nothing while they are disabled; inverted %s: healthy %s',
    async (invert_healthcheck, healthy, reason) => {
      const clock = new ManualClock();
      const { intercept, asked } = watchProbes();
      const dns = route53([endpointCheck('off', NAME, { disabled: true, invert_healthcheck })], {
        clock,
        intercept,
      });
      dns.start();
      clock.advance(MINUTE);
      expect(asked()).toBe(0);
      expect(dns.status()).toMatchObject([{ healthy, reason }]);
      await dns.close();
    },
  );
});
