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
import { join, relative, resolve } from 'node:path';
import type { Document } from '@assistant/emulator/terraform-provider';
import { CommandError } from '../command/errors';
import { makeFolder } from '../command/files';
import { REHEARSAL, stackFolder } from '../command/project';
import { isAlive } from './emulator';

/** A stack as synthesized, as far as it is looked into here. */
type Stack = Document & {
  readonly variable?: Readonly<Record<string, { readonly sensitive?: boolean }>>;
};

/** Written before anything else: that a folder may be forgotten as a whole. */
const MARK = 'rehearsal';

/** A folder has one of these from its first moments on; an upgrade is rehearsed in one within it. */
const MARKS = [MARK, 'upgrade', 'secrets.json', 'account.jsonl'];

/** What a rehearsal keeps: what is synthesized, what of it is applied, the account, the state. */
export class RehearsalFolder {
  readonly path: string;
  /** Holds the account, and what is rehearsed of each environment in a folder of its own. */
  private readonly root: string;
  readonly outDir: string;
  readonly applied: string;
  readonly accountFile: string;

  /**
   * @param environment whose stacks are rehearsed, beside those of others in the same account
   * @throws CommandError for a folder that holds something else, which a reset would delete
   */
  constructor(
    path: string,
    readonly environment: string | undefined,
  ) {
    this.root = resolve(path);
    this.path = join(this.root, ...(environment === undefined ? [] : [environment]));
    this.outDir = join(this.path, 'cdktf.out');
    this.applied = join(this.path, 'applied');
    this.accountFile = join(this.root, 'account.jsonl');
    if (!existsSync(this.root)) return;
    const entries = statSync(this.root).isDirectory() ? readdirSync(this.root) : undefined;
    if (entries?.length === 0 || MARKS.some((mark) => entries?.includes(mark))) return;
    throw new CommandError(
      `${this.root} is no folder of a rehearsal. One begins in a folder that is empty, or not there yet.`,
    );
  }

  /** A command to type for this rehearsal, e.g. `stop`. */
  command(text: string): string {
    const elsewhere = this.root === REHEARSAL ? '' : ` --in ${JSON.stringify(this.root)}`;
    return `npm run assistant -- rehearse ${text}${elsewhere}`;
  }

  /** What was synthesized last. */
  stackNames(): readonly string[] {
    return Object.keys((this.readJson(join(this.outDir, 'manifest.json')) as { stacks: object }).stacks);
  }

  readStack(name: string): Stack {
    return this.readJson(join(this.stackFolder(name), 'cdk.tf.json')) as Stack;
  }

  regionOf(stack: string): string {
    return String(this.readStack(stack).provider?.aws?.[0]?.region);
  }

  stackFolder(name: string): string {
    return stackFolder(this.path, name, this);
  }

  /** @throws CommandError where one of them is not synthesized */
  requireStacks(names: readonly string[]): void {
    const unknown = names.find((name) => !this.stackNames().includes(name));
    if (unknown === undefined) return;
    throw new CommandError(`There is no stack "${unknown}"; there are ${this.stackNames().join(', ')}.`);
  }

  /** @throws CommandError where Terraform has nothing of this stack */
  requireDeployed(stack: string): void {
    if (existsSync(join(this.stackFolder(stack), '.terraform'))) return;
    if (existsSync(this.outDir)) this.requireStacks([stack]);
    throw new CommandError(
      `Of the stack "${stack}" nothing is rehearsed yet. Deploy it first: ${this.command(`deploy ${stack}`)}`,
    );
  }

  /** Whether Terraform's state knows a resource of the stack, or one of that type. */
  hasState(stack: string, ofType?: string): boolean {
    const file = join(this.path, stateFile(stack));
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    // An apply that has not got far leaves an empty file.
    if (text === '') return false;
    const { resources } = this.readJson(file) as { resources: readonly { readonly type: string }[] };
    return resources.some(({ type }) => ofType === undefined || type === ofType);
  }

  /** Terraform takes what stands in such a file over what is synthesized, so that no real state is near. */
  keepStateHere(stack: string): void {
    const backend = { local: { path: `../../../${stateFile(stack)}` } };
    const file = join(this.stackFolder(stack), 'backend_override.tf.json');
    writeFileSync(file, JSON.stringify({ terraform: { backend } }));
  }

