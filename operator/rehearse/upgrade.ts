import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { readLayers } from '../../constructs/config/read-config';
import { CommandError, describeError } from '../command/errors';
import { untilInterrupted } from '../command/interruption';
import { note } from '../command/output';
import { PROJECT } from '../command/project';
import { readPlan } from '../plan-summary/read-plan';
import { summarize, type Summary } from '../plan-summary/summarize';
import type { Cli } from './cli';
import { USUAL_ACCOUNT, type App, type Rehearsal } from './rehearsal';

export interface UpgradeOptions {
  readonly from: string;
  readonly apply: boolean;
}

/** What an upgrade does to a stack; a refusal may come before its plan, or when that is applied. */
export interface Upgrade {
  readonly stack: string;
  readonly summary?: Summary;
  readonly refusal?: string;
}

/**
 * Deploys another revision of the project into an empty account, and plans this one over it. A stack that is refused
 * does not keep the others from being tried.
 * @param stacks all, where none is named
 */
export function rehearseUpgrade(
  rehearsal: Rehearsal,
  stacks: readonly string[],
  { from, apply }: UpgradeOptions,
): Promise<readonly Upgrade[]> {
  const wanted = () =>
    rehearsal.folder.stackNames().filter((name) => stacks.length === 0 || stacks.includes(name));
  return untilInterrupted(
    'The account of an upgrade is its own, and the next one begins anew.',
    async (signal) => {
      const refusals = new Map<string, string>();
      /** What was refused as it was, is not tried as it is. */
      const each = async (when: string, act: (stack: string) => Promise<void>) => {
        for (const stack of wanted().filter((name) => !refusals.has(name))) {
          signal.throwIfAborted();
          await act(stack).catch((error: unknown) => {
            signal.throwIfAborted();
            if (!(error instanceof CommandError)) throw error;
            refusals.set(stack, `${when}, it is refused: ${error.message}`);
          });
          // Terraform may have come to its end all the same.
          signal.throwIfAborted();
        }
      };
      // A name that is mistaken is not to cost what the last upgrade has left.
      if (stacks.length > 0) {
        await rehearsal.withSynthesized(USUAL_ACCOUNT, () => {
          rehearsal.folder.requireStacks(stacks);
          return Promise.resolve();
        });
      }
      const before = await withRevision(from, signal, async (app) => {
        await rehearsal.reset();
        return rehearsal.withSynthesized(
          USUAL_ACCOUNT,
          async (cli) => {
            await each('As it was', (stack) => deploy(cli, stack));
            return wanted();
          },
          app,
        );
      });
      return rehearsal.withSynthesized(USUAL_ACCOUNT, async (cli) => {
        const gone = before.filter((stack) => !wanted().includes(stack));
        if (gone.length > 0) {
          note(
            `No longer in the app, and left as deployed until somebody destroys them: ${gone.join(', ')}.`,
          );
        }
        const summaries = new Map<string, Summary>();
        await each('As it is', async (stack) => {
          const plan = await planStack(cli, stack);
          rehearsal.folder.keepPlan(stack, plan);
          summaries.set(stack, summarize(readPlan(plan)));
          if (apply) await applyPlan(cli, stack);
        });
        return wanted().map((stack) => {
          const [summary, refusal] = [summaries.get(stack), refusals.get(stack)];
          return { stack, ...(summary && { summary }), ...(refusal !== undefined && { refusal }) };
        });
      });
    },
  );
}

async function deploy(cli: Cli, stack: string): Promise<void> {
  note(`Deploying ${stack} as it was …`);
  await cli.quietly(stack, 'init', '-input=false', '-no-color');
  await cli.quietly(stack, 'apply', '-auto-approve', '-input=false', '-no-color');
}

const PLAN_FILE = 'upgrade.tfplan';

async function planStack(cli: Cli, stack: string): Promise<string> {
  note(`Planning ${stack} as it is …`);
  await cli.quietly(stack, 'init', '-input=false', '-no-color');
  await cli.quietly(stack, 'plan', `-out=${PLAN_FILE}`, '-input=false', '-no-color');
  return cli.quietly(stack, 'show', '-json', PLAN_FILE);
}

async function applyPlan(cli: Cli, stack: string): Promise<void> {
  note(`Deploying ${stack} as it is …`);
  await cli.quietly(stack, 'apply', '-input=false', '-no-color', PLAN_FILE);
  const left = await cli.whatIsLeft(stack);
  if (left !== undefined) throw new CommandError(`Once it is deployed, a second plan is not empty: ${left}`);
}

/** Takes a revision's files out of git into a folder, with the dependencies that its lock file names. */
async function withRevision<T>(
  revision: string,
  signal: AbortSignal,
  act: (app: App) => Promise<T>,
): Promise<T> {
  const run = (program: string, args: readonly string[], cwd = PROJECT) =>
    runTool(program, args, cwd, signal);
  const verify = ['rev-parse', '--verify', '--end-of-options', `${revision}^{tree}`];
  const tree = await run('git', verify).catch(() => {
    signal.throwIfAborted();
    throw new CommandError(
      `There is no revision "${revision}" in this repository: name a commit, branch or tag.`,
    );
  });
  const parent = mkdtempSync(join(tmpdir(), 'assistant-revision-'));
  try {
    const archive = join(parent, 'revision.tar');
    const folder = join(parent, 'project');
    await run('git', ['archive', '--prefix=project/', `--output=${archive}`, tree.trim()]);
    await run('tar', ['-xf', archive, '-C', parent]);
    const lock = (project: string) => readFileSync(join(project, 'package-lock.json'), 'utf8');
    if (lock(folder) === lock(PROJECT)) {
      symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    } else {
      note('Its dependencies are others: npm ci …');
      await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
    }
    // By its own app, which knows its keys.
    const { assistant } = readLayers(
      { ...process.env, CDKTF_CONTEXT_JSON: undefined },
      join(folder, 'cdktf.json'),
    );
    return await act({ folder, config: assistant as AssistantConfig });
  } finally {
    // What was interrupted may still be writing.
    rmSync(parent, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runTool(
  program: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return (await promisify(execFile)(program, [...args], { cwd, signal })).stdout;
  } catch (error) {
    const { stderr = '', signal: endedBy } = error as { stderr?: string; signal?: string };
    if (signal.aborted || endedBy === 'SIGINT') throw error;
    throw new CommandError(
      `${program} ${args[0] ?? ''} failed: ${stderr || describeError(error)}`,
      undefined,
      { cause: error },
    );
  }
}
