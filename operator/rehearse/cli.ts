import { execFile, spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { INTERRUPTS } from '../command/interruption';
import { isColourful, tell } from '../command/output';
import { PROJECT } from '../command/project';
import type { RehearsalFolder } from './folder';

/** The real CLIs, each with its output and exit code. */
export interface Cli {
  readonly cdktf: (...args: readonly string[]) => Promise<number>;
  /** Plans stacks at the same time, each into a file of its folder, and shows the plans one after the other. */
  readonly planEach: (stacks: readonly string[], file: string, options: readonly string[]) => Promise<number>;
  readonly terraform: (stack: string, ...args: readonly string[]) => Promise<number>;
  /** @returns what it prints. @throws CommandError with its own words where it fails */
  readonly quietly: (stack: string, ...args: readonly string[]) => Promise<string>;
  /**
   * What a plan of the stack would still do, or why there is none; undefined where nothing is left to do.
   * @param options of terraform plan, e.g. `-destroy`
   */
  readonly whatIsLeft: (stack: string, ...options: readonly string[]) => Promise<string | undefined>;
}

/** The CLIs on what is synthesized in a folder. @param environment besides what Terraform may have of the user's */
export function realCli(folder: RehearsalFolder, environment: Readonly<Record<string, string>>): Cli {
  const env = { ...ownEnvironment(), ...environment };
  // The stacks are synthesized already, and no provider is downloaded whose checksum could be locked.
  const options = ['--output', folder.outDir, '--skip-synth', '--skip-provider-lock'];
  const terraform = (stack: string, args: readonly string[], held?: Buffer[]) =>
    runCli('terraform', args, folder.stackFolder(stack), env, held);
  return {
    cdktf: (...args) => runCli(process.execPath, [cdktfCli(), ...args, ...options], PROJECT, env),
    planEach: async (stacks, file, flags) => {
      const plain = isColourful(process.stdout) ? [] : ['-no-color'];
      const runs = stacks.map(async (stack) => {
        const held: Buffer[] = [];
        const run = (...args: readonly string[]) =>
          terraform(stack, [...args, '-input=false', ...plain], held);
        const initialized = await run('init');
        if (initialized !== EXIT.done) return { stack, code: initialized, held };
        held.length = 0;
        return { stack, code: await run('plan', `-out=${file}`, ...flags), held };
      });
      let code: number = EXIT.done;
      for (const run of runs) {
        const ended = await run;
        tell('', `${ended.stack}:`);
        process.stdout.write(Buffer.concat(ended.held));
        code ||= ended.code;
      }
      return code;
    },
    terraform: (stack, ...args) => terraform(stack, args),
    quietly: async (stack, ...args) => {
      const { code, stdout, stderr } = await runQuietly(args, folder.stackFolder(stack), env);
      if (code === 0) return stdout;
      throw new CommandError(`terraform ${args[0] ?? ''} of ${stack} failed:\n${stdout}${stderr}`);
    },
    whatIsLeft: async (stack, ...options) => {
      const args = ['plan', '-json', '-detailed-exitcode', '-input=false', ...options];
      const { code, stdout, stderr } = await runQuietly(args, folder.stackFolder(stack), env);
      return code === 0 ? undefined : messageOf(stdout) || stderr.trim();
    },
  };
}

/** The first with what README and the backends need. */
const MIN_TERRAFORM = { major: 1, minor: 10 };

/** @throws CommandError where there is no Terraform on this machine that could be used */
export function requireTerraform(): void {
  const { error, stdout, stderr } = spawnSync('terraform', ['version', '-json'], {
    encoding: 'utf8',
    env: { ...ownEnvironment(), CHECKPOINT_DISABLE: '1' },
  });
  const [, version, major, minor] = /"terraform_version": *"((\d+)\.(\d+)\.[^"]*)"/.exec(stdout) ?? [];
  const found =
    error !== undefined
      ? 'there is no "terraform" on the PATH'
      : version === undefined
        ? `"terraform version" says ${JSON.stringify((stderr || stdout).trim())}`
        : `that on the PATH is ${version}`;
  const { major: least, minor: leastMinor } = MIN_TERRAFORM;
  if (Number(major) > least || (Number(major) === least && Number(minor) >= leastMinor)) return;
  throw new CommandError(
    `This runs the real Terraform, and ${found}. Install version ${least}.${leastMinor} or later ` +
      '(https://developer.hashicorp.com/terraform/install); a rehearsal needs no provider, account or network then.',
  );
}

/**
 * The CLI has terminal, output and signals as if it were started alone: Ctrl-C reaches it from the terminal, and what
 * asks this command alone for its end is passed on as one.
 * @param held takes what it prints, where that is not to be mixed with what another prints
 */
export async function runCli(
  program: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  held?: Buffer[],
): Promise<number> {
  let isInterrupted = false;
  const output = held === undefined ? 'inherit' : 'pipe';
  const child = spawn(program, [...args], { cwd, env, stdio: ['inherit', output, output] });
  const interrupted = (signal: NodeJS.Signals) => {
    isInterrupted = true;
    if (signal !== 'SIGINT') child.kill('SIGINT');
  };
  for (const signal of INTERRUPTS) process.on(signal, interrupted);
  try {
    return await new Promise((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (data: Buffer) => held?.push(data));
      child.once('error', reject);
      child.once('close', (code) => {
        // cdktf ends as one that is done, whatever it was interrupted in.
        resolve(isInterrupted ? EXIT.interrupted : (code ?? EXIT.failed));
      });
    });
  } finally {
    for (const signal of INTERRUPTS) process.off(signal, interrupted);
  }
}

/** Far more than a plan in JSON has. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

async function runQuietly(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  try {
    const options = { cwd, env, maxBuffer: MAX_OUTPUT_BYTES };
    return { code: 0, ...(await promisify(execFile)('terraform', [...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (stdout === undefined || stderr === undefined) throw error;
    return { code, stdout, stderr };
  }
}

/** Of what `terraform plan -json` says, line by line: its errors, or how much there is to do. */
function messageOf(lines: string): string {
  const messages = lines
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as PlanMessage);
  const errors = messages.flatMap(({ diagnostic }) =>
    diagnostic?.severity === 'error' ? [`${diagnostic.summary}. ${diagnostic.detail}`.trim()] : [],
  );
  const summary = messages.find(({ type }) => type === 'change_summary');
  return errors.join('\n') || (summary?.['@message'] ?? '');
}

/** https://developer.hashicorp.com/terraform/internals/machine-readable-ui */
interface PlanMessage {
  readonly type: string;
  readonly '@message': string;
  readonly diagnostic?: { readonly severity: string; readonly summary: string; readonly detail: string };
}

/** Terraform's settings of the user are for their own deployments; variables are for any. */
const ownEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^TF_(?!VAR_|LOG|IN_AUTOMATION)|^TERRAFORM_BINARY_NAME$/.test(name),
    ),
  );

export const cdktfCli = () =>
  join(dirname(createRequire(__filename).resolve('cdktf-cli/package.json')), 'bundle', 'bin', 'cdktf');
