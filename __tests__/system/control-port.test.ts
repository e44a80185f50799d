import { createHash } from 'node:crypto';
import { request, type OutgoingHttpHeaders } from 'node:http';
import { Server, type AddressInfo } from 'node:net';
import { type Dashboard, type LogLine, type MetricTotal, PORTS } from '@assistant/emulator';
import { defaultModelConfig } from '../../contract/default-model-config';
import { METRICS } from '../../contract/metrics';
import { readGraphs } from '../../operator/dashboard/graphs';
import { dashboardPage } from '../../operator/dashboard/page';
import { CLOSED_CIRCUITS, startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';

const SONNET = 'us.anthropic.claude-sonnet-5-5';
const HAIKU = 'us.anthropic.claude-haiku-5-5';
/** Functions poll every 15 s divided by the speed. */
const SPEED = 5;
const POLL_SECONDS = 15 / SPEED;

const { domain } = shippedConfig();

let running: RunningSystem;

/** Of everything in this process that has ever listened on TCP, the services that nobody is told the ports of included. */
const servers = new Set<Server>();

beforeAll(async () => {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its server
  const { listen } = Server.prototype;
  jest.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...given: unknown[]) {
    servers.add(this);
    return Reflect.apply(listen, this, given) as Server;
  });
  running = await startSystem(CLOSED_CIRCUITS(), { kind: 'stand-in' }, { speed: SPEED });
});
afterAll(() => running.stop());
afterEach(() => running.send('control', 'DELETE', '/faults'));

const read = async (path: string) => (await running.send('control', 'GET', path)).body as unknown;
const logs = async (region: string, since = 0) =>
  (await read(`/logs?region=${region}&since=${since}`)) as readonly LogLine[];

/** Answers of callers' requests by a tier of the primary region. */
async function answersBy(tier: string): Promise<number> {
  const metrics = (await read('/metrics?region=primary')) as readonly MetricTotal[];
  const found = metrics.filter(
    ({ name, dimensions }) =>
      name === METRICS.answers && dimensions.tier === tier && dimensions.source !== 'canary',
  );
  return found.reduce((total, { sum }) => total + sum, 0);
}

