import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { htmlReport } from '../../benchmark/report/report';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { Browser, findChromium, type Page } from './browser';
import { HAIKU, NOVA, sampleResult, SONNET } from './sample-result';

const chromium = findChromium();

const behaviour = { medianMs: 900, costUsd: 0.002, met: (question: number) => 4 - (question % 2) };
const result = sampleResult({
  models: {
    [SONNET]: { ...behaviour, medianMs: 2_400 },
    [HAIKU]: { ...behaviour, throttled: 0.1 },
    [NOVA]: { ...behaviour, costUsd: 0.0004, errors: 0.05 },
  },
  ...{ types: ['general', 'finance_deep'], regions: ['us-east-1', 'us-west-2'], runs: 2 },
  apis: ['converse', 'converse-stream'],
});

/** What a reader sees of the page, as far as a program can tell. */
const LOOK = `(() => {
  const seen = (element) => element.getClientRects().length > 0;
  const charts = [...document.querySelectorAll('figure svg[role="img"]')].filter(seen);
  const colour = (element, name) => getComputedStyle(element)[name];
  return {
    charts: charts.length,
    marks: charts.map((chart) => chart.querySelectorAll('path').length),
    tooWide: charts.filter((chart) => chart.getBoundingClientRect().right > innerWidth).length,
    smallestText: Math.min(...charts.flatMap((chart) => {
      const scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
      return [...chart.querySelectorAll('text')].map((text) => parseFloat(colour(text, 'fontSize')) * scale);
    })),
    tables: [...document.querySelectorAll('table')].filter(seen).length,
    background: colour(document.body, 'backgroundColor'),
    strokes: [...new Set(charts.flatMap((chart) => [...chart.querySelectorAll('path[stroke]')].map((path) => colour(path, 'stroke'))))],
    pageWidth: document.documentElement.scrollWidth,
  };
})()`;

interface Look {
  readonly charts: number;
  readonly marks: readonly number[];
  readonly tooWide: number;
  readonly smallestText: number;
  readonly tables: number;
  readonly background: string;
  readonly strokes: readonly string[];
  readonly pageWidth: number;
}

const BACKGROUND = { light: 'rgb(255, 255, 255)', dark: 'rgb(21, 24, 29)' };

const suite = describeWhere(chromium !== undefined, 'Chromium, which CHROME_BIN can name');

suite('the report in a browser', () => {
  let browser: Browser;
  let folder: string;
  let page: Page;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'report-'));
    writeFileSync(join(folder, 'report.html'), htmlReport(result));
    browser = Browser.launch(chromium ?? '');
    page = await browser.openPage();
  });

  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['light', 1_280],
    ['dark', 1_280],
    ['light', 360],
    ['dark', 360],
  ] as const)('shows its charts in %s mode, %s pixels wide, and asks for nothing', async (scheme, width) => {
    const url = pathToFileURL(join(folder, 'report.html')).href;
    await page.open(url, { width, scheme });
    const look = await page.evaluate<Look>(LOOK);
    expect(look.charts).toBe(6 + 8 + 4);
    expect(Math.min(...look.marks)).toBeGreaterThan(10);
    expect(look.tooWide).toBe(0);
    expect(look.smallestText).toBeGreaterThanOrEqual(10.5);
    expect(look.tables).toBe(4);
    expect(look.background).toBe(BACKGROUND[scheme]);
    expect(look.strokes).not.toContain(BACKGROUND[scheme]);
    expect(look.strokes.length).toBeGreaterThanOrEqual(4);
    expect(look.pageWidth).toBeLessThanOrEqual(width);
    expect(new Set(page.requests)).toEqual(new Set([url]));
    expect(page.complaints).toEqual([]);
  });
});
