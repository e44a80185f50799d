import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { startProvider, type Failure } from '@assistant/emulator/terraform-provider';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { LAPTOP_PROBE_SECRET, PROBE_SECRET_VARIABLE } from '../../contract/probe';
import { CommandError, describeError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { untilInterrupted } from '../command/interruption';
import { PROJECT, projectConfig } from '../command/project';
import { realCli, runCli, type Cli } from './cli';
import { Emulator } from './emulator';
import { RehearsalFolder } from './folder';
import { commonZone, withoutPlaceholders, withoutProtection } from './placeholders';

export interface RehearsalOptions {
  /** Placeholders of the configuration stay, so that what guards against them is seen. */
  readonly asShipped: boolean;
  /** What the configuration protects is protected from being destroyed here as well. */
  readonly deletionProtection: boolean;
  readonly newAccount: boolean;
  readonly withData: boolean;
  readonly fail: readonly Failure[];
  readonly latency: number;
}

/** An account that is in use. */
export const USUAL_ACCOUNT = {
  asShipped: false,
  deletionProtection: true,
  newAccount: false,
  withData: false,
  fail: [],
  latency: 0,
} as const;

/** Lambda's concurrent executions in a region of an account that is in use, and of one that is new. */
const CONCURRENT_EXECUTIONS = { usual: 1000, new: 10 };

/** What a run on a laptop has: a plan refuses it, and asks for nothing else. */
const SHIPPED_VARIABLES = { [`TF_VAR_${PROBE_SECRET_VARIABLE}`]: LAPTOP_PROBE_SECRET };

export const keepsProtection = ({ asShipped, deletionProtection }: RehearsalOptions): boolean =>
  asShipped || deletionProtection;

/** What is synthesized: an app's folder, and its configuration. */
export interface App {
  readonly folder: string;
  readonly config: AssistantConfig;
  /** Whether the code of each function is taken for changed. @default false */
  readonly newVersions?: boolean;
}

/** One rehearsal: the real CLIs against an account and a state in a folder of its own. */
export class Rehearsal {
  readonly folder: RehearsalFolder;
  readonly emulator: Emulator;

  /** @throws CommandError for a folder that holds something else */
  constructor(path: string) {
    this.folder = new RehearsalFolder(path, projectConfig().environment);
    this.emulator = new Emulator(this.folder.path, this.folder.applied);
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
    const named = options.asShipped ? config : withoutPlaceholders(config);
    const rehearsed = keepsProtection(options) ? named : withoutProtection(named);
    return this.folder.locked(async () => {
      await untilInterrupted('Nothing was changed.', (signal) =>
        synthesize(folder, this.folder.outDir, rehearsed, signal),
      );
      for (const name of this.folder.stackNames()) {
        this.folder.keepStateHere(name);
        if (newVersions) this.folder.renewCode(name);
      }
      return this.withProvider(options, rehearsed, act);
    });
  }

  /** Runs CLIs against what was deployed last. @throws CommandError where nothing was */
  async withDeployed<T>(stack: string, act: (cli: Cli) => Promise<T>): Promise<T> {
    this.folder.requireDeployed(stack);
    return this.withProvider({ ...USUAL_ACCOUNT, asShipped: true }, projectConfig(), act);
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
    const options = { ...USUAL_ACCOUNT, deletionProtection: false };
    await this.withSynthesized(options, deploy, { folder: PROJECT, config, newVersions });
    this.folder.keepApplied(regions);
    await this.serve();
  }

  /** @returns the first port of the emulator that serves it. @throws CommandError while none does */
  async servedAt(): Promise<number> {
    const base = await this.emulator.portBase();
    if (base !== undefined) return base;
    throw new CommandError(
      `No rehearsed deployment is served. Deploy first: ${this.folder.command('deploy primary secondary')}`,
    );
  }

  /** Has the emulator serve what is applied, where that is a region. @returns where callers ask */
  async serve(): Promise<string | undefined> {
    if (this.folder.listApplied().some(isRegion)) return this.emulator.serve();
    await this.emulator.stop();
    return undefined;
  }

  /** Runs the emulator on what is applied in this terminal, until it is ended. */
  async serveHere(args: readonly string[]): Promise<number> {
    if (!this.folder.listApplied().some(isRegion)) {
      throw new CommandError(
        `No region is deployed in this rehearsal. Deploy first: ${this.folder.command('deploy primary secondary')}`,
      );
    }
    const code = await runCli(
      process.execPath,
      this.emulator.command(args),
      this.folder.applied,
      process.env,
    );
    // Ctrl-C is its usual end.
    return code === EXIT.interrupted ? EXIT.done : code;
  }

  /** Forgets everything. @throws CommandError while another command is at work on it */
  async reset(): Promise<void> {
    await this.folder.locked(async () => {
      await this.emulator.stop();
      this.folder.remove();
    });
  }

  private async withProvider<T>(
    { asShipped, newAccount, withData, fail, latency }: RehearsalOptions,
    config: AssistantConfig,
    act: (cli: Cli) => Promise<T>,
  ): Promise<T> {
    const stacks = this.folder.stackNames().map((name) => this.folder.readStack(name));
    const provider = await startProvider({
      bindings: bindings(),
      accountFile: this.folder.accountFile,
      account: {
        concurrentExecutions: newAccount ? CONCURRENT_EXECUTIONS.new : CONCURRENT_EXECUTIONS.usual,
        bucketsHaveObjects: withData,
        versionsOfOperators: await this.emulator.versionsOfOperators(config),
        groupsWithPackages: await this.emulator.groupsWithPackages(),
        hostedZones: { [config.domain.hostedZoneId]: commonZone(config.domain) },
      },
      stacks,
      failures: fail,
      latencyMs: latency,
    });
    try {
      const cli = realCli(this.folder, {
        ...provider.environment,
        ...(asShipped ? SHIPPED_VARIABLES : this.folder.secrets(stacks)),
        CHECKPOINT_DISABLE: '1',
        // What a user has configured for Terraform is for their own providers.
        TF_CLI_CONFIG_FILE: this.folder.emptySettings(),
      });
      return await act(cli);
    } finally {
      provider.close();
    }
  }
}

export async function synthesize(
  app: string,
  outDir: string,
  config: AssistantConfig,
  signal: AbortSignal,
): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, ['--import', 'tsx', 'main.ts'], {
      cwd: app,
      signal,
      env: {
        ...process.env,
        CDKTF_OUTDIR: outDir,
        CDKTF_CONTEXT_JSON: JSON.stringify({ assistant: config }),
      },
    });
  } catch (error) {
    const { stderr, signal: endedBy } = error as { stderr?: string; signal?: string };
    if (signal.aborted || endedBy === 'SIGINT') throw error;
    throw new CommandError(`The app does not synthesize:\n${stderr ?? describeError(error)}`, undefined, {
      cause: error,
    });
  }
}

export const isRegion = (stack: string) => stack === 'primary' || stack === 'secondary';

const bindings = () => dirname(createRequire(__filename).resolve('@cdktf/provider-aws/package.json'));
