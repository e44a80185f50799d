import { readFileSync } from 'node:fs';
import { PORTS } from '@assistant/emulator';
import { OPERATOR } from '@assistant/emulator/run';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { openRegions } from '../../command/target';
import { serveConsole } from '../../console/console-command';
import type { About, Picture, TracedStep } from '../../console/picture';
import type { Account } from '../../console/server/aws/aws-look';
import { NOT_YET } from '../../console/server/aws/reading';
import { handle } from '../../console/server/handle';
import { Browser, findChromium, type Page } from '../report/browser';
import { assistant } from '../assistant';
import { AccountServices } from './account-services';

/** A region's loss is noticed, and its callers have moved, in some seconds; a check's time limit stays one that a busy machine keeps. */
const SPEED = 10;

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const NOVA_PRO = 'us.amazon.nova-pro-v1:0';

const chromium = findChromium();

/** Generous: what is waited for comes as soon as it can. */
const PATIENCE_MS = 120_000;

async function violationsOf(page: Page): Promise<readonly unknown[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  return page.evaluate<unknown[]>(
    `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`,
  );
}

// On a busy machine, all of it takes its time.
jest.setTimeout(300_000);

let running: RunningSystem;
let url: string;

beforeAll(async () => {
  const circuit = { ...shippedConfig().circuit, failures: 3 };
  running = await startSystem({ circuit }, undefined, { speed: SPEED, page: handle });
  process.env.LOCAL_PORT_BASE = String(running.portBase);
  url = `http://127.0.0.1:${running.portBase + PORTS.control}/`;
});
afterAll(async () => {
  delete process.env.LOCAL_PORT_BASE;
  await running.stop();
});

const send = (method: string, path: string, headers: Readonly<Record<string, string>> = {}, body?: object) =>
  fetch(new URL(path, url), { method, headers, ...(body && { body: JSON.stringify(body) }) });

interface Told {
  readonly about: About;
  readonly picture: Partial<Picture>;
}

/** What a page is told over its live connection, from the first event until it is enough. */
async function told(at: string, isEnough: (told: Told) => boolean = () => true): Promise<Told> {
  const response = await fetch(new URL('/console/live', at));
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  for (;;) {
    received += (await reader?.read())?.value ?? '';
    const events = [...received.matchAll(/^event: (hello|picture)\ndata: (.*)\n\n/gm)].map(
      ([, name, data = '']) => ({ name, data: JSON.parse(data) as Told & Partial<Picture> }),
    );
    const [hello] = events;
    if (hello === undefined) continue;
    const picture = Object.assign({}, ...events.map(({ data }) => data)) as Partial<Picture>;
    const all = { about: hello.data.about, picture };
    if (!isEnough(all)) continue;
    await reader?.cancel();
    return all;
  }
}

describe('the console’s server', () => {
  it('lets the page load nothing from elsewhere, and nothing that stands in the page itself', async () => {
    const { status, headers } = await send('GET', '/');
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
        "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
  });

  it.each([
    ['a fault', 'POST', '/console/faults', { region: 'primary', target: 'region', mode: 'down' }],
    ['a question', 'POST', '/console/ask/', { question: 'Hi?' }],
    ['an evacuation', 'PUT', '/console/evacuation', { evacuated: true }],
  ])('takes %s from nobody without the token', async (_, method, path, body) => {
    expect((await send(method, path, {}, body)).status).toBe(403);
    expect((await send(method, path, { 'x-console-token': 'guessed' }, body)).status).toBe(403);
  });

  it.each([['a page of another origin', { origin: 'https://example.com' }]])(
    'shows nothing to %s',
    async (_, headers) => {
      expect((await send('GET', '/console/live', headers)).status).toBe(403);
      expect((await send('GET', '/', headers)).status).toBe(403);
    },
  );

  it('says what is wrong with a fault, as the control port does', async () => {
    const { token = '' } = (await told(url)).about.tools ?? {};
    const fault = { region: 'primary', target: 'region', mode: 'tired' };
    const response = await send('POST', '/console/faults', { 'x-console-token': token }, fault);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: { message: 'mode: region knows down' } });
  });

  it('shows the way of a request that was recorded, by its trace', async () => {
    const id = '1-67891233-abcdef012345678912345678';
    const headers = { 'Content-Type': 'application/json', 'X-Amzn-Trace-Id': `Root=${id};Sampled=1` };
    const answer = await running.send('primary', 'POST', '/', '{"question":"What is inflation?"}', headers);
    expect(answer.status).toBe(200);
    const steps = async () =>
      (await (await send('GET', `/console/trace/primary/${id}`)).json()) as readonly TracedStep[];
    const isOfModel = ({ what }: TracedStep) => what.startsWith(`chat ${HAIKU}`);
    // A function's word may come after its answer.
    while (!(await steps()).some(isOfModel)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await steps()).toMatchObject([
      { at: 0, depth: 0, what: 'customer-assistant-api/live: POST /, 200', failed: false },
      ...Array.from({ length: (await steps()).length - 1 }, () => ({ failed: false })),
    ]);
  });

  it.each([
    '/nothing',
    '/console/nothing',
    '/console/reports/../../package.json',
    '/console/reports/other.html',
  ])('has no %s', async (path) => {
    const { token = '' } = (await told(url)).about.tools ?? {};
    expect((await send('GET', path, { 'x-console-token': token })).status).toBe(404);
  });
});

