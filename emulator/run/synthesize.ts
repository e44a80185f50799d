import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const PROJECT = join(__dirname, '..', '..');

/**
 * Runs the CDKTF app as `cdktf synth` does, in a process of its own, whose memory goes with it.
 * @param outDir where to synthesize into
 * @throws Error with what the app wrote, e.g. which value of the configuration is wrong
 */
export async function synthesize(outDir: string): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'main.ts'], {
      cwd: PROJECT,
      env: { ...process.env, CDKTF_OUTDIR: outDir },
    });
  } catch (error) {
    throw new Error(
      `The app does not synthesize:\n${(error as { stderr?: string }).stderr ?? String(error)}`,
      {
        cause: error,
      },
    );
  }
}
