import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { buildSync, type BuildOptions } from 'esbuild';
import type { LoaderMethods } from './load/main';
import type { TargetOptions } from './load/targets';
import { Remote } from './remote';
import type { UpstreamMethods } from './upstream/main';

const PROJECT = join(__dirname, '..', '..');

/** Those of constructs/functions/bundle.ts; a test compares the outcome byte by byte. */
const AS_DEPLOYED: BuildOptions = {
  absWorkingDir: PROJECT,
  outdir: 'bundles',
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  legalComments: 'none',
};

/**
 * Bundles a module as the functions are bundled, for a comparison that is about the code alone.
 * @param entry path of the TypeScript module, from the project's folder
 * @returns JavaScript, CommonJS
 */
export function bundle(entry: string): string {
  const [output] = buildSync({ ...AS_DEPLOYED, entryPoints: [entry], write: false }).outputFiles;
  if (output === undefined) throw new Error(`esbuild made no bundle of ${entry}.`);
  return output.text;
}

/** A folder for one run, and the processes started in it; both go with `close`. */
export class Workspace {
  readonly directory = mkdtempSync(join(tmpdir(), 'assistant-overhead-'));
  private readonly remotes: { stop(): Promise<void> }[] = [];
  private readonly scripts = new Map<string, string>();

  constructor() {
    process.once('exit', this.remove);
  }

  /** @returns path of the entry's bundle, which needs neither a loader nor packages */
  script(entry: string): string {
    const known = this.scripts.get(entry);
    if (known !== undefined) return known;
    const file = join(this.directory, `${this.scripts.size}-${basename(entry, '.ts')}.js`);
    writeFileSync(file, bundle(entry));
    this.scripts.set(entry, file);
    return file;
  }

  /** Starts the stand-in for Bedrock. */
  async startUpstream(): Promise<{ readonly upstream: Remote<UpstreamMethods>; readonly url: string }> {
    const script = this.script('__tests__/overhead/upstream/main.ts');
    const upstream = this.keep(new Remote<UpstreamMethods>(script, { environment: {} }));
    return { upstream, url: await upstream.call('listen') };
  }

  /**
   * Starts a process for load. All of them are alike, whatever their target is.
   * @param environment the process's whole environment, which the target's module reads
   */
  async startLoader(
    target: TargetOptions,
    environment: Readonly<Record<string, string>> = {},
  ): Promise<Remote<LoaderMethods>> {
    const script = this.script('__tests__/overhead/load/main.ts');
    const loader = this.keep(new Remote<LoaderMethods>(script, { environment }));
    await loader.call('prepare', target);
    return loader;
  }

  keep<T extends { stop(): Promise<void> }>(remote: T): T {
    this.remotes.push(remote);
    return remote;
  }

  async close(): Promise<void> {
    await Promise.all(this.remotes.map((remote) => remote.stop()));
    process.off('exit', this.remove);
    this.remove();
  }

  private readonly remove = (): void => {
    rmSync(this.directory, { recursive: true, force: true });
  };
}
