import { join } from 'node:path';
import type { LocalSystemOptions } from '@assistant/emulator/run';
import { Remote } from '../remote';
import type { LogEvent } from '../outage/log-event';
import type { Workspace } from '../workspace';
import type { LiveHeap } from './live-heap';

export interface SystemOptions extends Pick<
  LocalSystemOptions,
  'outDir' | 'bedrock' | 'modelsFile' | 'lambda'
> {
  /** With the page at the control port. @default without */
  readonly console?: true;
}

/** The whole local system, in a process of its own, as `npm start` runs it. */
export interface LocalSystemMethods {
  /** @returns the URL of the primary region's API */
  start(options: SystemOptions): Promise<string>;
  /** What the process takes, threads included: resident memory, and CPU time since its start. */
  usage(): { readonly memoryMb: number; readonly cpuMs: number };
  liveHeap(): Promise<LiveHeap>;
  /** What the primary region's functions have logged of models and circuits since the last time this was asked. */
  takeEvents(): readonly LogEvent[];
}

export interface RunningLocalSystem {
  readonly system: Remote<LocalSystemMethods>;
  readonly url: string;
}

/** @throws Error what stops the start, e.g. a resource that is not emulated */
export async function startLocalSystem(
  workspace: Workspace,
  options: SystemOptions,
): Promise<RunningLocalSystem> {
  const system = workspace.keep(
    new Remote<LocalSystemMethods>(join(__dirname, 'local-system-main.ts'), {
      environment: {
        // Where functions are unpacked: what the process leaves there goes with the workspace.
        TMPDIR: workspace.directory,
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
      nodeOptions: ['--import', 'tsx'],
    }),
  );
  return { system, url: await system.call('start', options) };
}
