import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs before all test files: starts what synthesizes for them, into a folder where `synthesize` finds what the app
 * makes of each configuration. Both are of this run alone, so that no change of the sources can meet what was made of
 * older ones, and go with its process.
 */
export default function shareSynthesized(): void {
  const folder = mkdtempSync(join(tmpdir(), 'assistant-synthesized-'));
  process.env.SYNTHESIZED_FOLDER = folder;
  const synthesizer = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'synthesizer.ts'), folder],
    { stdio: ['pipe', 'ignore', 'ignore'] },
  );
  synthesizer.unref();
  process.once('exit', () => {
    synthesizer.kill();
    rmSync(folder, { recursive: true, force: true });
  });
}