  /** Terraform takes another hash for other code, and publishes a version of it. */
  renewCode(stack: string): void {
    const document = this.readStack(stack);
    for (const fn of Object.values(document.resource?.aws_lambda_function ?? {})) {
      (fn as Record<string, unknown>).source_code_hash = randomBytes(32).toString('base64');
    }
    writeFileSync(join(this.stackFolder(stack), 'cdk.tf.json'), JSON.stringify(document));
  }

  /**
   * Keeps a plan as JSON, with the values of the rehearsal's own secrets, which are none elsewhere.
   * @returns the file
   */
  keepPlan(stack: string, plan: string): string {
    const file = join(this.path, `plan.${stack}.json`);
    writeFileSync(file, plan, { mode: 0o600 });
    return file;
  }

  /** Keeps what of the stacks is applied apart from what may be synthesized later. */
  keepApplied(stacks: readonly string[]): void {
    this.forgetApplied(stacks);
    for (const stack of stacks) {
      const from = this.stackFolder(stack);
      const isOfTerraform = (file: string) => /^(\.terraform|backend_override)/.test(relative(from, file));
      cpSync(from, this.appliedFolder(stack), { recursive: true, filter: (file) => !isOfTerraform(file) });
    }
  }

  isApplied(stack: string): boolean {
    return existsSync(this.appliedFolder(stack));
  }

  forgetApplied(stacks: readonly string[]): void {
    for (const stack of stacks) rmSync(this.appliedFolder(stack), { recursive: true, force: true });
  }

  /** Lists what is applied as the emulator reads it. @returns the stacks */
  listApplied(): readonly string[] {
    const folder = join(this.applied, 'stacks');
    const stacks = existsSync(folder) ? readdirSync(folder) : [];
    mkdirSync(this.applied, { recursive: true });
    const manifest = { stacks: Object.fromEntries(stacks.map((stack) => [stack, {}])) };
    writeFileSync(join(this.applied, 'manifest.json'), JSON.stringify(manifest));
    return stacks;
  }

  /** A value of the rehearsal's own for each variable that is a secret, the same for all of its stacks. */
  secrets(stacks: readonly Stack[]): Readonly<Record<string, string>> {
    const file = join(this.path, 'secrets.json');
    const secrets = (existsSync(file) ? this.readJson(file) : {}) as Record<string, string>;
    for (const [name, { sensitive }] of stacks.flatMap(({ variable = {} }) => Object.entries(variable))) {
      if (sensitive === true) secrets[`TF_VAR_${name}`] ??= randomBytes(32).toString('hex');
    }
    writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
    return secrets;
  }

  /** Settings for Terraform's CLI that set nothing. */
  emptySettings(): string {
    const file = join(this.path, 'terraform.rc');
    writeFileSync(file, '');
    return file;
  }

  /** Two rehearsals at the same time would overwrite each other's account. */
  async locked<T>(act: () => Promise<T>): Promise<T> {
    makeFolder(this.path, 0o700);
    writeFileSync(join(this.root, MARK), '');
    const file = join(this.root, 'pid');
    this.lock(file);
    try {
      return await act();
    } finally {
      rmSync(file, { force: true });
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** @throws CommandError while its holder lives */
  private lock(file: string): void {
    try {
      // Of two that begin at the same time, one makes the file.
      writeFileSync(file, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      // One that was killed leaves its number behind, or, on a full disk, none.
      const holder = Number(readFileSync(file, 'utf8'));
      if (holder > 0 && isAlive(holder)) {
        throw new CommandError(
          `Another rehearsal is under way (process ${holder}): wait for its end. Should that process be another program by now, delete ${file}`,
        );
      }
      writeFileSync(file, String(process.pid));
    }
  }

  /** @throws CommandError for a file that was cut short */
  private readJson(file: string): unknown {
    const text = readFileSync(file, 'utf8');
    try {
      return JSON.parse(text);
    } catch (error) {
      const message = `${file} is broken, as a full disk leaves a file. Forget the rehearsal: ${this.command('reset')}`;
      throw new CommandError(message, undefined, { cause: error });
    }
  }

  private appliedFolder(stack: string): string {
    return join(this.applied, 'stacks', stack);
  }
}

const stateFile = (stack: string) => `terraform.${stack}.tfstate`;
