import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';

export const ROOT = join(__dirname, '..', '..');

/** `cdk.tf.json`, as far as tests look into it. */
export interface StackJson {
  readonly terraform: { readonly backend: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly provider: { readonly aws: readonly { readonly alias: string; readonly region: string }[] };
  readonly resource: Readonly<Record<string, Readonly<Record<string, ResourceJson>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, ResourceJson>>>>;
  readonly output: Readonly<Record<string, { readonly value: unknown }>>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
}

export type ResourceJson = Readonly<Record<string, unknown>>;

export type StackName = 'primary' | 'secondary' | 'conversations' | 'mlops';

/** The configuration as shipped. */
export const shippedConfig = (): AssistantConfig =>
  (JSON.parse(readFileSync(join(ROOT, 'cdktf.json'), 'utf8')) as { context: { assistant: AssistantConfig } })
    .context.assistant;

/**
 * What the app makes of a configuration, in a folder of the caller's own. Test files of one run that ask for the same
 * share what the app made of it the first time.
 * @param overrides laid over the shipped configuration, key by key
 */
export function synthesize(overrides: Partial<AssistantConfig> = {}) {
  const context = JSON.stringify({ assistant: { ...shippedConfig(), ...overrides } });
  const directory = mkdtempSync(join(tmpdir(), 'assistant synth '));
  const shared = process.env.SYNTHESIZED_FOLDER;
  if (shared === undefined) runApp(context, directory);
  else cpSync(synthesizedOnce(context, shared), directory, { recursive: true });
  return {
    directory,
    stack: (name: StackName): StackJson => {
      const { stacks } = readJson(join(directory, 'manifest.json')) as ManifestJson;
      const stack = stacks[name];
      if (stack === undefined) throw new Error(`There is no stack ${name}.`);
      return readJson(join(directory, stack.synthesizedStackPath)) as StackJson;
    },
    remove: () => {
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

interface ManifestJson {
  readonly stacks: Readonly<Partial<Record<StackName, { readonly synthesizedStackPath: string }>>>;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** Runs the app as the CDKTF CLI would, in a process of its own. */
function runApp(context: string, directory: string): void {
  execFileSync(process.execPath, ['--import', 'tsx', 'main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, CDKTF_OUTDIR: directory, CDKTF_CONTEXT_JSON: context },
  });
}

/** The synthesizer is looked at so often, and for longer than any synth takes. */
const POLL_MS = 10;
const LIMIT_MS = 60_000;

/** What the run's synthesizer (synthesizer.ts) makes of a context; where it makes nothing, the app itself says why. */
function synthesizedOnce(context: string, shared: string): string {
  const made = join(shared, createHash('sha256').update(context).digest('hex'));
  if (!existsSync(made)) {
    writeFileSync(`${made}.${process.pid}`, context);
    renameSync(`${made}.${process.pid}`, `${made}.json`);
  }
  const end = Date.now() + LIMIT_MS;
  while (!existsSync(made)) {
    if (existsSync(`${made}.failed`) || Date.now() > end) {
      const directory = mkdtempSync(join(shared, 'own-'));
      runApp(context, directory);
      return directory;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
  }
  return made;
}

/** What the app is made of. */
const SOURCES = [
  'cdktf.json',
  'package.json',
  'tsconfig.json',
  'main.ts',
  'constructs',
  'contract',
  'lambdas',
];

/** Copies the app's sources into a folder, where it can be synthesized. */
export function copyApp(folder: string): void {
  for (const source of SOURCES) cpSync(join(ROOT, source), join(folder, source), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Runs `cdktf synth` in a folder. */
export function cdktfSynth(folder: string, environment: Readonly<Record<string, string>> = {}) {
  const cli = join(ROOT, 'node_modules', 'cdktf-cli', 'bundle', 'bin', 'cdktf.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'synth'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CHECKPOINT_DISABLE: '1', CI: 'true', ...environment },
  });
  return { status, output: stdout + stderr };
}

/** Every resource and data source with its state address. */
export function addressed(stack: StackJson): readonly (readonly [address: string, values: ResourceJson])[] {
  const list = (section: StackJson['resource'] | undefined, prefix: string) =>
    Object.entries(section ?? {}).flatMap(([type, byName]) =>
      Object.entries(byName).map(([name, values]) => [`${prefix}${type}.${name}`, values] as const),
    );
  return [...list(stack.resource, ''), ...list(stack.data, 'data.')];
}
