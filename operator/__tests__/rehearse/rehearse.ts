import { spawn, spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describeWhere } from '../../../__tests__/support/describe-where';
import { PROJECT } from '../../command/project';

export const describeRehearsal = describeWhere(
  process.env.REHEARSE === '1' && spawnSync('terraform', ['-version']).status === 0,
  'Terraform, and the time for a whole rehearsal: REHEARSE=1 npm test',
);

/** @param onOutput is given all that was printed so far, and what Ctrl-C does */
export function rehearse(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  onOutput: (output: string, interrupt: () => void) => void = () => undefined,
  prefix: readonly string[] = ['rehearse'],
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const command = ['--import', 'tsx', join('operator', 'main.ts'), ...prefix, ...args];
    // A group of its own, all of which Ctrl-C reaches.
    const child = spawn(process.execPath, command, {
      cwd: PROJECT,
      env: { ...process.env, ...environment },
      detached: true,
    });
    let output = '';
    const onData = (data: Buffer) => {
      output += stripVTControlCharacters(data.toString());
      onOutput(output, () => child.pid !== undefined && process.kill(-child.pid, 'SIGINT'));
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

/** A test that fails in the middle is not to leave its emulator behind. */
export async function removeRehearsal(folder: string): Promise<void> {
  if (existsSync(join(folder, 'emulator.json'))) await rehearse(['stop', '--in', folder]);
  rmSync(folder, { recursive: true, force: true });
}
