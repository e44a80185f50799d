import { execFile } from 'node:child_process';
import { ROOT } from '../../__tests__/support/synthesize';
import { CommandError } from '../command/errors';
import { run } from '../program';

export interface Outcome {
  readonly code: number;
  /** Of standard output and standard error. */
  readonly output: string;
}

interface Streams extends Outcome {
  /** Of standard output alone: what a pipe would be given. */
  readonly piped: string;
}

/** Runs what `npm run assistant -- …` runs, in this process, against the system at a port base. */
export async function assistant(portBase: number, ...args: readonly string[]): Promise<Outcome> {
  const { code, output } = await assistantStreams(portBase, ...args);
  return { code, output };
}

/** As `assistant`, with what it has written where. */
export async function assistantStreams(portBase: number, ...args: readonly string[]): Promise<Streams> {
  const { LOCAL_PORT_BASE } = process.env;
  const written: { readonly text: string; readonly stream: NodeJS.WriteStream }[] = [];
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest
      .spyOn(stream, 'write')
      .mockImplementation((text) => written.push({ text: String(text), stream }) > 0),
  );
  // What the parser of the command line ends the process with.
  const exit = jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new CommandError('', Number(code));
  });
  process.env.LOCAL_PORT_BASE = String(portBase);
  process.exitCode = 0;
  try {
    await run(args);
    const textOf = (found: typeof written) => found.map(({ text }) => text).join('');
    return {
      code: process.exitCode,
      output: textOf(written),
      piped: textOf(written.filter(({ stream }) => stream === process.stdout)),
    };
  } finally {
    for (const spy of [...spies, exit]) spy.mockRestore();
    process.exitCode = 0;
    if (LOCAL_PORT_BASE === undefined) delete process.env.LOCAL_PORT_BASE;
    else process.env.LOCAL_PORT_BASE = LOCAL_PORT_BASE;
  }
}

/**
 * Runs it in a process of its own.
 * @param kill ends the process as no handler can prevent
 */
export function assistantProcess(
  portBase: number,
  args: readonly string[],
  kill?: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['--no-warnings', '--import', 'tsx', 'operator/main.ts', ...args],
      {
        cwd: ROOT,
        env: { ...process.env, LOCAL_PORT_BASE: String(portBase) },
        ...(kill && { signal: kill }),
        killSignal: 'SIGKILL',
      },
      (_, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
      },
    );
  });
}
