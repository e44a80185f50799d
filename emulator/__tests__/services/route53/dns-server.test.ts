import { once } from 'node:events';
import fc from 'fast-check';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Resolver } from 'node:dns/promises';
import { CachingResolver } from '../../../services/route53/caching-resolver';
import type { Route53 } from '../../../services/route53/route53';
import { ManualClock } from '../../platform/manual-clock';
import { askOverTcp, askOverUdp, question } from './dns-client';
import { endpointCheck, healthCheck, NAME, region, resource, route53, watchProbes } from './fixture';

const open: Route53[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((dns) => dns.close()));
});

async function listening(dns: Route53) {
  open.push(dns);
  const endpoint = await dns.listenDns(0);
  const resolver = new Resolver({ timeout: 500, tries: 2 });
  resolver.setServers([`${endpoint.host}:${endpoint.port}`]);
  return { endpoint, resolver };
}

/** A check whose status is given: a disabled one is healthy, and inverted unhealthy. */
const given = (id: string, healthy: boolean) =>
  healthCheck(id, {
    type: 'CALCULATED',
    child_healthchecks: [],
    child_health_threshold: 0,
    disabled: true,
    invert_healthcheck: !healthy,
  });

const both = (primary: boolean, secondary: boolean) => [
  given('primary', primary),
  given('secondary', secondary),
  ...region('us-east-1', 'PRIMARY', 'primary'),
  ...region('us-west-2', 'SECONDARY', 'secondary'),
];

