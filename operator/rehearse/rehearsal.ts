import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startProvider, type Document, type Failure } from '@assistant/emulator/terraform-provider';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { LAPTOP_PROBE_SECRET, PROBE_SECRET_VARIABLE } from '../../contract/probe';
import { CommandError, describeError } from '../command/errors';
import { PROJECT, projectConfig } from '../command/project';
import { Emulator, isAlive } from './emulator';
import { commonZone, withoutPlaceholders } from './placeholders';

export interface RehearsalOptions {
  /** Placeholders of the configuration stay, so that what guards against them is seen. */
  readonly asShipped: boolean;
  readonly newAccount: boolean;
  readonly withData: boolean;
  readonly fail: readonly Failure[];
  readonly latency: number;
}

/** Lambda's concurrent executions in a region of an account that is in use, and of one that is new. */
const CONCURRENT_EXECUTIONS = { usual: 1000, new: 10 };

/** What a run on a laptop has: a plan refuses it, and asks for nothing else. */
const SHIPPED_VARIABLES = { [`TF_VAR_${PROBE_SECRET_VARIABLE}`]: LAPTOP_PROBE_SECRET };

/** A stack as synthesized, as far as it is looked into here. */
type Stack = Document & { readonly variable?: Readonly<Record<string, { readonly sensitive?: boolean }>> };

/** An account that is in use. */
export const USUAL_ACCOUNT = {
  asShipped: false,
  newAccount: false,
  withData: false,
  fail: [],
  latency: 0,
} as const;

/** The real CLIs, each with its output and exit code. */
export interface Cli {
  readonly cdktf: (...args: readonly string[]) => Promise<number>;
  /** A command that takes one stack, for several at the same time. */
  readonly eachStack: (
    command: string,
    stacks: readonly string[],
    ...args: readonly string[]
  ) => Promise<number>;
  readonly terraform: (stack: string, ...args: readonly string[]) => Promise<number>;
  /** @returns what it prints. @throws CommandError with its own words where it fails */
  readonly quietly: (stack: string, ...args: readonly string[]) => Promise<string>;
}

/** What is synthesized: an app's folder, and its configuration. */
export interface App {
  readonly folder: string;
  readonly config: AssistantConfig;
  /** Whether the code of each function is taken for changed. @default false */
  readonly newVersions?: boolean;
}

/** Each rehearsal's folder has one of these from its first moments on. */
const MARKS = ['secrets.json', 'account.json', 'upgrade', 'pid'];

function requireOwnFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const entries = statSync(folder).isDirectory() ? readdirSync(folder) : undefined;
  if (entries !== undefined && (entries.length === 0 || MARKS.some((mark) => entries.includes(mark)))) return;
  throw new CommandError(
    `${folder} is no folder of a rehearsal. Name an empty one, or one that is not there yet.`,
  );
}

/** One rehearsal: its synthesized stacks, its account and its state, in a folder of its own. */
export class Rehearsal {
  readonly emulator: Emulator;
  readonly folder: string;
  private readonly outDir: string;
  private readonly applied: string;
  /** The stacks are synthesized already, and no provider is downloaded whose checksum could be locked. */
  private readonly cdktfOptions: readonly string[];

  /** @throws CommandError for a folder that holds something else, which a reset would delete */
  constructor(folder: string) {
    this.folder = resolve(folder);
    requireOwnFolder(this.folder);
    this.outDir = join(this.folder, 'cdktf.out');
    this.applied = join(this.folder, 'applied');
    this.emulator = new Emulator(this.folder, this.applied);
    this.cdktfOptions = ['--output', this.outDir, '--skip-synth', '--skip-provider-lock'];
  }

  /** Keeps what of the stacks is applied apart from what may be synthesized later. */
  keepApplied(stacks: readonly string[]): void {
    for (const stack of stacks) {
      const from = this.stackFolder(stack);
      const isOfTerraform = (file: string) => /^(\.terraform|backend_override)/.test(relative(from, file));
      this.forgetApplied([stack]);
      cpSync(from, this.appliedFolder(stack), { recursive: true, filter: (file) => !isOfTerraform(file) });
    }
  }

  forgetApplied(stacks: readonly string[]): void {
    for (const stack of stacks) rmSync(this.appliedFolder(stack), { recursive: true, force: true });
  }

  /** Lists what is applied as the emulator reads it. @returns the stacks */
  private listApplied(): readonly string[] {
    const folder = join(this.applied, 'stacks');
    const stacks = existsSync(folder) ? readdirSync(folder) : [];
    mkdirSync(this.applied, { recursive: true });
    const manifest = { stacks: Object.fromEntries(stacks.map((stack) => [stack, {}])) };
    writeFileSync(join(this.applied, 'manifest.json'), JSON.stringify(manifest));
    return stacks;
  }

