import {
  html,
  NOTHING,
  outcomeTable,
  reportPage,
  table,
  verdictOf,
  type Html,
} from '@assistant/operator/report';
import { coldStartChart, healthyCharts, outageCharts } from './charts';
import type { OverheadResult } from './result';
import {
  benchmarkSection,
  coldStartSection,
  consoleSection,
  healthySection,
  outageSection,
  modelsSection,
  soakSection,
  streamsSection,
  type Section,
} from './sections';
import { targetsOf } from './targets';
import { machineLines } from './text';

export function htmlReport(result: OverheadResult): string {
  const { startedAt, durationSeconds, quick, healthy, outage, coldStart, benchmark, streams, models } =
    result;
  const { soak, console } = result;
  const targets = targetsOf(result);
  const [machine = '', versions = '', load = ''] = machineLines(result.machine);
  return reportPage({
    title: 'Overhead: what the assistant costs a call of a model',
    startedAt,
    verdict: verdictOf(targets, 'targets'),
    facts: [
      ['Began', `${startedAt}, for ${durationSeconds} s${quick ? '; quick, so the figures are coarse' : ''}`],
      ['Machine', machine],
      ['Packages', versions],
      ['Load', load],
    ],
    sections: [
      outcomeTable('Targets', targets),
      ...(healthy ? [part(healthySection(healthy), healthyCharts(healthy))] : []),
      ...(outage ? [part(outageSection(outage), outageCharts(outage))] : []),
      ...(coldStart ? [part(coldStartSection(coldStart), coldStartChart(coldStart))] : []),
      ...(benchmark ? [part(benchmarkSection(benchmark), NOTHING)] : []),
      ...(streams ? [part(streamsSection(streams), NOTHING)] : []),
      ...(soak ? [part(soakSection(soak), NOTHING)] : []),
      ...(models ? [part(modelsSection(models), NOTHING)] : []),
      ...(console ? [part(consoleSection(console), NOTHING)] : []),
    ],
  });
}

function part({ title, rows: [head = [], ...rows], notes }: Section, charts: Html): Html {
  const filled = rows.map((row) => head.map((_, column) => row[column]?.trim() ?? ''));
  return html`<section>
    <h2>${title}</h2>
    ${charts} ${table({ caption: 'Figures', head, rows: filled })}
    ${notes.map((note) => html`<p class="muted">${note}</p>`)}
  </section>`;
}
