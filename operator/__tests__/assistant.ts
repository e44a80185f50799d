import { execFile } from 'node:child_process';
import { ROOT } from '../../__tests__/support/synthesize';

export interface Outcome {
  readonly code: number;
  /** Of standard output and standard error. */
  readonly output: string;
}

/** Runs `npm run assistant -- …` in a process of its own, against the system at a port base. */
export const assistant = (portBase: number, ...args: readonly string[]): Promise<Outcome> =>
  assistantKilledAfter(0, portBase, ...args);

/** @param ms after which the process is ended as no handler can prevent; 0: never */
export function assistantKilledAfter(
  ms: number,
  portBase: number,
  ...args: readonly string[]
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--no-warnings', '--import', 'tsx', 'operator/main.ts', ...args],
      {
        cwd: ROOT,
        env: { ...process.env, LOCAL_PORT_BASE: String(portBase) },
        timeout: ms,
        killSignal: 'SIGKILL',
      },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}
