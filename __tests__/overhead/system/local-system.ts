import { join } from 'node:path';
import { Remote } from '../remote';
import type { LogEvent } from '../outage/log-event';
import type { Workspace } from '../workspace';

/** The whole local system, in a process of its own, as `npm start` runs it. */
export interface LocalSystemMethods {
  /**
   * @param outDir what was synthesized
   * @param bedrockUrl who answers for the models
   * @returns the URL of the primary region's API
   */
  start(outDir: string, bedrockUrl: string): Promise<string>;
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
  outDir: string,
  bedrockUrl: string,
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
  return { system, url: await system.call('start', outDir, bedrockUrl) };
}
