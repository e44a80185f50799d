import { coldStartChart } from './chart/cold-start-chart';
import { healthyCharts } from './chart/healthy-chart';
import { outageChart } from './chart/outage-chart';
import { escapeHtml } from '@assistant/operator/report';
import type { BenchResult } from './result';
import { coldStartSection, harnessSection, healthySection, outageSection, type Section } from './sections';
import { targetsOf } from './targets';
import { machineLines } from './text';

const STYLE = `
body { font: 14px/1.45 system-ui, sans-serif; margin: 2em auto; max-width: 960px; color: #111; }
svg { font-family: inherit; } table { border-collapse: collapse; font-size: 12px; margin: 1em 0; }
td, th { padding: 2px 8px; text-align: right; border-bottom: 1px solid #e4e4e4; white-space: nowrap; }
td:first-child { text-align: left; } .missed { color: #c0392b; font-weight: bold; } p { color: #555; }
`;

/** The report as one page, which needs nothing from elsewhere. */
export function htmlReport(result: BenchResult): string {
  const { healthy, outage, coldStart, harness } = result;
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    `<title>Benchmark ${escapeHtml(result.startedAt)}</title><style>${STYLE}</style>`,
    `<h1>Benchmark</h1><p>${escapeHtml(result.startedAt)}${result.quick ? ', quick' : ''}</p>`,
    ...machineLines(result.machine).map(paragraph),
    targets(result),
    ...(healthy ? [part(healthySection(healthy), healthyCharts(healthy))] : []),
    ...(outage ? [part(outageSection(outage), outageChart(outage))] : []),
    ...(coldStart ? [part(coldStartSection(coldStart), coldStartChart(coldStart))] : []),
    ...(harness ? [part(harnessSection(harness), '')] : []),
    '</html>',
  ].join('\n');
}

const part = ({ title, rows, notes }: Section, chart: string): string =>
  [`<h2>${escapeHtml(title)}</h2>`, chart, tableOf(rows), ...notes.map(paragraph)].join('\n');

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;

const tableOf = (rows: Section['rows']): string =>
  `<table>${rows.map((row) => `<tr>${row.map((text) => `<td>${escapeHtml(text)}</td>`).join('')}</tr>`).join('\n')}</table>`;

function targets(result: BenchResult): string {
  const rows = targetsOf(result).map(({ promise, measured, met }) => {
    const verdict = met ? '<td>met</td>' : '<td class="missed">missed</td>';
    return `<tr><td>${escapeHtml(promise)}</td><td>${escapeHtml(measured)}</td>${verdict}</tr>`;
  });
  return `<h2>Targets</h2><table>${rows.join('\n')}</table>`;
}