describe('the console of a deployment', () => {
  const services = new AccountServices();
  let account: Account;
  beforeAll(async () => {
    const endpoint = await services.listen();
    const at = (region: string, path = '') => ({
      region,
      endpoint: `${endpoint}/${path}`,
      credentials: OPERATOR,
    });
    account = {
      config: shippedConfig(),
      // AppConfig and DynamoDB of the running system itself.
      regions: await openRegions('local'),
      cloudWatch: { primary: at('us-east-1', 'primary'), secondary: at('us-west-2', 'secondary') },
      route53: at('us-east-1'),
    };
    await running.ask({ question: 'Where is my parcel?' }, 'primary');
  });
  afterAll(() => services.close());

  async function opened<T>(use: (at: string) => Promise<T>): Promise<T> {
    const page = await serveConsole(account, 0);
    try {
      return await use(page.url);
    } finally {
      await page.close();
    }
  }

  const isRead = ({ picture: { unread = [''] } }: Told) => !unread.some((part) => part.endsWith(NOT_YET));

  it('tells of it as AWS has it: records, checks, answers, circuits, alarms, rules and what CloudWatch costs', async () => {
    const { about, picture } = await opened((at) => told(at, isRead));
    expect(about).toMatchObject({ tools: null, failover: { moveSeconds: 90 } });
    expect(picture).toMatchObject({
      failover: { name: 'assistant.example.com', servedBy: 'primary' },
      evacuation: { evacuated: false },
      ...{ unread: [], troubles: [], faults: [] },
      cost: expect.stringMatching(/0\.010 USD an hour for the 16 metrics/) as string,
    });
    const [primary] = picture.regions ?? [];
    expect(primary).toMatchObject({
      ...{ role: 'primary', region: 'us-east-1', circuits: [] },
      configuration: { deployed: { version: expect.stringMatching(/^[\da-f]{12}$/) as string } },
    });
    expect(primary?.answers).toMatchObject({ degraded: 0 });
    expect(primary?.modelCalls[HAIKU]).toBeGreaterThan(0);
    // Another environment's, which fires, is none of them.
    expect(primary?.alarms).not.toContainEqual(expect.objectContaining({ state: 'ALARM' }));
    expect(JSON.stringify(picture)).not.toContain('a-secret');
  });

  it('asks AWS once for all pages', async () => {
    services.asked.length = 0;
    await opened(async (at) => {
      await Promise.all(Array.from({ length: 5 }, () => told(at, isRead)));
      await told(at, isRead);
    });
    const times = (operation: string) => services.asked.filter((each) => each === operation).length;
    expect([times('GetMetricData'), times('ListResourceRecordSets')]).toEqual([2, 1]);
  });

  it.each([
    [
      'GetMetricData',
      /^metrics of us-east-1, metrics of us-west-2: Your user or role may not .*GetMetricData/,
    ],
    ['GetHealthCheckStatus', /^health checks: Your user or role may not .*GetHealthCheckStatus/],
  ])('says of what it may not read by %s why, and shows the rest', async (operation, why) => {
    services.denied.add(operation);
    const { picture } = await opened((at) => told(at, isRead));
    services.denied.clear();
    expect(picture.unread).toEqual([expect.stringMatching(why)]);
    expect(picture.regions?.map(({ circuits }) => circuits)).toEqual([[], []]);
  });

  it('shows a region that is away as not read, and the other one whole', async () => {
    await running.fault({ region: 'secondary', target: 'region', mode: 'down' });
    const { picture } = await opened((at) => told(at, isRead));
    await running.send('control', 'DELETE', '/faults');
    expect(picture.unread?.join()).toMatch(/circuits of us-west-2.*ECONNRESET/);
    expect(picture.unread?.join()).not.toContain('of us-east-1');
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

  it('is where the control port is, of a running system', async () => {
    expect(await assistant(running.portBase, 'console')).toEqual({ code: 0, output: `${url}\n` });
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
        const page = await browser.openPage();
        await page.open(at, { width: 390, scheme: 'light' });
        const end = performance.now() + PATIENCE_MS;
        const text = () => page.evaluate<string>('document.body.innerText');
        while (!(await text()).includes('Nothing is wrong.') && performance.now() < end)
          await new Promise((resolve) => setTimeout(resolve, 100));
        expect(await text()).toMatch(/a deployment, read-only[^]*are led to us-east-1[^]*--target aws/);
        expect(
          await page.evaluate('document.querySelectorAll("button, input, select, textarea").length'),
        ).toBe(0);
        expect(await violationsOf(page)).toEqual([]);
        expect(page.complaints).toEqual([]);
        expect(page.requests.filter((asked) => !asked.startsWith(at))).toEqual([]);
      });
      await browser.close();
    });
  });
});

