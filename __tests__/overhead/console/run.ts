import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PORTS } from '@assistant/emulator';
import { type Spread, spreadOf } from '@assistant/operator/report';
import { readConfig } from '../../../constructs/config/read-config';
import { Browser, findChromium, type Page } from '../../../operator/__tests__/report/browser';
import { startLocalSystem } from '../system/local-system';
import { BODY } from '../system/question';
import { synthesize, withoutCeilings } from '../system/synthesize';
import type { Workspace } from '../workspace';

export interface ConsolePlan {
  readonly rounds: number;
  readonly sliceMs: number;
  /** Loads of the page. */
  readonly loads: number;
  /** Under load, once the page has as much to show as it ever keeps. */
  readonly openMs: number;
}

/** What a page is made of at a moment, garbage collected. */
export interface Weight {
  readonly nodes: number;
  readonly heapMb: number;
}

export interface ConsoleResult {
  readonly pageKb: number;
  /** CPU time of the emulator for an answer, with a page open : without, round by round. */
  readonly cost: Spread;
  /** Of one core, while nobody asks anything; the emulator's own share is taken off. */
  readonly idleShare: number;
  /** Absent without a Chromium. */
  readonly browser?: { readonly firstPaintMs: Spread; readonly filled: Weight; readonly later: Weight };
}

const CONCURRENCY = 10;
const WARM_UP_MS = 3_000;
/** The page keeps 1,500 lines, and is told 100 of a region in a second at most. */
const FILL_MS = 20_000;

/** The console of a running system: how heavy its page is, how soon it is there, and what it costs those who ask. */
export async function runConsole(
  workspace: Workspace,
  { rounds, sliceMs, loads, openMs }: ConsolePlan,
  onProgress: (text: string) => void,
): Promise<ConsoleResult> {
  const outDir = join(workspace.directory, 'console');
  await synthesize(withoutCeilings(readConfig()), outDir);
  const { url: bedrockUrl } = await workspace.startUpstream();
  const { system, url } = await startLocalSystem(workspace, {
    ...{ outDir, console: true, bedrock: { kind: 'endpoint', url: bedrockUrl } },
  });
  const callers = await workspace.startLoader({ kind: 'path', url, body: BODY });
  const page = `http://127.0.0.1:${Number(new URL(url).port) - PORTS.primary + PORTS.control}/`;
  const load = (durationMs: number) => callers.call('run', { concurrency: CONCURRENCY, durationMs });
  const cpuOf = async (act: () => Promise<number>): Promise<number> => {
    const before = await system.call('usage');
    const count = await act();
    // Metrics are read from the logs when somebody asks for them, an alarm if not a page: each pays for its own.
    for (const role of ['primary', 'secondary'])
      await (await fetch(`${page}metrics?region=${role}`)).arrayBuffer();
    return ((await system.call('usage')).cpuMs - before.cpuMs) / count;
  };
  const answered = () => cpuOf(async () => (await load(sliceMs)).tiers.length);
  const idle = () => cpuOf(() => sleep(sliceMs, sliceMs));

  onProgress('console: warming up');
  const pageKb = await sizeOf(page);
  await load(WARM_UP_MS);
  await beside(page, () => load(WARM_UP_MS));
  const ratios: number[] = [];
  const shares: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    onProgress(`console: round ${round + 1} of ${rounds}`);
    const isFirst = round % 2 === 0;
    const early = isFirst ? await beside(page, answered) : await answered();
    const late = isFirst ? await answered() : await beside(page, answered);
    ratios.push(isFirst ? early / late : late / early);
    shares.push((await beside(page, idle)) - (await idle()));
  }
  const chromium = findChromium();
  return {
    ...{ pageKb, cost: spreadOf(ratios), idleShare: spreadOf(shares).median },
    ...(chromium !== undefined && { browser: await inBrowser(chromium) }),
  };

  async function inBrowser(file: string) {
    const browser = Browser.launch(file);
    try {
      const tab = await browser.openPage();
      const paints: number[] = [];
      for (let count = 0; count < loads; count += 1) {
        await tab.open(page, { width: 1_280, scheme: 'light' });
        paints.push(await firstPaint(tab));
      }
      onProgress('console: a page open under load');
      await load(FILL_MS);
      const filled = await weigh(tab);
      await load(openMs);
      return { firstPaintMs: spreadOf(paints), filled, later: await weigh(tab) };
    } finally {
      await browser.close();
    }
  }
}

/** All that the page loads, as it is sent to who takes gzip. */
async function sizeOf(page: string): Promise<number> {
  const parts = ['', 'console/main.js', 'console/style.css', 'console/icon.svg'];
  const sizes = await Promise.all(
    parts.map(async (part) => gzipSync(await (await fetch(page + part)).arrayBuffer(), { level: 9 }).length),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1_000;
}

/** What an open page is to the system: a reader of its live connection. */
async function beside<T>(page: string, act: () => Promise<T>): Promise<T> {
  const leaving = new AbortController();
  const { body } = await fetch(`${page}console/live`, { signal: leaving.signal });
  const reading = body?.pipeTo(new WritableStream()).catch(() => undefined);
  try {
    return await act();
  } finally {
    leaving.abort();
    await reading;
  }
}

const firstPaint = (page: Page): Promise<number> =>
  page.evaluate<number>(`new Promise((resolve) => {
    const painted = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
    const look = () => painted() === undefined ? setTimeout(look, 10) : resolve(painted());
    look();
  })`);

async function weigh(page: Page): Promise<Weight> {
  await page.send('HeapProfiler.collectGarbage');
  await page.send('Performance.enable');
  const { metrics } = await page.send<{ metrics: readonly { name: string; value: number }[] }>(
    'Performance.getMetrics',
  );
  const valueOf = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? NaN;
  return { nodes: valueOf('Nodes'), heapMb: valueOf('JSHeapUsedSize') / 2 ** 20 };
}