const statusAt = (port: number, path: string, headers: OutgoingHttpHeaders) =>
  new Promise<number | undefined>((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('the control port', () => {
  it('shows the failover name and the configuration that AppConfig serves', async () => {
    const { failover, regions } = await running.status();
    expect(failover).toEqual({ name: 'assistant.example.com', servedBy: 'primary', resolvesTo: 'primary' });
    const sha256 = createHash('sha256').update(JSON.stringify(defaultModelConfig)).digest('hex');
    expect(regions.primary.appConfig).toEqual({ version: 1, sha256 });
  });

  it('adds a metric up, by its dimensions', async () => {
    const before = await answersBy('primary');
    await running.ask({ question: 'Hi?' }, 'primary');
    expect(await answersBy('primary')).toBe(before + 1);
  });

  it('shows the latest lines of a region’s logs, and those after a line', async () => {
    const latest = (await logs('primary')).at(-1)?.sequence ?? 0;
    await running.ask({ question: '' }, 'primary');
    const lines = await logs('primary', latest);
    expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => latest + 1 + index));
    expect(lines).toContainEqual(
      expect.objectContaining({ line: expect.stringContaining('"message":"request_refused"') as unknown }),
    );
    expect(await read(`/logs?region=primary&since=${latest}&most=1`)).toEqual(lines.slice(-1));
  });

  it('has what CloudWatch would show on its dashboards, as the command that draws them asks for it', async () => {
    await running.ask({ question: 'Hi?' }, 'primary');
    process.env.LOCAL_PORT_BASE = String(running.portBase);
    const dashboards = (await read('/dashboards')) as readonly Dashboard[];
    const { project } = shippedConfig();
    expect(dashboards.map(({ name }) => name).sort()).toEqual(
      [project, `${project}-us-east-1`, `${project}-us-west-2`].sort(),
    );
    const status = await running.status();
    const time = { from: status.clock.now - 3_600_000, to: status.clock.now + 60_000 };
    for (const dashboard of dashboards) {
      const { graphs } = await readGraphs(dashboard, time, status.regions.primary.clients.cloudWatch);
      const pages = dashboardPage({ dashboard, graphs, status, time, minutes: 60 });
      expect(pages).toContain('Do callers get answers?');
      expect(pages).not.toContain('not there');
    }
    const own = dashboards.find(({ name }) => name.endsWith('us-east-1'));
    const ofOwn = own && (await readGraphs(own, time, status.regions.primary.clients.cloudWatch));
    const tiers = ofOwn?.graphs.find(({ widget }) => widget.title === 'From which tier, by which model?');
    expect(tiers?.lines).toContainEqual(
      expect.objectContaining({ label: expect.stringContaining(HAIKU) as unknown }),
    );
    delete process.env.LOCAL_PORT_BASE;
  });

  it.each([
    ['/metrics?region=both', /primary or secondary/],
    ['/logs?region=mars', /region must be/],
    ['/logs?since=yesterday', /since must be/],
    ['/logs?most=0', /most must be/],
  ])('refuses %s', async (path, message) => {
    const { status, body } = await running.send('control', 'GET', path);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(message);
  });

  it.each([
    ['control', '/status', { Host: 'evil.example.com' }, 403],
    ['control', '/status', { Origin: 'https://evil.example.com' }, 403],
    ['control', '/status', { Origin: 'http://localhost:4000' }, 200],
    ['control', '/status', { Host: domain.failover }, 403],
    ['failover', '/health', { Host: domain.failover }, 200],
    ['primary', '/health', { Host: domain.primary }, 200],
    ['primary', '/health', { Host: 'evil.example.com' }, 403],
    ['failover', '/health', { Host: domain.failover, Origin: 'https://evil.example.com' }, 403],
    ['secondary', '/health', { Origin: 'null' }, 403],
    ['secondary', '/health', { Host: 'localhost', Origin: 'http://localhost:5173' }, 200],
  ] as const)('answers at the port of %s, for %s with %j, by %d', async (of, path, headers, code) => {
    expect(await statusAt(running.portBase + PORTS[of], path, headers)).toBe(code);
  });

  it('answers nothing to another machine or a foreign page, as every port of the system but that of the DNS', async () => {
    const listening = [...servers].filter((server) => server.listening);
    const addresses = listening.map((server) => server.address() as AddressInfo);
    expect(new Set(addresses.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']));
    const ports = addresses.map(({ port }) => port).filter((port) => port !== running.portBase + PORTS.dns);
    // The four that are told, and three services of each region at the least.
    expect(ports.length).toBeGreaterThanOrEqual(4 + 2 * 3);
    for (const headers of [{ Host: 'evil.example.com' }, { Origin: 'https://evil.example.com' }]) {
      for (const port of ports) expect([port, await statusAt(port, '/', headers)]).toEqual([port, 403]);
    }
  });

  it.each([
    [{ mode: 'explode' }, /mode: bedrock knows error/],
    [{ mode: 'error', region: 'mars' }, /region/],
    [{ mode: 'error', model: 'us.anthropic.claude-opus-99' }, /model: no region serves "us.anthropic/],
    [{ mode: 'error', model: 'anthropic.claude-sonnet-5-5' }, /model: no region serves/],
    [{ mode: 'error', rate: 2 }, /rate/],
    [{ mode: 'error', surprise: 1 }, /surprise/],
  ])('refuses the fault %j by the field’s name', async (values, message) => {
    const { status: code, body } = await running.fault(values);
    expect(code).toBe(400);
    expect((body.error as { message: string }).message).toMatch(message);
  });

  it('lists faults, and lets them end by themselves', async () => {
    const listed = async () => (await running.send('control', 'GET', '/faults')).body;
    await running.fault({ mode: 'error', seconds: 60 });
    expect(await listed()).toHaveLength(1);
    await running.send('control', 'DELETE', '/faults');
    await running.fault({ mode: 'error', seconds: 0.05 });
    while ((await listed()).length !== 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('injects a fault at a rate', async () => {
    await running.fault({ model: HAIKU, mode: 'denied', rate: 0.5 });
    const tiers: unknown[] = [];
    for (let call = 0; call < 30; call += 1) {
      tiers.push((await running.ask({ question: 'Hi?' }, 'secondary')).body.tier);
    }
    expect(new Set(tiers)).toEqual(new Set(['primary', 'fallback']));
  });
});

describe('POST /models', () => {
  afterEach(() => running.send('control', 'DELETE', '/models'));

  it('says how a model behaves, until DELETE', async () => {
    const behaviour = { seed: 7, models: [{ model: HAIKU, region: 'primary', throttleRate: 1 }] };
    expect((await running.send('control', 'POST', '/models', JSON.stringify(behaviour))).status).toBe(200);
    expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ tier: 'fallback' });
    expect((await running.ask({ question: 'Hi?' }, 'secondary')).body).toMatchObject({ tier: 'primary' });
    await running.send('control', 'DELETE', '/models');
    expect((await running.ask({ question: 'Hi?' })).body).toMatchObject({ tier: 'primary' });
  });

  it('names the field that is wrong, and leaves all as it was', async () => {
    const wrong = JSON.stringify({ models: [{ model: HAIKU, errorRate: 2 }] });
    const { status: code, body } = await running.send('control', 'POST', '/models', wrong);
    expect(code).toBe(400);
    expect(JSON.stringify(body)).toContain('models.0.errorRate');
    expect((await running.send('control', 'GET', '/models')).body).toMatchObject({ models: [] });
  });
});

describe('PUT /configuration', () => {
  const put = (region: string, content: unknown) =>
    running.send('control', 'PUT', `/configuration?region=${region}`, JSON.stringify(content));

  it.each([
    ['a missing default', { ...defaultModelConfig, default: undefined }, /default/],
    ['a wrong type', { ...defaultModelConfig, maintenanceMessage: 7 }, /maintenanceMessage/],
    ['an unknown field', { ...defaultModelConfig, surprise: 1 }, /surprise/],
  ])('refuses %s with the reason, and changes nothing', async (_, content, reason) => {
    const before = (await running.status()).regions.primary.appConfig;
    const { status: code, body } = await put('both', content);
    expect(code).toBe(400);
    expect(JSON.stringify(body)).toMatch(reason);
    expect((await running.status()).regions.primary.appConfig).toEqual(before);
  });

  it('refuses a region that is none', async () => {
    expect((await put('mars', defaultModelConfig)).status).toBe(400);
  });

  it('is in force one poll interval later, without a restart, in the region that it names', async () => {
    await running.ask({ question: 'Hi?' }, 'primary');
    await running.ask({ question: 'Hi?' }, 'secondary');
    const types = { ...defaultModelConfig.types, general: defaultModelConfig.types.finance_deep };
    expect((await put('primary', { ...defaultModelConfig, types })).body).toMatchObject({
      primary: { version: 2 },
    });
    await new Promise((resolve) => setTimeout(resolve, (POLL_SECONDS + 0.5) * 1_000));
    // Of a poll that is due, the answer comes beside the request's own.
    let { body } = await running.ask({ question: 'Hi?' }, 'primary');
    while (body.model !== SONNET) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      ({ body } = await running.ask({ question: 'Hi?' }, 'primary'));
    }
    expect((await running.ask({ question: 'Hi?' }, 'secondary')).body).toMatchObject({ model: HAIKU });
    const { version, sha256 } = (await running.status()).regions.primary.appConfig;
    expect(version).toBe(2);
    // The canary is answered as well, by an instance that may not have looked yet.
    const answered = async () =>
      (await logs('primary')).find(
        ({ line }) => line.includes('"message":"answered"') && line.includes(String(body.requestId)),
      )?.line;
    let line = await answered();
    while (line === undefined) line = await answered();
    expect(JSON.parse(line)).toMatchObject({
      configurationSource: 'appconfig',
      configurationVersion: sha256.slice(0, 12),
    });
  });
});

it('no customer’s text and no answer ever reaches a log', async () => {
  const secret = 'my-account-number-4711';
  await running.ask({ question: secret });
  await running.ask({ question: secret, type: `${secret} x` });
  await running.ask({ [secret]: secret });
  await running.fault({ mode: 'error' });
  await running.ask({ question: secret });
  expect(running.logs.length).toBeGreaterThan(5);
  expect(running.logs.filter((line) => line.includes(secret))).toEqual([]);
});
