import { PORTS } from '@assistant/emulator';
import { OPERATOR } from '@assistant/emulator/run';
import { LAPTOP_PROBE_SECRET } from '../../../contract/probe';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { openAccount, serveConsole } from '../../console/console-command';
import type { Account } from '../../console/server/aws/aws-look';
import { NOT_YET } from '../../console/server/aws/reading';
import { assistant } from '../assistant';
import { RecordingProxy } from '../recording-proxy';
import { Browser, findChromium } from '../report/browser';
import { ConsolePage, told, type Told } from './console-page';

/** As with the console of a running system: a lost region is noticed in some seconds. */
const SPEED = 10;

const SONNET = 'us.anthropic.claude-sonnet-5-5';
const chromium = findChromium();

// On a busy machine, all of it takes its time.
jest.setTimeout(300_000);

const { env } = process;
let running: RunningSystem;
let proxy: RecordingProxy;
let account: Account;

beforeAll(async () => {
  const circuit = { ...shippedConfig().circuit, failures: 3 };
  running = await startSystem({ circuit }, undefined, { speed: SPEED });
  proxy = new RecordingProxy(
    `http://127.0.0.1:${running.portBase + PORTS.aws}`,
    ({ headers }, { pathname }) => String(headers['x-amz-target'] ?? pathname).replace(/^.*[./]/, ''),
  );
  process.env = {
    ...env,
    AWS_ENDPOINT_URL: await proxy.listen(),
    AWS_ACCESS_KEY_ID: OPERATOR.accessKeyId,
    AWS_SECRET_ACCESS_KEY: OPERATOR.secretAccessKey,
  };
  const { clock } = await running.status();
  const begin = Date.now();
  // Metrics go by the running system's time.
  account = { ...(await openAccount()), now: () => clock.now + (Date.now() - begin) * clock.speed };
  await running.ask({ question: 'Where is my parcel?' }, 'primary');
});
afterAll(async () => {
  process.env = env;
  await proxy.close();
  await running.stop();
});

async function opened<T>(use: (at: string) => Promise<T>): Promise<T> {
  const page = await serveConsole(account, 0);
  try {
    return await use(page.url);
  } finally {
    await page.close();
  }
}

it('says of a port that is taken what to do', async () => {
  await expect(serveConsole(account, running.portBase)).rejects.toThrow(/is taken: name another by --port/);
});

it('is asked by preflight, too: IAM knows the roles of both regions', async () => {
  const { code, output } = await assistant(running.portBase, 'preflight', '--target', 'aws');
  expect(output).not.toMatch(/[✗?]/);
  expect(code).toBe(0);
});

const isRead = ({ picture: { unread = [''] } }: Told) => !unread.some((part) => part.endsWith(NOT_YET));
const look = () => opened((at) => told(at, isRead));

/** Opens it until it shows something; AWS is asked anew each time. */
async function shown(isSo: (picture: Told['picture']) => boolean): Promise<Told> {
  for (;;) {
    const all = await look();
    if (isSo(all.picture)) return all;
  }
}

const healthOf = ({ healthChecks = [] }: Told['picture']) =>
  typeof healthChecks === 'string'
    ? healthChecks
    : Object.fromEntries(healthChecks.map(({ name, healthy }) => [name, healthy]));

