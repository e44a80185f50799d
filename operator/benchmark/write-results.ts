import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { figuresOf } from './figures/figures';
import { htmlReport } from './report/report';
import type { JudgedResult } from './result-file';

/**
 * Writes the result and its report.
 * @param name path without an extension
 * @returns the files' paths
 */
export function writeResults(name: string, result: JudgedResult): readonly string[] {
  mkdirSync(dirname(name), { recursive: true });
  const [json, html] = [`${name}.json`, `${name}.html`];
  writeFileSync(json, `${JSON.stringify({ ...result, summaries: figuresOf(result) }, null, 1)}\n`);
  writeFileSync(html, htmlReport(result));
  return [json, html];
}
