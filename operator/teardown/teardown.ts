import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { CommandError, describeError, isSignedOut } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { makeFolder } from '../command/files';
import { untilInterrupted } from '../command/interruption';
import { table } from '../command/layout';
import { note, tell } from '../command/output';
import { counted } from '../command/words';
import { type Data, isGone } from './data';
import { holdingsOf, isProtected, STACKS, type Holding, type StackName } from './holdings';

/** How stacks are changed: by the real CLI, on AWS or in a rehearsal. */
export interface Deployment {
  /** Deploys a stack with nothing in it protected. @returns the CLI's exit code, which is 0 where its plan is declined */
  unprotect(stack: StackName): Promise<number>;
  /** Whether AWS refuses to delete its data; not so, too, where that is gone. @returns undefined where it is not known */
  isProtected(stack: StackName): Promise<boolean | undefined>;
  /** Asks nobody. @returns the CLI's exit code */
  destroy(stack: StackName): Promise<number>;
}

interface TeardownOptions {
  readonly config: AssistantConfig;
  readonly stacks: readonly StackName[];
  readonly data: Data;
  readonly deployment: Deployment;
  /** Where data is exported to before anything is changed. */
  readonly exportTo?: string;
  /** @throws CommandError unless the operator agrees */
  readonly agree: (question: string, otherwise: string) => Promise<void>;
}

/**
 * Leads through a destroy: names what holds data, exports it, unprotects one stack after the other, and destroys them
 * one after the other. Each step is asked for, the destroys as one; until that is agreed to, what is there still serves,
 * and each stack until it is its turn.
 */
export async function teardown(options: TeardownOptions): Promise<void> {
  const { config, data, deployment, exportTo, agree } = options;
  const stacks = STACKS.filter((stack) => options.stacks.includes(stack));
  const holdings = holdingsOf(config, stacks);
  const counts = new Map<Holding, string | undefined>();
  const [uncounted, gone] = [new Set<Holding>(), new Set<Holding>()];
  for (const holding of holdings) {
    counts.set(
      holding,
      await data.count(holding).catch((error: unknown) => {
        if (isSignedOut(error))
          throw new CommandError(`${describeError(error)} Nothing is destroyed.`, EXIT.failed, {
            cause: error,
          });
        uncounted.add(holding);
        if (isGone(error)) {
          gone.add(holding);
          return 'nothing: it is not there';
        }
        return `not counted: ${describeError(error)}`;
      }),
    );
  }
  tell(
    'What holds data, and goes with its stack:',
    table(
      ['stack', 'region', 'what', 'holds'],
      holdings.map((holding) => [
        `${holding.stack}${isProtected(config, holding.stack) ? ', protected' : ''}`,
        holding.region,
        `${holding.name}: ${holding.what}`,
        counts.get(holding) ?? '',
      ]),
    ),
  );
  if (exportTo === undefined) note('Nothing of it is exported: --export FOLDER does it.');
  else
    await exportAll(
      holdings.filter((holding) => !gone.has(holding)),
      data,
      exportTo,
    );

  await untilInterrupted(
    `Nothing is destroyed. ${AGAIN}`,
    async (signal) => {
      const unknown = () => undefined;
      for (const stack of stacks.filter((each) => isProtected(config, each))) {
        // To deploy what an earlier run has destroyed would bring it back.
        if ((await deployment.isProtected(stack).catch(unknown)) === false) continue;
        await agree(
          `Unprotect ${stack}? It is deployed with deletionProtection false, and goes on serving.`,
          'Nothing is destroyed; what was unprotected is protected again by the next deploy.',
        );
        signal.throwIfAborted();
        const otherwise = `${stack} is not unprotected, and nothing is destroyed.`;
        const code = await deployment.unprotect(stack);
        signal.throwIfAborted();
        requireDone(code, otherwise);
        if (await deployment.isProtected(stack).catch(unknown)) throw new CommandError(otherwise);
      }
      signal.throwIfAborted();
      await agree(
        `Destroy ${stacks.join(', ')} of ${config.project}? What is in the table above is lost. Nothing is asked after this.`,
        'Nothing is destroyed; the next deploy protects again.',
      );
      const isInterrupted = () => signal.aborted;
      for (const stack of stacks) {
        const others = stacks.slice(stacks.indexOf(stack) + 1);
        const neither = others.length > 0 ? `; untouched: ${others.join(', ')}` : '';
        const goOn = `${stack} is not destroyed${neither}. ${AGAIN}`;
        const deleted = await deleteVersions(
          holdings.filter(
            (holding) => holding.stack === stack && !(holding.kind === 'register' && uncounted.has(holding)),
          ),
          data,
        ).catch((error: unknown) => {
          throw new CommandError(`${describeError(error)}\n${goOn}`, EXIT.failed, { cause: error });
        });
        const otherwise = [...deleted, goOn].join(' ');
        if (isInterrupted()) throw new CommandError(`Interrupted. ${otherwise}`, EXIT.interrupted);
        const code = await deployment.destroy(stack);
        if (isInterrupted())
          throw new CommandError(
            `Interrupted: ${stack} may be destroyed in part${neither}. ${AGAIN}`,
            EXIT.interrupted,
          );
        requireDone(code, otherwise);
      }
    },
    'Nothing further is begun.',
  );
  tell(`Destroyed: ${stacks.join(', ')}.`, ...leftOver(stacks).map((line) => `- ${line}`));
}

const AGAIN = 'Run it again: it goes on from there.';

/** What a destroy leaves, as AWS has it or Terraform keeps it. */
const leftOver = (stacks: readonly StackName[]): readonly string[] => [
  'Terraform’s states, without resources: files of this project, or objects in the buckets of backend. They held secrets.',
  'The hosted zone, SNS topics and the state’s buckets, which no stack has made.',
  ...(stacks.includes('mlops')
    ? ['The training key, which KMS deletes after its waiting period; tuned models and their deployments.']
    : []),
];

/**
 * Just before the stack goes, since its profile or group cannot go with them. What could not be counted of the register
 * cannot be emptied: AWS says so at the destroy, where there is something in it.
 * @returns what is to be known where the stack stays all the same
 */
async function deleteVersions(holdings: readonly Holding[], data: Data): Promise<readonly string[]> {
  const told: string[] = [];
  for (const holding of holdings) {
    if (holding.kind !== 'versions' && holding.kind !== 'register') continue;
    const deleted = await data.deleteVersions(holding);
    if (deleted === 0) continue;
    if (holding.kind === 'register')
      note(`Deleted in ${holding.region}: ${counted(deleted, 'package')} of the register of tuned models.`);
    else {
      note(
        `Deleted in ${holding.region}: ${counted(deleted, 'version')} of ModelConfig that operators had made.`,
      );
      told.push(
        `The rules that operators had made are deleted in ${holding.region}: where it is to go on serving, deploy them again (npm run assistant -- models deploy FILE --region ${holding.region}).`,
      );
    }
  }
  return told;
}

async function exportAll(holdings: readonly Holding[], data: Data, exportTo: string): Promise<void> {
  const folder = resolve(exportTo);
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new CommandError(`${folder} is not empty. Name a folder that is, or that is not there yet.`);
  }
  makeFolder(folder, 0o700);
  for (const holding of holdings) {
    const written = await data.export(holding, folder);
    if (written !== undefined) note(`Exported: ${written}`);
  }
  note(
    'Not exported: logs (aws logs create-export-task), older versions of training data.',
    `It is in ${folder}, with customers’ text where there is some: keep it as such.`,
  );
}

function requireDone(code: number, otherwise: string): void {
  if (code !== EXIT.done) throw new CommandError(otherwise, code);
}