describeWhere(chromium !== undefined, 'Chromium, which CHROME_BIN can name')(
  'the console, in a browser',
  () => {
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      browser = Browser.launch(chromium ?? '');
      page = await browser.openPage();
      await page.open(url, { width: 1_280, scheme: 'light' });
      await shows('.system', 'us-east-1');
    });
    afterAll(() => browser.close());

    const textOf = (selector: string) =>
      page.evaluate<string>(
        `[...document.querySelectorAll(${JSON.stringify(selector)})].map((each) => each.innerText).join(' | ')`,
      );

    async function shows(selector: string, wanted: string | RegExp): Promise<void> {
      const end = performance.now() + PATIENCE_MS;
      for (;;) {
        const text = await textOf(selector);
        if (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) return;
        if (performance.now() > end)
          throw new Error(`${selector} does not show ${String(wanted)}, but: ${text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }

    const click = (text: string) =>
      page.evaluate(`(() => {
      const wanted = ${JSON.stringify(text)};
      const button = [...document.querySelectorAll('button')].find((each) =>
        each.innerText.trim() === wanted || each.getAttribute('aria-label') === wanted);
      if (!button) throw new Error('There is no button ' + wanted);
      button.click();
    })()`);

    const choose = (selector: string, values: readonly string[]) =>
      page.evaluate(`(() => {
      const selects = [...document.querySelectorAll(${JSON.stringify(selector)})];
      for (const [index, value] of ${JSON.stringify(values)}.entries()) {
        selects[index].value = value;
        selects[index].dispatchEvent(new Event('change', { bubbles: true }));
      }
    })()`);

    const write = (selector: string, text: string) =>
      page.evaluate(`(() => {
      const field = document.querySelector(${JSON.stringify(selector)});
      field.value = ${JSON.stringify(text)};
      field.dispatchEvent(new Event('input', { bubbles: true }));
    })()`);

    it('asks, and says of the answer who gave it', async () => {
      await click('Ask and keep asking');
      await shows('.turn .answer', 'You asked: What is the inflation rate?');
      await shows('.facts', /primary.*claude-haiku-5-5.*us-east-1.*tokens.*USD/s);
    });

    it('shows that the fallback answers for a model that was taken away, and that its circuit opens', async () => {
      await click('Take it away');
      await shows('.faults', HAIKU);
      await shows('.keep', 'fallback in us-east-1');
      await shows('#region-primary, .lane:first-child .models', /claude-haiku-5-5[^|]*open/);
    });

    it('opens a request, and shows its way', async () => {
      await page.evaluate(`[...document.querySelectorAll('.requests button')].findLast(({ innerText }) =>
      innerText.includes('fallback')).click()`);
      // By its trace, where it was recorded, as the canary's are not.
      const failed =
        /claude-haiku-5-5(, attempt 1: internal error|: FAILED: internal_error).*nova-2-lite-v1:0/s;
      await shows('.opened', failed);
    });

    it('shows that a region is lost, that DNS moves, and that the answers go on', async () => {
      await click('Take us-east-1 away');
      await shows('.keep', 'no answer');
      await shows('.route53', 'unhealthy customer-assistant primary');
      await shows('.sentence', 'are led to us-west-2');
      await shows('.keep', 'Latest: primary in us-west-2');
    });

    it('shows the callers’ return', async () => {
      await click('End all faults');
      await shows('.sentence', 'are led to us-east-1');
      await shows('.keep', 'in us-east-1');
      expect(await page.evaluate('document.querySelectorAll(".faults li").length')).toBe(0);
    });

    it('tells what happened', async () => {
      await shows('.timeline', /DNS\s+Route 53 leads new callers to us-west-2/);
      await shows('.timeline', /Fault\s+Begins: primary: region down/);
      await shows('.timeline', /Circuit\s+us\.anthropic\.claude-haiku-5-5 in us-east-1: open/);
      await shows('.timeline', /Answers\s+In us-east-1, the fallback model answers/);
    });

    it('evacuates a region, and gives it back', async () => {
      await click('Evacuate it');
      await shows('.verdict', 'The primary is evacuated by an operator');
      await click('Give it back to its callers');
      await shows('.region', 'Evacuate it');
    });

    it('puts a fault in by its dialog, into a share of the calls and for a while, and ends it', async () => {
      await click('Cut …');
      await shows('dialog', 'Hurt it');
      await choose('dialog select', ['both', 'replication', 'cut', '0.5', '300']);
      await page.evaluate('document.querySelector("dialog button[type=submit]").click()');
      await shows('.faults', /both regions: the link between the regions, cut, 50 % of calls, until/);
      await shows('.link', 'Conversations do not arrive');
      await click('End it');
      await shows('.link', 'up');
    });

    it('makes the link between the regions slower, and says by how much', async () => {
      await choose('.lag select', ['5000']);
      await shows('.link', 'Conversations arrive 5.0 s later');
      await choose('.lag select', ['1000']);
      await shows('.link', 'Conversations arrive 1.0 s later');
    });

    it('checks rules, shows what they change, deploys them to a region, and rolls them back', async () => {
      await page.evaluate('location.hash = "#rules"');
      await shows('#check', 'can be deployed');
      await write('.code', '{}');
      await shows('.wrong', 'maintenanceMessage');
      await click('Load from us-east-1');
      await shows('.difference', /us-east-1\s+Nothing: these rules are in force/);
      await shows('#preflight-title ~ *', 'all, from both regions');
      await write('input[list]', 'us.anthropic.claude-3-opus-20240229-v1:0');
      await click('Set it');
      await shows('.preflight', /claude-3-opus.*cannot be called.*life: /s);
      await write('input[list]', NOVA_PRO);
      await click('Set it');
      await shows('.difference', /types\.general\.primary.*claude-haiku-5-5.*nova-pro/s);
      await choose('#deploy-title ~ .fields select', ['primary', 'now']);
      await click('Deploy it');
      await shows('.job', 'done');
      await shows('.difference', /us-east-1\s+Nothing.*us-west-2\s+types\.general\.primary/s);
      await page.evaluate('location.hash = "#live"');
      await shows('.lane:first-child .models', /nova-pro-v1:0\s+primary of general/);
      await page.evaluate('location.hash = "#rules"');
      await click('Roll back');
      await shows('.job', 'Roll back (primary)');
      await shows('.job', 'done');
      await shows('.difference', /us-east-1\s+types\.general\.primary/);
    });

    it('begins a drill, shows what it says, and stops it', async () => {
      await page.evaluate('location.hash = "#drills"');
      await click('Begin region');
      await shows('.job', /will be asked about \d+ questions/);
      await click('Stop it');
      await shows('.job', 'ended with');
      await shows('.job', 'Interrupted.');
    });

    it('lets a drill come to its end, and opens its report', async () => {
      await click('Begin evacuation');
      await shows('.job', /Drill: evacuation.*(?:done|ended with)/s);
      await shows('.job a', 'Open the report');
      const report = await browser.openPage();
      await report.open(await page.evaluate('document.querySelector(".job a").href'), {
        ...{ width: 1_280, scheme: 'light' },
      });
      expect(await report.evaluate('document.querySelector("h1").innerText')).toMatch(/drill/i);
      expect(report.complaints).toEqual([]);
      await page.evaluate('location.hash = "#live"');
    });

    it.each([
      ['light', 1_280],
      ['dark', 1_280],
      ['light', 390],
    ] as const)(
      'can be read by everybody in %s mode, %s pixels wide, and is never too wide',
      async (scheme, width) => {
        await page.show({ width, scheme });
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
        expect(await violationsOf(page)).toEqual([]);
      },
    );

    it('fills a wide screen', async () => {
      await page.show({ width: 2_560, scheme: 'light' });
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      expect(await page.evaluate('document.querySelector("main").clientWidth')).toBeGreaterThan(2_000);
    });

    it('has complained of nothing, and asked nobody but the control port', () => {
      expect(page.complaints).toEqual([]);
      expect(page.requests.filter((asked) => !asked.startsWith(url))).toEqual([]);
    });
  },
);
