import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Runs before all test files: makes the folder of this run, in which all that they, what they test and what it starts
 * make for a while has its place, and starts what synthesizes for them, into a folder where `synthesize` finds what the
 * app makes of each configuration. Beside it is kept what V8 makes of the functions' code, for their next threads. It goes
 * with the run's process, so that no change of the sources can meet what was made of older ones, and nothing is left
 * behind.
 */
export default function makeRunFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'assistant-tests-'));
  const synthesized = join(folder, 'synthesized');
  mkdirSync(synthesized);
  process.env.SYNTHESIZED_FOLDER = synthesized;
  const compiled = join(folder, 'compiled');
  mkdirSync(compiled);
  process.env.COMPILED_FOLDER = compiled;
  const synthesizer = spawn(
    process.execPath,
    ['--import', 'tsx', join(__dirname, 'synthesizer.ts'), synthesized],
    {
      stdio: ['pipe', 'ignore', 'ignore'],
      // Hardly anybody's: what came by the time zone into what is synthesized would differ from what cdktf synth makes.
      env: { ...process.env, TZ: 'America/Los_Angeles' },
    },
  );
  synthesizer.unref();
  process.env.TMPDIR = folder;
  process.once('exit', () => {
    synthesizer.kill();
    rmSync(folder, { recursive: true, force: true });
  });
}
