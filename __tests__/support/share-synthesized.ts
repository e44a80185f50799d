import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs before all test files: makes the folder in which `synthesize` keeps what the app makes of each configuration,
 * for all workers of this run alone, so that no change of the sources can meet what was made of older ones.
 * It goes with the process of the run.
 */
export default function shareSynthesized(): void {
  const folder = mkdtempSync(join(tmpdir(), 'assistant-synthesized-'));
  process.env.SYNTHESIZED_FOLDER = folder;
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
}
