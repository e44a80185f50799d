import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RESULT } from '../../../__tests__/overhead/__tests__/result-fixture';
import { htmlReport as overheadPage } from '../../../__tests__/overhead/report/page';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { htmlReport as benchmarkPage } from '../../benchmark/report/report';
import { htmlReport as drillPage } from '../../drill/report/page';
import { sampleDashboard } from '../dashboard/sample-dashboard';
import { dashboardPage } from '../../dashboard/page';
import { HAIKU, NOVA, sampleResult, SONNET } from '../benchmark/sample-result';
import { drillLog, reportOf } from '../drill/fixture';
import { Browser, findChromium, type Page } from './browser';

const chromium = findChromium();

const behaviour = { medianMs: 900, costUsd: 0.002, met: (question: number) => 4 - (question % 2) };
const benchmark = sampleResult({
  models: {
    [SONNET]: { ...behaviour, medianMs: 2_400 },
    [HAIKU]: { ...behaviour, throttled: 0.1 },
    [NOVA]: { ...behaviour, costUsd: 0.0004, errors: 0.05 },
  },
  ...{ types: ['general', 'finance_deep'], regions: ['us-east-1', 'us-west-2'], runs: 2 },
  apis: ['converse', 'converse-stream'],
});

const REPORTS = [
  { name: 'benchmark', page: () => benchmarkPage(benchmark), charts: 6 + 8 + 4 },
  { name: 'drill', page: () => drillPage(reportOf(drillLog({ scenario: 'models' }))), charts: 1 },
  { name: 'dashboard', page: () => dashboardPage(sampleDashboard()), charts: 2 },
  { name: 'overhead', page: () => overheadPage(RESULT), charts: 3 + 2 + 1 },
] as const;

/** Pixels that the boxes of two texts may share: ascenders and descenders leave their edges free. */
const TOUCH = 1;

/** What a reader sees of the page, as far as a program can tell. */
const LOOK = `(() => {
  const seen = (element) => element.getClientRects().length > 0;
  const charts = [...document.querySelectorAll('figure svg[role="img"]')].filter(seen);
  const colour = (element, name) => getComputedStyle(element)[name];
  const boxes = (chart) => [...chart.querySelectorAll('text')]
    .filter((text) => text.textContent.trim() !== '')
    .map((text) => ({ text: text.textContent, box: text.getBoundingClientRect() }));
  const meet = ({ box: one }, { box: other }) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > ${TOUCH} &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > ${TOUCH} * 3;
  return {
    charts: charts.length,
    empty: charts.filter((chart) => chart.querySelectorAll('path').length <= 10).length,
    tooWide: charts.filter((chart) => chart.getBoundingClientRect().right > innerWidth).length,
    collisions: charts.flatMap((chart) => boxes(chart).flatMap((one, index, all) =>
      all.slice(index + 1).filter((other) => meet(one, other)).map(({ text }) => one.text + ' / ' + text))),
    cutOff: charts.flatMap((chart) => {
      const { left, right } = chart.getBoundingClientRect();
      return boxes(chart).filter(({ box }) => box.left < left - 1 || box.right > right + 1).map(({ text }) => text);
    }),
    smallestText: Math.min(...charts.flatMap((chart) => {
      const scale = chart.getBoundingClientRect().width / chart.viewBox.baseVal.width;
      return [...chart.querySelectorAll('text')].map((text) => parseFloat(colour(text, 'fontSize')) * scale);
    })),
    tables: [...document.querySelectorAll('.scroll > table')].filter(seen).length,
    verdict: document.querySelector('h1 + .verdict')?.textContent.trim().length ?? 0,
    background: colour(document.body, 'backgroundColor'),
    strokes: [...new Set(charts.flatMap((chart) => [...chart.querySelectorAll('path[stroke]')].map((path) => colour(path, 'stroke'))))],
    sideways: document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth,
  };
})()`;

interface Look {
  readonly charts: number;
  readonly empty: number;
  readonly tooWide: number;
  /** Labels that lie on each other. */
  readonly collisions: readonly string[];
  /** Labels that reach beyond their chart. */
  readonly cutOff: readonly string[];
  readonly smallestText: number;
  readonly tables: number;
  readonly verdict: number;
  readonly background: string;
  readonly strokes: readonly string[];
  readonly sideways: number;
}

const BACKGROUND = { light: 'rgb(255, 255, 255)', dark: 'rgb(21, 24, 29)' };

const suite = describeWhere(chromium !== undefined, 'Chromium, which CHROME_BIN can name');

suite('in a browser', () => {
  let browser: Browser;
  beforeAll(() => {
    browser = Browser.launch(chromium ?? '');
  });
  afterAll(() => browser.close());

  describe.each(REPORTS)('the report of $name', ({ name, page: markup, charts }) => {
    let folder: string;
    let page: Page;
    let url: string;
    /** Each is to be in a frame of its own, in which it scrolls. */
    let tables: number;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'report-'));
      const file = join(folder, `${name}.html`);
      const text = markup();
      tables = text.split('<table').length - 1;
      writeFileSync(file, text);
      url = pathToFileURL(file).href;
      page = await browser.openPage();
    });

    it.each([
      ['light', 1_280],
      ['dark', 1_280],
      ['light', 390],
      ['dark', 390],
    ] as const)(
      'shows its charts in %s mode, %s pixels wide, and asks for nothing',
      async (scheme, width) => {
        await page.open(url, { width, scheme });
        const { strokes, smallestText, verdict, ...look } = await page.evaluate<Look>(LOOK);
        expect(look).toEqual({
          ...{ charts, tables, empty: 0, tooWide: 0, collisions: [], cutOff: [], sideways: 0 },
          background: BACKGROUND[scheme],
        });
        expect(smallestText).toBeGreaterThanOrEqual(10.5);
        expect(verdict).toBeGreaterThan(0);
        expect(strokes).not.toContain(BACKGROUND[scheme]);
        expect(strokes.length).toBeGreaterThanOrEqual(3);
        expect(new Set(page.requests)).toEqual(new Set([url]));
        expect(page.complaints).toEqual([]);
      },
    );
  });
});
