import { PORTS } from '@assistant/emulator';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import type { TracedStep } from '../../console/picture';
import { handle } from '../../console/server/handle';
import { Browser, findChromium } from '../report/browser';
import { assistant } from '../assistant';
import { ConsolePage, told } from './console-page';

/** A region's loss is noticed, and its callers have moved, in some seconds; a check's time limit stays one that a busy machine keeps. */
const SPEED = 10;

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const NOVA_PRO = 'us.amazon.nova-pro-v1:0';

const chromium = findChromium();

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
    for (const headers of [{}, { 'x-console-token': 'guessed' }]) {
      const response = await send(method, path, headers, body);
      expect(response.status).toBe(403);
      const message = 'The system was started anew: load the page again.';
      expect(await response.json()).toEqual({ error: { code: 'forbidden', message } });
    }
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
    expect(await response.json()).toEqual({
      error: { code: 'invalid_request', message: 'mode: region knows down' },
    });
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

  it('is where the command says that it is', async () => {
    expect(await assistant(running.portBase, 'console')).toEqual({ code: 0, output: `${url}\n` });
  });
});

describeWhere(chromium !== undefined, 'Chromium, which CHROME_BIN can name')(
  'the console, in a browser',
  () => {
    let browser: Browser;
    let page: ConsolePage;

    beforeAll(async () => {
      browser = Browser.launch(chromium ?? '');
      page = await ConsolePage.open(browser, url, { width: 1_280, scheme: 'light' });
      await page.shows('.system', 'us-east-1');
    });
    afterAll(() => browser.close());

    it('asks, and says of the answer who gave it', async () => {
      await page.click('Ask and keep asking');
      await page.shows('.turn .answer', 'You asked: What is the inflation rate?');
      await page.shows('.facts', /primary.*claude-haiku-5-5.*us-east-1.*tokens.*USD/s);
    });

    it('shows that the fallback answers for a model that was taken away, and that its circuit opens', async () => {
      await page.click('Take it away');
      await page.shows('.faults', HAIKU);
      await page.shows('.keep', 'fallback in us-east-1');
      await page.shows('#region-primary, .lane:first-child .models', /claude-haiku-5-5[^|]*open/);
    });

    it('opens a request, and shows its way', async () => {
      await page.clickLast('.requests button', 'fallback');
      // By its trace, where it was recorded, as the canary's are not.
      const failed =
        /claude-haiku-5-5(, attempt 1: internal error|: FAILED: internal_error).*nova-2-lite-v1:0/s;
      await page.shows('.opened', failed);
    });

    it('does not take an answer by the standby’s own name for the loss of a region', async () => {
      const headers = { 'Content-Type': 'application/json' };
      await running.send('secondary', 'POST', '/', '{"question":"Are you there?"}', headers);
      await page.shows('.requests', /us-west-2\s+[\d.]+ m?s/);
      await page.shows('.tour .next', 'Take the region away');
    });

    it('shows that a region is lost, that DNS moves, and that the answers go on', async () => {
      await page.click('Take us-east-1 away');
      await page.shows('.keep', 'no answer');
      await page.shows('.route53', 'unhealthy customer-assistant primary');
      await page.shows('.sentence', 'are led to us-west-2');
      await page.shows('.keep', 'Latest: primary in us-west-2');
      await page.shows('.tour .next', 'Bring it back');
    });

    it('shows the callers’ return', async () => {
      await page.click('End all faults');
      await page.shows('.sentence', 'are led to us-east-1');
      await page.shows('.keep', 'in us-east-1');
      expect(await page.count('.faults li')).toBe(0);
    });

    it('tells what happened', async () => {
      await page.shows('.timeline', /DNS\s+Route 53 leads new callers to us-west-2/);
      await page.shows('.timeline', /Fault\s+Begins: primary: region down/);
      await page.shows('.timeline', /Circuit\s+us\.anthropic\.claude-haiku-5-5 in us-east-1: open/);
      await page.shows('.timeline', /Answers\s+In us-east-1, the fallback model answers/);
    });

    it('evacuates a region, and gives it back', async () => {
      await page.click('Evacuate it');
      await page.shows('.verdict', 'The primary is evacuated by an operator');
      await page.click('Give it back to its callers');
      await page.shows('.region', 'Evacuate it');
    });

    it('puts a fault in by its dialog, into a share of the calls and for a while, and ends it', async () => {
      await page.click('Cut …');
      await page.shows('dialog', 'Hurt it');
      await page.choose('dialog select', ['both', 'replication', 'cut', '0.5', '300']);
      await page.click('Hurt it');
      await page.shows('.faults', /both regions: the link between the regions, cut, 50 % of calls, until/);
      await page.shows('.link', 'Conversations do not arrive');
      await page.click('End it');
      await page.shows('.link', 'up');
    });

    it('makes the link between the regions slower, and says by how much', async () => {
      await page.choose('.lag select', ['5000']);
      await page.shows('.link', 'Conversations arrive 5.0 s later');
      await page.choose('.lag select', ['1000']);
      await page.shows('.link', 'Conversations arrive 1.0 s later');
    });

    it('checks rules, shows what they change, deploys them to a region, and rolls them back', async () => {
      await page.goTo('rules');
      await page.shows('#check', 'can be deployed');
      await page.write('.code', '{}');
      await page.shows('.wrong', 'maintenanceMessage');
      await page.click('Load from us-east-1');
      await page.shows('.difference', /us-east-1\s+Nothing: these rules are in force/);
      await page.shows('#preflight-title ~ *', 'all, from both regions');
      await page.write('input[list]', 'us.anthropic.claude-3-opus-20240229-v1:0');
      await page.click('Set it');
      await page.shows('.preflight', /claude-3-opus.*cannot be called.*life: /s);
      await page.write('input[list]', NOVA_PRO);
      await page.click('Set it');
      await page.shows('.difference', /types\.general\.primary.*claude-haiku-5-5.*nova-pro/s);
      await page.choose('#deploy-title ~ .fields select', ['primary', 'now']);
      await page.click('Deploy it');
      await page.shows('.job', 'done');
      await page.shows('.difference', /us-east-1\s+Nothing.*us-west-2\s+types\.general\.primary/s);
      await page.goTo('live');
      await page.shows('.lane:first-child .models', /nova-pro-v1:0\s+primary of general/);
      await page.goTo('rules');
      await page.click('Roll back');
      await page.shows('.job', 'Roll back (primary)');
      await page.shows('.job', 'done');
      await page.shows('.difference', /us-east-1\s+types\.general\.primary/);
    });

    it('begins a drill, shows what it says, and stops it', async () => {
      await page.goTo('drills');
      await page.click('Begin region');
      await page.shows('.job', /will be asked about \d+ questions/);
      await page.click('Stop it');
      await page.shows('.job', 'ended with');
      await page.shows('.job', 'Interrupted.');
    });

    it('lets a drill come to its end, and opens its report', async () => {
      await page.click('Begin evacuation');
      await page.shows('.job', /Drill: evacuation.*(?:done|ended with)/s);
      await page.shows('.job a', 'Open the report');
      const at = await page.linkOf('.job a');
      const report = await ConsolePage.open(browser, at, { width: 1_280, scheme: 'light' });
      await report.shows('h1', /drill/i);
      expect(report.complaints).toEqual([]);
      await page.goTo('live');
    });

    it.each([
      ['light', 1_280],
      ['dark', 1_280],
      ['light', 390],
    ] as const)(
      'can be read by everybody in %s mode, %s pixels wide, and is never too wide',
      async (scheme, width) => {
        await page.view({ width, scheme });
        expect(await page.overflow()).toBe(0);
        expect(await page.violations()).toEqual([]);
      },
    );

    it('fills a wide screen', async () => {
      await page.view({ width: 2_560, scheme: 'light' });
      expect(await page.overflow()).toBe(0);
      expect(await page.widthOf('main')).toBeGreaterThan(2_000);
    });

    it('has complained of nothing, and asked nobody but the control port', () => {
      expect(page.complaints).toEqual([]);
      expect(page.foreignRequests).toEqual([]);
    });
  },
);
