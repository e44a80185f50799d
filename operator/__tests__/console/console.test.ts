import { readFileSync } from 'node:fs';
import { PORTS } from '@assistant/emulator';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { startSystem, type RunningSystem } from '../../../__tests__/support/local-system';
import { shippedConfig } from '../../../__tests__/support/synthesize';
import { handle } from '../../console/server/handle';
import { Browser, findChromium, type Page } from '../report/browser';

/** A region's loss is noticed, and its callers have moved, in some seconds; a check's time limit stays one that a busy machine keeps. */
const SPEED = 10;

const HAIKU = 'us.anthropic.claude-haiku-5-5';
const NOVA_PRO = 'us.amazon.nova-pro-v1:0';

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

/** The first event of the live connection. */
async function hello(): Promise<{ readonly about: { readonly token: string } }> {
  const response = await send('GET', '/console/live');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  while (!received.includes('\n\n')) received += (await reader?.read())?.value ?? '';
  await reader?.cancel();
  return JSON.parse(/^event: hello\ndata: (.*)$/m.exec(received)?.[1] ?? '') as Awaited<
    ReturnType<typeof hello>
  >;
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
    const { token } = (await hello()).about;
    const fault = { region: 'primary', target: 'region', mode: 'tired' };
    const response = await send('POST', '/console/faults', { 'x-console-token': token }, fault);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: { message: 'mode: region knows down' } });
  });

  it.each([
    '/nothing',
    '/console/nothing',
    '/console/reports/../../package.json',
    '/console/reports/other.html',
  ])('has no %s', async (path) => {
    const { token } = (await hello()).about;
    expect((await send('GET', path, { 'x-console-token': token })).status).toBe(404);
  });
});

const chromium = findChromium();

/** Generous: what is waited for comes as soon as it can. */
const PATIENCE_MS = 120_000;

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

    it('tells what happened, and the way of one request', async () => {
      await shows('.timeline', /DNS\s+Route 53 leads new callers to us-west-2/);
      await shows('.timeline', /Fault\s+Begins: primary: region down/);
      await shows('.timeline', /Circuit\s+us\.anthropic\.claude-haiku-5-5 in us-east-1: open/);
      await shows('.timeline', /Answers\s+In us-east-1, the fallback model answers/);
      await page.evaluate(`[...document.querySelectorAll('.requests button')].findLast(({ innerText }) =>
      innerText.includes('fallback')).click()`);
      await shows('.opened', /claude-haiku-5-5, attempt 1: internal error.*nova-2-lite-v1:0 answered/s);
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
      await click('End it');
      await shows('.link', 'up');
    });

    it('checks rules, shows what they change, deploys them to a region, and rolls them back', async () => {
      await page.evaluate('location.hash = "#rules"');
      await shows('#check', 'can be deployed');
      await write('.code', '{}');
      await shows('.wrong', 'maintenanceMessage');
      await click('Load from us-east-1');
      await shows('.difference', /us-east-1\s+Nothing: these rules are in force/);
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
        await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
        const violations = await page.evaluate<unknown[]>(
          `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]))`,
        );
        expect(violations).toEqual([]);
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
