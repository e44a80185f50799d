import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { CommandError } from '../../command/errors';
import { PROJECT } from '../../command/project';
import type { Job } from '../picture';

const MAX_LINES = 300;

/**
 * What takes its time is done by the operator's own command, in a process of its own: it decides, asks nobody, tells
 * what it is at, and undoes on SIGINT what it has begun. One at a time.
 */
export class Jobs {
  private child: ChildProcess | undefined;

  /** @param show told whenever there is news of it */
  constructor(private readonly show: (job: Job) => void) {}

  /** @throws CommandError while another one runs */
  start(title: string, args: readonly string[], ended: () => void = () => undefined): void {
    if (this.child !== undefined)
      throw new CommandError('Something is under way already: wait for its end, or stop it.');
    const child = spawn(process.execPath, ['--import', 'tsx', join('operator', 'main.ts'), ...args], {
      cwd: PROJECT,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let job: Job = { title, lines: [], exitCode: null, report: null };
    const news = (change: Partial<Job>) => {
      job = { ...job, ...change };
      this.show(job);
    };
    news({});
    for (const output of [child.stdout, child.stderr])
      createInterface({ input: output }).on('line', (line) => {
        const [report = job.report] = /drill-[\w-]+\.html/.exec(line) ?? [];
        news({ lines: [...job.lines, line].slice(-MAX_LINES), report });
      });
    const end = (exitCode: number, ...lines: readonly string[]) => {
      if (this.child !== child) return;
      this.child = undefined;
      news({ exitCode, lines: [...job.lines, ...lines] });
      ended();
    };
    child.once('error', ({ message }) => {
      end(1, message);
    });
    child.once('close', (code) => {
      end(code ?? 1);
    });
  }

  /** As Ctrl-C does. */
  stop(): void {
    this.child?.kill('SIGINT');
  }
}