  /** Has the emulator serve what is applied, where that is a region. @returns where callers ask */
  async serve(): Promise<string | undefined> {
    if (this.listApplied().some(isRegion)) return this.emulator.serve();
    await this.emulator.stop();
    return undefined;
  }

  /** Runs the emulator on what is applied in this terminal, until it is ended. */
  async serveHere(args: readonly string[]): Promise<number> {
    if (!this.listApplied().some(isRegion)) {
      throw new CommandError(
        'No region is deployed in this rehearsal. Deploy first: npm run assistant -- rehearse deploy primary secondary',
      );
    }
    return runCli(process.execPath, this.emulator.command(args), this.applied, process.env);
  }

  /** Forgets everything. */
  async reset(): Promise<void> {
    await this.emulator.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /**
   * Deploys both regions, and has the emulator serve them.
   * @param newVersions whether each function's code is taken for changed
   */
  async redeploy(config: AssistantConfig, newVersions: boolean): Promise<void> {
    const regions = ['primary', 'secondary'];
    const deploy = async (cli: Cli) => {
      for (const region of regions) await cli.quietly(region, 'apply', '-auto-approve', '-input=false');
    };
    await this.withSynthesized(USUAL_ACCOUNT, deploy, { folder: PROJECT, config, newVersions });
    this.keepApplied(regions);
    await this.serve();
  }

  /**
   * Synthesizes an app, then runs CLIs against the rehearsed account.
   * @param app by default the project itself
   */
  async withSynthesized<T>(
    options: RehearsalOptions,
    act: (cli: Cli) => Promise<T>,
    { folder, config, newVersions = false }: App = { folder: PROJECT, config: projectConfig() },
  ): Promise<T> {
    const rehearsed = options.asShipped ? config : withoutPlaceholders(config);
    return this.locked(async () => {
      await synthesize(folder, this.outDir, rehearsed);
      for (const name of this.stackNames()) {
        this.keepStateHere(name);
        if (newVersions) this.renewCode(name);
      }
      return this.withProvider(options, rehearsed, act);
    });
  }

  /** Runs CLIs against what was deployed last. */
  async withDeployed<T>(stack: string, act: (cli: Cli) => Promise<T>): Promise<T> {
    if (!existsSync(join(this.stackFolder(stack), '.terraform'))) {
      throw new CommandError(
        `Of the stack "${stack}" nothing is rehearsed yet. Deploy it first: npm run assistant -- rehearse deploy ${stack}`,
      );
    }
    return this.withProvider({ ...USUAL_ACCOUNT, asShipped: true }, projectConfig(), act);
  }

  private async withProvider<T>(
    { asShipped, newAccount, withData, fail, latency }: RehearsalOptions,
    { domain }: AssistantConfig,
    act: (cli: Cli) => Promise<T>,
  ): Promise<T> {
    const stacks = this.stackNames().map((name) => this.readStack(name));
    const provider = await startProvider({
      bindings: bindings(),
      accountFile: join(this.folder, 'account.json'),
      account: {
        concurrentExecutions: newAccount ? CONCURRENT_EXECUTIONS.new : CONCURRENT_EXECUTIONS.usual,
        bucketsHaveObjects: withData,
        hostedZones: { [domain.hostedZoneId]: commonZone(domain) },
      },
      stacks,
      failures: fail,
      latencyMs: latency,
    });
    const environment = {
      ...ownEnvironment(),
      ...provider.environment,
      ...(asShipped ? SHIPPED_VARIABLES : this.secrets(stacks)),
      CHECKPOINT_DISABLE: '1',
      // What a user has configured for Terraform is for their own providers.
      TF_CLI_CONFIG_FILE: this.emptyFile(),
    };
    const cdktf = (args: readonly string[], held?: Buffer[]) =>
      runCli(process.execPath, [cdktfCli(), ...args, ...this.cdktfOptions], PROJECT, environment, held);
    try {
      return await act({
        cdktf: (...args) => cdktf(args),
        eachStack: async (command, stacks, ...args) => {
          const runs = stacks.map(async (stack) => {
            const held: Buffer[] = [];
            return { code: await cdktf([command, stack, ...args], held), held };
          });
          let code = 0;
          for (const run of runs) {
            const ended = await run;
            process.stdout.write(Buffer.concat(ended.held));
            code ||= ended.code;
          }
          return code;
        },
        terraform: (stack, ...args) => runCli('terraform', args, this.stackFolder(stack), environment),
        quietly: (stack, ...args) => runQuietly(args, this.stackFolder(stack), environment),
      });
    } finally {
      provider.close();
    }
  }

  /** Terraform takes what stands in such a file over what is synthesized, so that no real state is near. */
  private keepStateHere(stack: string): void {
    const backend = { local: { path: `../../../terraform.${stack}.tfstate` } };
    const file = join(this.stackFolder(stack), 'backend_override.tf.json');
    writeFileSync(file, JSON.stringify({ terraform: { backend } }));
  }

  /** Terraform takes another hash for other code, and publishes a version of it. */
  private renewCode(stack: string): void {
    const document = this.readStack(stack);
    for (const fn of Object.values(document.resource?.aws_lambda_function ?? {})) {
      (fn as Record<string, unknown>).source_code_hash = randomBytes(32).toString('base64');
    }
    writeFileSync(join(this.stackFolder(stack), 'cdk.tf.json'), JSON.stringify(document));
  }

  /** A value of the rehearsal's own for each variable that is a secret, the same for all of its stacks. */
  private secrets(stacks: readonly Stack[]): Readonly<Record<string, string>> {
    const file = join(this.folder, 'secrets.json');
    const secrets = (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}) as Record<
      string,
      string
    >;
    for (const [name, { sensitive }] of stacks.flatMap(({ variable = {} }) => Object.entries(variable))) {
      if (sensitive === true) secrets[`TF_VAR_${name}`] ??= randomBytes(32).toString('hex');
    }
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    return secrets;
  }

