import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../command/files';
import { counted } from '../../command/words';
import type { Html } from '../../report/html';
import { outcomeTable, reportPage, verdictOf } from '../../report/page';
import { table } from '../../report/table';
import { drillChart } from './chart';
import { SCENARIOS } from '../scenario';
import type { DrillReport } from './drill-report';
import { CHANGE_COLUMNS, figureRows, TURN_COLUMNS, type Column } from './tables';

export function htmlReport(report: DrillReport): string {
  const { scenario, target, startedAt, speed, rate, verdicts, changes } = report;
  return reportPage({
    title: `${SCENARIOS[scenario].moves ? 'Failover' : 'Deployment'} drill: ${scenario}`,
    startedAt,
    verdict: verdictOf(verdicts, 'promises'),
    facts: [
      ['Began', startedAt],
      ['Target', target],
      ['Load', `${counted(rate, 'request')} a second`],
      [
        'Time',
        `${speed} times as fast; all times are emulated ones, and count from the beginning: ${SCENARIOS[scenario].description}`,
      ],
    ],
    sections: [
      outcomeTable('What was promised', verdicts),
      drillChart(report),
      table({ caption: 'What was measured', head: ['Figure', 'Value'], rows: figureRows(report) }),
      listing('Changes', CHANGE_COLUMNS, changes),
      listing('Requests in a row with the same outcome', TURN_COLUMNS, report.turns),
    ],
  });
}

const listing = <Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html =>
  table({
    caption,
    head: columns.map(({ head }) => head),
    rows: rows.map((row) => columns.map(({ value }) => value(row))),
  });

/**
 * Writes `drill-<scenario>-<time>.json` and `.html`.
 * @returns their paths
 */
export function writeReport(folder: string, report: DrillReport): readonly string[] {
  const name = join(folder, `drill-${report.scenario}-${report.startedAt.replace(/[:.]/g, '-')}`);
  makeFolder(folder);
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${name}.html`, htmlReport(report));
  return [`${name}.json`, `${name}.html`];
}
