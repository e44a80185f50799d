import { rmSync, mkdirSync, writeFileSync } from 'node:fs';
import { relative, dirname } from 'node:path';
import { EXIT } from '../../command/exit-codes';
import { tally } from '../figures/format';
import type { JudgedResult } from '../result-file';
import { summaryText } from '../summary-table';
import { figuresOf } from '../figures/figures';
import { htmlReport } from '../report/report';

/**
 * Shows and writes what was measured. The journal is kept as long as there is something to go on with.
 * @returns the process's exit code
 */
export function reportMeasured(
  result: JudgedResult,
  { name, journal }: { readonly name: string; readonly journal: string },
  tell: (text: string) => void,
): number {
  tell(summaryText(result));
  const files = writeResults(name, result);
  tell(`Written: ${files.map((file) => relative(process.cwd(), file)).join(', ')}\n`);
  const code = exitCodeOf(result);
  if (code === EXIT.interrupted || code === EXIT.incomplete) {
    const raise = code === EXIT.incomplete ? ' with a higher --max-cost' : '';
    tell(
      `To go on${raise}: --resume ${relative(process.cwd(), journal)}, with the same --questions and --target.\n`,
    );
  } else {
    rmSync(journal, { force: true });
  }
  if (code === EXIT.failed)
    tell(`No call was answered: ${failuresOf(result)}. Look at the first one before anything else.\n`);
  return code;
}

function exitCodeOf({ finishedAt, skipped, calls, quality }: JudgedResult): number {
  if (finishedAt === null) return EXIT.interrupted;
  if (skipped.length > 0 || (quality.judge?.agreement.skipped ?? 0) > 0) return EXIT.incomplete;
  return calls.some(({ warmup, outcome }) => !warmup && outcome === 'answered') ? EXIT.done : EXIT.failed;
}

function failuresOf({ calls }: JudgedResult): string {
  const counts: Record<string, number> = {};
  for (const { errorName = 'unknown' } of calls) counts[errorName] = (counts[errorName] ?? 0) + 1;
  return tally(counts);
}

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
