import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

const PROJECT = join(__dirname, '..', '..', '..');

const PACKAGES = [
  '@aws-sdk/client-bedrock-runtime',
  '@aws-sdk/client-appconfigdata',
  '@smithy/node-http-handler',
  '@smithy/signature-v4',
  'esbuild',
];

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
  /** `unknown` outside a repository; `+` where files differ from it. */
  readonly commit: string;
  /** Processes that wanted to run in the minute before. */
  readonly loadBefore: number;
}

export const readMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${release()}`,
  node: process.version,
  packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  commit: commit(),
  loadBefore: loadavg()[0] ?? 0,
});

const versionOf = (name: string): string =>
  (
    JSON.parse(readFileSync(join(PROJECT, 'node_modules', name, 'package.json'), 'utf8')) as {
      version: string;
    }
  ).version;

function commit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
