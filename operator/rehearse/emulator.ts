import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { AppConfigClient, type AppConfigClientConfig } from '@aws-sdk/client-appconfig';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import { callControl, portBase, PORTS, requireFreePorts, type Status } from '@assistant/emulator';
import { CommandError } from '../command/errors';
import { untilInterrupted } from '../command/interruption';
import { PROJECT } from '../command/project';
import { packageArns } from '../finetune/serve/register';
import { ModelConfigStore, type ModelConfigNames } from '../model-config/deployed-model-config';

const POLL_MS = 100;

/** The start and the settling of the health checks, on a machine that does much else. */
const START_LIMIT_MS = 120_000;

/** Requests under way are answered first, none of which may take longer than API Gateway's 29 s. */
const STOP_LIMIT_MS = 30_000;

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
    const tsx = pathToFileURL(createRequire(__filename).resolve('tsx')).href;
    const start = join(PROJECT, 'emulator', 'run', 'start.ts');
    return ['--import', tsx, start, '--stacks', this.applied, ...args];
  }

  /** @throws CommandError where something else has the ports, before anything is deployed in vain */
  async requirePorts(): Promise<void> {
    const base = portBase();
    if ((await this.running()) !== undefined) return;
    const what = (await answers(base)) ? `Another emulator has port ${base}.` : await takenPort(base);
    if (what === undefined) return;
    throw new CommandError(
      `${what} Stop it, choose other ports (LOCAL_PORT_BASE=5000), or deploy with --no-serve.`,
    );
  }

  /** Takes what is applied into force: in the emulator that runs, or in one that is started for it. */
  async serve(): Promise<string> {
    const { base } = (await this.running()) ?? { base: undefined };
    if (base === undefined) return urlAt(await this.start());
    await callControl(
      'POST',
      '/deployment',
      { directory: this.applied },
      { base, timeoutMs: START_LIMIT_MS },
    );
    return urlAt(base);
  }

  /** The first of its ports, while it runs. */
  async portBase(): Promise<number | undefined> {
    return (await this.running())?.base;
  }

  /** Regions in which operators have made versions of the configuration; one that a fault has taken away has none. */
  async versionsOfOperators(names: ModelConfigNames): Promise<readonly string[]> {
    const base = await this.portBase();
    if (base === undefined) return [];
    const { regions } = (await callControl('GET', '/status', undefined, { base })) as Status;
    const all = Object.values(regions);
    const counts = await Promise.allSettled(
      all.map(({ clients }) => countVersions(clients.appConfig, names)),
    );
    return all.flatMap(({ region }, index) => {
      const count = counts[index];
      return count?.status === 'fulfilled' && count.value > 0 ? [region] : [];
    });
  }

  /** Names of the registers in which there are tuned models. */
  async groupsWithPackages(): Promise<readonly string[]> {
    const base = await this.portBase();
    if (base === undefined) return [];
    const { mlops } = (await callControl('GET', '/status', undefined, { base })) as Status;
    const modelPackageGroup = mlops?.outputs.model_package_group_name;
    if (mlops === null || modelPackageGroup === undefined) return [];
    const sageMaker = new SageMakerClient(mlops.clients.sageMaker);
    try {
      return (await packageArns({ sageMaker, modelPackageGroup })).length > 0 ? [modelPackageGroup] : [];
    } finally {
      sageMaker.destroy();
    }
  }

  /** Ends it, at its own pace or, past a limit, at once. @returns whether it ran */
  async stop(): Promise<boolean> {
    const running = await this.running();
    if (running === undefined) return false;
    const { pid } = running;
    process.kill(pid, 'SIGINT');
    const end = Date.now() + STOP_LIMIT_MS;
    while (isAlive(pid)) {
      if (Date.now() > end) process.kill(pid, 'SIGKILL');
      await sleep(POLL_MS);
    }
    rmSync(this.file, { force: true });
    return true;
  }

  /** @returns the first of its ports */
  private async start(): Promise<number> {
    const base = portBase();
    const log = openSync(this.logFile, 'w', 0o600);
    const child = spawn(process.execPath, this.command(['--quiet']), {
      cwd: this.applied,
      env: { ...process.env, LOCAL_PORT_BASE: String(base) },
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    try {
      // Should this command be killed, the next ones know of it all the same.
      writeFileSync(this.file, JSON.stringify({ pid: child.pid, portBase: base }));
      await untilInterrupted('What is deployed is not served: the next deploy serves it.', (signal) =>
        this.ready(child, signal),
      );
    } catch (error) {
      child.kill();
      rmSync(this.file, { force: true });
      throw error;
    }
    return base;
  }

  private async ready(child: ChildProcess, signal: AbortSignal): Promise<void> {
    const end = Date.now() + START_LIMIT_MS;
    while (!this.isReady()) {
      if (child.exitCode !== null || Date.now() > end)
        throw new CommandError(`What is deployed cannot be served:\n${this.output().trim()}`);
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  private isReady(): boolean {
    return this.output().includes('Ready.');
  }

  private output(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  /** The one that was started last; none where that could not be written down, which has ended it. */
  private known(): { readonly pid: number; readonly portBase: number } | undefined {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as { pid: number; portBase: number };
    } catch {
      return undefined;
    }
  }

  private async running(): Promise<{ readonly pid: number; readonly base: number } | undefined> {
    const known = this.known();
    if (known === undefined) return undefined;
    const { pid, portBase: base } = known;
    // One that a killed command has left behind goes on starting.
    const end = statSync(this.file).mtimeMs + START_LIMIT_MS;
    while (isAlive(pid) && !this.isReady() && Date.now() < end) await sleep(POLL_MS);
    // The number may be another process's by now.
    return isAlive(pid) && (await answers(base)) ? { pid, base } : undefined;
  }
}

const takenPort = (base: number): Promise<string | undefined> =>
  requireFreePorts(base).then(
    () => undefined,
    (error: unknown) => {
      const { code, port = base } = error as { readonly code?: string; readonly port?: number };
      return `${code === 'EADDRINUSE' ? 'Another program has' : 'Nobody may have'} port ${port}.`;
    },
  );

const urlAt = (base: number): string => `http://127.0.0.1:${base + PORTS.failover}/`;

async function countVersions(config: AppConfigClientConfig, names: ModelConfigNames): Promise<number> {
  const client = new AppConfigClient(config);
  try {
    return (await (await ModelConfigStore.open(client, '', names)).operatorsVersions()).length;
  } finally {
    client.destroy();
  }
}

const answers = (base: number): Promise<boolean> =>
  callControl('GET', '/status', undefined, { base, timeoutMs: STOP_LIMIT_MS }).then(
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
