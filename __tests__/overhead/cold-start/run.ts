import { execFile } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zipSync } from 'fflate';
import { readStack, type Stack } from '@assistant/emulator/run';
import { spreadOf, spreadOver, type Spread } from '@assistant/operator/report';
import { functionEnvironment, functionOf, unpackFunction } from '../system/deployed-function';
import { synthesize } from '../system/synthesize';
import type { Workspace } from '../workspace';

/** Each function's entry, and the module that loads nothing but the SDK clients that it uses. */
const COUNTERPARTS: Readonly<Record<string, string>> = {
  'primary-model': 'tier-clients',
  'fallback-model': 'tier-clients',
  health: 'app-config',
  degradation: 'nothing',
  authorizer: 'nothing',
};

/** Bytes. */
export interface BundleSize {
  readonly minified: number;
  readonly zipped: number;
}

export interface ColdStart {
  readonly entry: string;
  readonly counterpart: string;
  readonly size: BundleSize;
  readonly bareSize: BundleSize;
  /** Milliseconds, each in a new process. */
  readonly loadMs: Spread;
  readonly bareLoadMs: Spread;
  /** Bundle against counterpart, run by run. */
  readonly ratio: Spread;
}

/** Loads each function's bundle and its bare counterpart in new processes, by turns. */
export async function runColdStart(
  workspace: Workspace,
  runs: number,
  onProgress: (text: string) => void,
): Promise<readonly ColdStart[]> {
  const outDir = join(workspace.directory, 'cold-start');
  await synthesize({}, outDir);
  const stack = readStack(outDir, 'primary');
  const results: ColdStart[] = [];
  for (const [entry, counterpart] of Object.entries(COUNTERPARTS)) {
    onProgress(`cold start: ${entry}`);
    results.push(await compare(workspace, stack, { entry, counterpart, runs }));
  }
  return results;
}

async function compare(
  workspace: Workspace,
  stack: Stack,
  { entry, counterpart, runs }: { entry: string; counterpart: string; runs: number },
): Promise<ColdStart> {
  const bare = workspace.script(`__tests__/overhead/bare/${counterpart}.ts`);
  const deployed = unpackFunction(stack, functionOf(stack, entry));
  const environment = functionEnvironment(deployed.resource, stack.region);
  try {
    const pairs: { readonly loadMs: number; readonly bareLoadMs: number }[] = [];
    // The first pair brings the files into the system's cache.
    for (let run = 0; run <= runs; run += 1) {
      const bareLoadMs = await loadTime(workspace, bare, environment);
      const loadMs = await loadTime(workspace, deployed.module, environment);
      if (run > 0) pairs.push({ loadMs, bareLoadMs });
    }
    return {
      entry,
      counterpart,
      size: { minified: statSync(deployed.module).size, zipped: statSync(deployed.zip).size },
      bareSize: sizeOf(bare),
      loadMs: spreadOf(pairs.map((pair) => pair.loadMs)),
      bareLoadMs: spreadOf(pairs.map((pair) => pair.bareLoadMs)),
      ratio: spreadOver(pairs, (pair) => pair.loadMs / pair.bareLoadMs),
    };
  } finally {
    deployed.remove();
  }
}

async function loadTime(
  workspace: Workspace,
  module: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const script = workspace.script('__tests__/overhead/cold-start/load-time.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, module], {
    env: { ...environment },
  });
  // Before it, there may be what the module logs.
  return Number(stdout.trim().split('\n').at(-1));
}

const sizeOf = (file: string): BundleSize => {
  const code = readFileSync(file);
  return { minified: code.length, zipped: zipSync({ 'index.js': code }, { level: 9 }).length };
};
