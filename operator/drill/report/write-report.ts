import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrillReport } from './drill-report';
import { htmlReport } from './html';

/**
 * Writes `drill-<scenario>-<time>.json` and `.html`.
 * @returns their paths
 */
export function writeReport(folder: string, report: DrillReport): readonly string[] {
  const name = join(folder, `drill-${report.scenario}-${report.startedAt.replace(/[:.]/g, '-')}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${name}.html`, htmlReport(report));
  return [`${name}.json`, `${name}.html`];
}