describe('the console of a deployment', () => {
  it('tells of it as AWS has it: records, checks, answers, circuits, alarms, rules and what CloudWatch costs', async () => {
    // A probe of a busy machine may be late.
    const { about, picture } = await shown(({ troubles }) => troubles?.length === 0);
    expect(about).toMatchObject({
      project: 'customer-assistant',
      tools: null,
      failover: { moveSeconds: 90 },
    });
    expect(picture).toMatchObject({
      failover: { name: 'assistant.example.com', servedBy: 'primary' },
      evacuation: { evacuated: false },
      ...{ unread: [], troubles: [], faults: [] },
      cost: expect.stringMatching(/0\.010 USD an hour for the 16 metrics/) as string,
    });
    expect(healthOf(picture)).toEqual({
      ...{ primary: true, 'primary endpoint': true, 'primary models': true, 'primary evacuation': true },
      'secondary endpoint': true,
    });
    const [primary, secondary] = picture.regions ?? [];
    expect(primary).toMatchObject({
      ...{ role: 'primary', region: 'us-east-1', circuits: [], answers: { primary: 1, degraded: 0 } },
      configuration: { deployed: { version: expect.stringMatching(/^[\da-f]{12}$/) as string } },
    });
    expect(secondary).toMatchObject({ role: 'secondary', region: 'us-west-2' });
    expect(primary?.alarms).toHaveLength(22);
    const minutes = typeof picture.traffic === 'string' ? [] : picture.traffic;
    expect(minutes?.find(({ counts }) => counts.primary === 1)?.medianMs).toBeGreaterThan(0);
    expect(JSON.stringify(picture)).not.toContain(LAPTOP_PROBE_SECRET);
  });

  it('asks AWS once for all pages', async () => {
    proxy.requests.length = 0;
    await opened(async (at) => {
      await Promise.all(Array.from({ length: 5 }, () => told(at, isRead)));
      await told(at, isRead);
    });
    const { GetMetricData, rrset } = proxy.answeredWell;
    expect({ GetMetricData, rrset }).toEqual({ GetMetricData: 2, rrset: 1 });
  });

  it('shows that a model was taken away: its circuit is open, and the fallback answers', async () => {
    await running.fault({ region: 'primary', model: SONNET, mode: 'error' });
    for (let asked = 0; asked < 3; asked += 1)
      await running.ask({ question: 'What is inflation?', type: 'finance_deep' }, 'primary');
    const { regions, troubles } = (await look()).picture;
    await running.send('control', 'DELETE', '/faults');
    expect(regions?.[0]).toMatchObject({
      answers: { fallback: 3 },
      circuits: [{ model: SONNET, phase: 'open' }],
    });
    expect(troubles?.join()).toContain(`${SONNET} has failed and is not asked`);
  });

  it('shows that a region is lost, and callers are led to the other; of what is away, that it is not read', async () => {
    await running.fault({ region: 'primary', target: 'region', mode: 'down' });
    const { picture: lost } = await shown(({ failover }) => failover?.servedBy === 'secondary');
    await running.send('control', 'DELETE', '/faults');
    expect(healthOf(lost)).toMatchObject({ primary: false, 'primary endpoint': false });
    expect(lost.unread?.join()).toMatch(
      /circuits of us-east-1, alarms of us-east-1, rules of us-east-1, metrics of us-east-1: .*ECONNRESET/,
    );
    expect(lost.unread?.join()).not.toContain('of us-west-2');
    const { picture: returned } = await shown(({ failover }) => failover?.servedBy === 'primary');
    expect(returned.unread).toEqual([]);
  });

  it('says of each part that it may not read why', async () => {
    process.env.AWS_ACCESS_KEY_ID = 'AKIASTRANGER';
    const { picture } = await look();
    process.env.AWS_ACCESS_KEY_ID = OPERATOR.accessKeyId;
    const denied = picture.unread?.join('\n') ?? '';
    const actions = [
      'route53:ListResourceRecordSets',
      'cloudwatch:DescribeAlarms',
      'appconfig:ListApplications',
    ];
    for (const action of [...actions, 'dynamodb:Scan', 'dynamodb:GetItem'])
      expect(denied).toMatch(new RegExp(`Your user or role may not .*${action}`));
  });

  it.each([
    ['POST', '/console/faults'],
    ['PUT', '/console/evacuation'],
    ['POST', '/console/rules/deploy'],
    ['POST', '/console/ask/'],
    ['GET', '/console/rules/primary'],
  ])('has no %s %s: nothing can be changed by it', async (method, path) => {
    expect(await opened(async (at) => (await fetch(new URL(path, at), { method })).status)).toBe(404);
  });

  it('is refused without credentials, which it names', async () => {
    const credentials = () =>
      Promise.reject(Object.assign(new Error('None.'), { name: 'CredentialsProviderError' }));
    const route53 = { region: 'us-east-1', credentials } as unknown as Account['route53'];
    await expect(serveConsole({ ...account, route53 }, 0)).rejects.toThrow('None.');
  });

  it('shows nothing to a page of another origin', async () => {
    const headers = { origin: 'https://example.com' };
    expect(await opened(async (at) => (await fetch(new URL('/console/live', at), { headers })).status)).toBe(
      403,
    );
  });

  describeWhere(chromium !== undefined, 'Chromium, which CHROME_BIN can name')('in a browser', () => {
    it('has no button that changes anything, and can be read by everybody', async () => {
      const browser = Browser.launch(chromium ?? '');
      await opened(async (at) => {
        const page = await ConsolePage.open(browser, at, { width: 390, scheme: 'light' });
        await page.shows('body', /a deployment, read-only[^]*are led to us-east-1[^]*--target aws/);
        expect(await page.overflow()).toBe(0);
        expect(await page.count('button, input, select, textarea')).toBe(0);
        expect(await page.violations()).toEqual([]);
        expect([page.complaints, page.foreignRequests]).toEqual([[], []]);
      });
      await browser.close();
    });
  });
});