describe('the DNS server', () => {
  it.each([
    [true, true, '127.0.0.1'],
    [true, false, '127.0.0.1'],
    [false, true, '127.0.0.2'],
    [false, false, '127.0.0.1'],
  ])('with primary healthy %s and secondary healthy %s answers %s', async (primary, secondary, address) => {
    const { resolver } = await listening(route53(both(primary, secondary)));
    await expect(resolver.resolve4(NAME, { ttl: true })).resolves.toEqual([{ address, ttl: 60 }]);
  });

  it.each([
    ['us-east-1', '127.0.0.1'],
    ['us-west-2', '127.0.0.2'],
  ])("answers %s's own name with %s, whatever its health", async (of, address) => {
    const { resolver } = await listening(route53(both(false, false)));
    await expect(resolver.resolve4(`${of.toUpperCase()}.${NAME}`)).resolves.toEqual([address]);
  });

  it('answers over TCP as over UDP, several questions of one connection, too', async () => {
    const { endpoint } = await listening(route53(both(true, true)));
    const overTcp = await askOverTcp(endpoint, [question(NAME), question(NAME)]);
    for (const answer of [...overTcp, await askOverUdp(endpoint, question(NAME))]) {
      expect(answer.answers).toMatchObject([{ name: NAME, ttl: 60, data: '127.0.0.1' }]);
      expect(answer).toMatchObject({ id: 7, flag_aa: true, rcode: 'NOERROR' });
    }
    expect(overTcp).toHaveLength(2);
  });

  it.each([
    ['AAAA', NAME, 'NOERROR'],
    ['A', `nobody.${NAME}`, 'NXDOMAIN'],
    ['A', `_validation.${NAME}`, 'NOERROR'],
    ['AAAA', `a.b.us-east-1.${NAME}`, 'NXDOMAIN'],
  ] as const)(
    'has no data for %s of %s, and says with an SOA for how long: %s',
    async (type, name, rcode) => {
      const validation = resource('aws_route53_record', 'v', { name: `_validation.${NAME}.`, type: 'CNAME' });
      const { endpoint } = await listening(route53([...both(true, true), validation]));
      const reply = await askOverUdp(endpoint, question(name, type));
      expect(reply).toMatchObject({ rcode, flag_aa: true, answers: [] });
      expect(reply.authorities).toMatchObject([{ name: NAME, ttl: 900, data: { minimum: 86_400 } }]);
    },
  );

  it.each([
    ['announces 65,535 answers and has none', '000700000000ffff00000000'],
    ['announces 65,535 questions that point at themselves', '00070000ffff000000000000c00c00010001'],
    ['is cut', '0007000000010000'],
    ['is an answer', '000780000000000000000000'],
  ])('gives no answer to what %s, and the next query its own', async (_, hex) => {
    const { endpoint } = await listening(route53(both(true, true)));
    const first = await askOverUdp(endpoint, Buffer.from(hex, 'hex'), question(NAME));
    expect(first).toMatchObject({ rcode: 'NOERROR', answers: [{ name: NAME }] });
  });

  it('answers a query after any datagrams', async () => {
    const { endpoint } = await listening(route53(both(true, true)));
    const anything = fc.array(fc.uint8Array({ minLength: 1, maxLength: 64 }), { maxLength: 5 });
    const answered = fc.asyncProperty(anything, async (datagrams) => {
      const own = { ...question(NAME), id: 4_242 };
      await expect(askOverUdp(endpoint, ...datagrams, own)).resolves.toBeDefined();
    });
    await fc.assert(answered, { numRuns: 50 });
  });

  it('refuses names of other zones, as Route 53 does', async () => {
    const { resolver } = await listening(route53(both(true, true)));
    await expect(resolver.resolve4('example.org')).rejects.toMatchObject({ code: 'EREFUSED' });
    await expect(resolver.resolve4('example.com')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it('tells its SOA', async () => {
    const { resolver } = await listening(route53(both(true, true)));
    await expect(resolver.resolveSoa(NAME)).resolves.toMatchObject({
      hostmaster: 'awsdns-hostmaster.amazon.com',
    });
  });

  it.each([
    [10, 6],
    [600, 1],
  ])('at speed %d tells resolvers to keep an answer for %d s', async (speed, ttl) => {
    const { resolver } = await listening(route53(both(true, true), { clock: new ManualClock(speed) }));
    await expect(resolver.resolve4(NAME, { ttl: true })).resolves.toMatchObject([{ ttl }]);
  });

  it('follows the health of the primary', async () => {
    let status = 200;
    const server = createServer((_, response) => response.writeHead(status).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const clock = new ManualClock();
    const probes = watchProbes();
    const dns = route53(
      [
        endpointCheck('primary', `us-east-1.${NAME}`, { failure_threshold: 1 }),
        ...region('us-east-1', 'PRIMARY', 'primary'),
        ...region('us-west-2', 'SECONDARY'),
      ],
      {
        clock,
        checkers: 1,
        intercept: probes.intercept,
        resolveEndpoint: () => ({ host: '127.0.0.1', port }),
      },
    );
    const { resolver } = await listening(dns);
    dns.start();
    const answered: string[][] = [];
    for (status of [200, 503, 200]) {
      clock.advance(10_000);
      await probes.settled();
      answered.push(await resolver.resolve4(NAME));
    }
    server.closeAllConnections();
    server.close();
    expect(answered).toEqual([['127.0.0.1'], ['127.0.0.2'], ['127.0.0.1']]);
  });
});

describe('a caching resolver', () => {
  it('keeps an answer for its time to live, and then follows the failover', async () => {
    const clock = new ManualClock(10);
    const healthy = await listening(route53(both(true, true), { clock }));
    const resolver = new CachingResolver({ dnsServer: healthy.endpoint, clock });
    const first = await resolver.resolve4(NAME);
    expect(first).toEqual({ address: '127.0.0.1', expiresAt: clock.now() + 60_000 });
    await open.pop()?.close();
    clock.advance(59_999);
    await expect(resolver.resolve4(NAME)).resolves.toBe(first);
    const dns = route53(both(false, true), { clock });
    open.push(dns);
    await dns.listenDns(healthy.endpoint.port);
    clock.advance(1);
    await expect(resolver.resolve4(NAME)).resolves.toMatchObject({ address: '127.0.0.2' });
  });

  it('asks once for many callers', async () => {
    const clock = new ManualClock();
    const { endpoint } = await listening(route53(both(true, true), { clock }));
    const resolver = new CachingResolver({ dnsServer: endpoint, clock });
    const [one, two] = await Promise.all([resolver.resolve4(NAME), resolver.resolve4(NAME)]);
    expect(one).toBe(two);
  });

  it('passes on that there is no such name, and asks again', async () => {
    const clock = new ManualClock();
    const { endpoint } = await listening(route53(both(true, true), { clock }));
    const resolver = new CachingResolver({ dnsServer: endpoint, clock });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(resolver.resolve4(`nobody.${NAME}`)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    }
  });
});
