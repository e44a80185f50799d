import { escapeHtml } from '../../report/svg';
import { seconds } from '../verdict';
import { drillChart } from './chart';
import type { DrillReport } from './drill-report';
import { summaryRows } from './summary';

const STYLE = `
body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 960px; color: #111; }
svg { font-family: inherit; } table { border-collapse: collapse; font-size: 13px; margin: 1em 0; }
td { padding: 2px 8px; border-bottom: 1px solid #e4e4e4; vertical-align: top; }
.missed { color: #c0392b; font-weight: bold; } p { color: #555; }
`;

/** The report as one page, which needs nothing from elsewhere. */
export function htmlReport(report: DrillReport): string {
  const { scenario, target, startedAt, speed, rate, verdicts, changes, turns } = report;
  const title = `Failover drill: ${scenario}`;
  const requests = turns.map(({ who, firstAt, lastAt, requests: count }) => [
    seconds(firstAt),
    seconds(lastAt),
    who,
    String(count),
  ]);
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    `<title>${title}</title><style>${STYLE}</style><h1>${title}</h1>`,
    `<p>${startedAt}, target ${target}, ${rate} requests a second, time ${speed} times as fast. `,
    'Times are acted-out ones, and count from the primary’s loss.</p>',
    '<table>',
    ...verdicts.map(({ promise, measured, held }) => {
      const verdict = held ? '<td>held</td>' : '<td class="missed">missed</td>';
      return `<tr>${cell(promise)}${cell(measured)}${verdict}</tr>`;
    }),
    '</table>',
    drillChart(report),
    table('What was measured', summaryRows(report)),
    table(
      'Changes',
      changes.map(({ afterMs, what }) => [seconds(afterMs), what]),
    ),
    table('Requests in a row', [['first', 'last', 'answered by', 'requests'], ...requests]),
    '</html>\n',
  ].join('\n');
}

const cell = (text: string): string => `<td>${escapeHtml(text)}</td>`;

const table = (title: string, rows: readonly (readonly string[])[]): string =>
  `<h2>${title}</h2><table>${rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('\n')}</table>`;
