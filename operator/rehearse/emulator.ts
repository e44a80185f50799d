import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { callControl, portBase, PORTS } from '@assistant/emulator';
import { CommandError } from '../command/errors';
import { PROJECT } from '../command/project';

const POLL_MS = 100;

/** The start and the settling of the health checks, on a machine that does much else. */
const START_LIMIT_MS = 120_000;

/** The emulator that serves a rehearsal: a process that outlives the command which started it. */
export class Emulator {
  private readonly file: string;
  private readonly logFile: string;

  /** @param applied folder of what is deployed, as the emulator reads it */
  constructor(
    folder: string,
    private readonly applied: string,
  ) {
    this.file = join(folder, 'emulator.json');
    this.logFile = join(folder, 'emulator.log');
  }

  /** Arguments of Node that run it. */
  command(args: readonly string[] = []): readonly string[] {
    // It is synthesized already.
    writeFileSync(join(this.applied, 'cdktf.json'), JSON.stringify({ app: 'exit 0', output: '.' }));
    const tsx = pathToFileURL(createRequire(__filename).resolve('tsx')).href;
    return ['--import', tsx, join(PROJECT, 'emulator', 'run', 'start.ts'), ...args];
  }

  /** @throws CommandError where something else has the ports, before anything is deployed in vain */
  async requirePorts(): Promise<void> {
    if ((await this.pid()) !== undefined || !(await answers())) return;
    throw new CommandError(
      `Another emulator has port ${portBase()}. Stop it, choose other ports (LOCAL_PORT_BASE=5000), or deploy with --no-serve.`,
    );
  }

  /** Takes what is applied into force: in the emulator that runs, or in one that is started for it. */
  async serve(): Promise<string> {
    if ((await this.pid()) === undefined) await this.start();
    else await callControl('POST', '/deployment', { directory: this.applied }, START_LIMIT_MS);
    return `http://127.0.0.1:${portBase() + PORTS.failover}/`;
  }

  async isRunning(): Promise<boolean> {
    return (await this.pid()) !== undefined;
  }

  /** Ends it. @returns whether it ran */
  async stop(): Promise<boolean> {
    const pid = await this.pid();
    if (pid === undefined) return false;
    process.kill(pid, 'SIGINT');
    while (isAlive(pid)) await sleep(POLL_MS);
    rmSync(this.file);
    return true;
  }

  private async start(): Promise<void> {
    const log = openSync(this.logFile, 'w', 0o600);
    const child = spawn(process.execPath, this.command(['--quiet']), {
      cwd: this.applied,
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    const end = Date.now() + START_LIMIT_MS;
    while (!this.output().includes('Ready.')) {
      if (child.exitCode !== null || Date.now() > end) {
        child.kill();
        throw new CommandError(`What is deployed cannot be served:\n${this.output().trim()}`);
      }
      await sleep(POLL_MS);
    }
    writeFileSync(this.file, JSON.stringify({ pid: child.pid, portBase: portBase() }));
  }

  private output(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** That of the process, while it runs; calls then go to its ports. */
  private async pid(): Promise<number | undefined> {
    if (!existsSync(this.file)) return undefined;
    const running = JSON.parse(readFileSync(this.file, 'utf8')) as { pid: number; portBase: number };
    if (!isAlive(running.pid)) return undefined;
    process.env.LOCAL_PORT_BASE = String(running.portBase);
    // The number may be another process's by now.
    return (await answers()) ? running.pid : undefined;
  }
}

const answers = (): Promise<boolean> =>
  callControl('GET', '/status').then(
    () => true,
    () => false,
  );

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
