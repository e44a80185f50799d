import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSystem } from '../../__tests__/support/local-system';
import { PORTS } from '@assistant/emulator';
import { handle } from '../../operator/console/server/handle';
import { Browser, findChromium, type Page } from '../../operator/__tests__/report/browser';

/** Some seconds for a failover, and enough of them to be seen. */
const SPEED = 5;
const LIMIT_MS = 120_000;

async function until(page: Page, text: string): Promise<void> {
  const end = performance.now() + LIMIT_MS;
  while (!(await page.evaluate<boolean>(`document.body.innerText.includes(${JSON.stringify(text)})`))) {
    if (performance.now() > end) throw new Error(`The page does not show ${text}.`);
    await sleep(100);
  }
}

const click = (page: Page, text: string) =>
  page.evaluate(
    `[...document.querySelectorAll('button')].find(({ innerText }) => innerText === ${JSON.stringify(text)}).click()`,
  );

/** @param from what is at its top; without, the page's own */
async function picture(page: Page, name: string, height: number, from = 'body'): Promise<void> {
  const metrics = { width: 1_440, height, deviceScaleFactor: 1, mobile: false };
  await page.send('Emulation.setDeviceMetricsOverride', metrics);
  await sleep(1_500);
  await page.evaluate(`document.querySelector('${from}').scrollIntoView()`);
  const shot = await page.send<{ data: string }>('Page.captureScreenshot', { format: 'webp', quality: 82 });
  writeFileSync(join(__dirname, '..', name), Buffer.from(shot.data, 'base64'));
}

/** `npm run docs:pictures`: what README and docs/console.md show of the console, taken of a running one. */
async function main(): Promise<void> {
  const running = await startSystem({}, undefined, { speed: SPEED, page: handle });
  process.env.LOCAL_PORT_BASE = String(running.portBase);
  const browser = Browser.launch(findChromium() ?? 'chromium');
  try {
    const page = await browser.openPage();
    const url = `http://127.0.0.1:${running.portBase + PORTS.control}/`;
    await page.open(url, { width: 1_440, scheme: 'light' });
    await until(page, 'Ask and keep asking');
    await click(page, 'Ask and keep asking');
    await until(page, 'tokens');
    await sleep(6_000);
    await click(page, 'Take it away');
    await until(page, 'fallback in us-east-1');
    await sleep(10_000);
    await click(page, 'Take us-east-1 away');
    await until(page, 'are led to us-west-2');
    await sleep(10_000);
    await picture(page, 'console.webp', 1_150);
    await click(page, 'Hide');
    await page.evaluate(`[...document.querySelectorAll('.requests button')].find(({ innerText }) =>
      innerText.includes('fallback')).click()`);
    await page.show({ width: 1_440, scheme: 'dark' });
    await picture(page, 'console-happened.webp', 800, '.happened');
  } finally {
    await browser.close();
    await running.stop();
  }
}

void main();