  /** What was synthesized last. */
  stackNames(): readonly string[] {
    const { stacks } = JSON.parse(readFileSync(join(this.outDir, 'manifest.json'), 'utf8')) as {
      stacks: Readonly<Record<string, unknown>>;
    };
    return Object.keys(stacks);
  }

  private readStack(name: string): Stack {
    return JSON.parse(readFileSync(join(this.stackFolder(name), 'cdk.tf.json'), 'utf8')) as Stack;
  }

  private stackFolder(name: string): string {
    return join(this.outDir, 'stacks', name);
  }

  private appliedFolder(stack: string): string {
    return join(this.applied, 'stacks', stack);
  }

  private emptyFile(): string {
    const file = join(this.folder, 'terraform.rc');
    writeFileSync(file, '');
    return file;
  }

  /** Two rehearsals at the same time would overwrite each other's account. */
  private async locked<T>(act: () => Promise<T>): Promise<T> {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, 'pid');
    const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
    if (holder !== undefined && isAlive(holder)) {
      throw new CommandError(`Another rehearsal is under way (process ${holder}): wait for its end.`);
    }
    writeFileSync(file, String(process.pid));
    try {
      return await act();
    } finally {
      rmSync(file, { force: true });
    }
  }
}

/** @throws CommandError where there is no Terraform on this machine */
export function requireTerraform(): void {
  if (spawnSync('terraform', ['-version']).error === undefined) return;
  throw new CommandError(
    'A rehearsal runs the real Terraform, and there is no "terraform" on the PATH. Install version 1.10 or later ' +
      '(https://developer.hashicorp.com/terraform/install); no provider, account or network is needed then.',
  );
}

async function synthesize(app: string, outDir: string, config: AssistantConfig): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'main.ts'], {
      cwd: app,
      env: {
        ...process.env,
        CDKTF_OUTDIR: outDir,
        CDKTF_CONTEXT_JSON: JSON.stringify({ assistant: config }),
      },
    });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new CommandError(`The app does not synthesize:\n${stderr ?? describeError(error)}`, undefined, {
      cause: error,
    });
  }
}

/**
 * The CLI has terminal, output and signals as if it were started alone; an interrupt is its own to handle.
 * @param held takes what it prints, where that is not to be mixed with what another prints
 */
async function runCli(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  held?: Buffer[],
): Promise<number> {
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  try {
    return await new Promise((resolve, reject) => {
      const output = held === undefined ? 'inherit' : 'pipe';
      const child = spawn(program, [...args], { cwd, env, stdio: ['inherit', output, output] });
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (data: Buffer) => held?.push(data));
      child.once('error', reject);
      child.once('close', (code) => {
        resolve(code ?? 1);
      });
    });
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** Far more than a plan in JSON has. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

async function runQuietly(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const options = { cwd, env, maxBuffer: MAX_OUTPUT_BYTES };
    return (await promisify(execFile)('terraform', [...args], options)).stdout;
  } catch (error) {
    const { stdout = '', stderr = describeError(error) } = error as { stdout?: string; stderr?: string };
    throw new CommandError(
      `terraform ${args[0] ?? ''} of ${basename(cwd)} failed:\n${stdout}${stderr}`,
      undefined,
      { cause: error },
    );
  }
}

/** Terraform's settings of the user are for their own deployments; variables are for any. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^TF_(?!VAR_|LOG|IN_AUTOMATION)/.test(name)),
  );

const isRegion = (stack: string) => stack === 'primary' || stack === 'secondary';

const require = createRequire(__filename);
const cdktfCli = () => join(dirname(require.resolve('cdktf-cli/package.json')), 'bundle', 'bin', 'cdktf');
const bindings = () => dirname(require.resolve('@cdktf/provider-aws/package.json'));
