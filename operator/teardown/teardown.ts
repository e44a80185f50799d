import { existsSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { CommandError, describeError, isSignedOut } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { makeFolder } from '../command/files';
import { table } from '../command/layout';
import { note, tell } from '../command/output';
import { counted } from '../command/words';
import type { Data } from './data';
import { holdingsOf, isProtected, STACKS, type Holding, type StackName } from './holdings';

/** How stacks are changed: by the real CLI, on AWS or in a rehearsal. */
export interface Deployment {
  /** Deploys a stack with nothing in it protected. @returns the CLI's exit code */
  unprotect(stack: StackName): Promise<number>;
  /** @returns the CLI's exit code */
  destroy(stacks: readonly StackName[]): Promise<number>;
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
 * Leads through a destroy: names what holds data, exports it, unprotects one stack after the other, and destroys them.
 * Each step is asked for; until the last one, what is there still serves.
 */
export async function teardown(options: TeardownOptions): Promise<void> {
  const { config, data, deployment, exportTo, agree } = options;
  const stacks = STACKS.filter((stack) => options.stacks.includes(stack));
  const holdings = holdingsOf(config, stacks);
  const counts = new Map<Holding, string | undefined>();
  const uncounted = new Set<Holding>();
  for (const holding of holdings) {
    counts.set(
      holding,
      await data.count(holding).catch((error: unknown) => {
        if (isSignedOut(error))
          throw new CommandError(`${describeError(error)} Nothing is destroyed.`, EXIT.failed, {
            cause: error,
          });
        uncounted.add(holding);
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
  else await exportAll(holdings, data, exportTo);

  for (const stack of stacks.filter((each) => isProtected(config, each))) {
    await agree(
      `Unprotect ${stack}? It is deployed with deletionProtection false, and goes on serving.`,
      'Nothing is destroyed; what was unprotected is protected again by the next deploy.',
    );
    await succeed(deployment.unprotect(stack), `${stack} is not unprotected, and nothing is destroyed.`);
  }
  await agree(
    `Destroy ${stacks.join(', ')} of ${config.project}? What is in the table above is lost.`,
    'Nothing is destroyed; the next deploy protects again.',
  );
  for (const holding of holdings.filter(({ kind }) => kind === 'versions')) {
    const deleted = await data.deleteVersions(holding);
    if (deleted > 0)
      note(
        `Deleted in ${holding.region}: ${counted(deleted, 'version')} of ModelConfig that operators had made.`,
      );
  }
  // What could not be counted cannot be emptied: AWS says so at the destroy, where there is something in it.
  for (const holding of holdings.filter((each) => each.kind === 'register' && !uncounted.has(each))) {
    const deleted = await data.deleteVersions(holding);
    if (deleted > 0)
      note(`Deleted in ${holding.region}: ${deleted} packages of the register of tuned models.`);
  }
  await succeed(deployment.destroy(stacks), 'Not all is destroyed. Run it again: it goes on from there.');
  tell(`Destroyed: ${stacks.join(', ')}.`, ...leftOver(stacks).map((line) => `- ${line}`));
}

/** What a destroy leaves, as AWS has it or Terraform keeps it. */
const leftOver = (stacks: readonly StackName[]): readonly string[] => [
  'Terraform’s states, without resources: files of this project, or objects in the buckets of backend. They held secrets.',
  'The hosted zone, SNS topics and the state’s buckets, which no stack has made.',
  ...(stacks.includes('mlops')
    ? ['The training key, which KMS deletes after its waiting period; tuned models and their deployments.']
    : []),
];

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

async function succeed(code: Promise<number>, otherwise: string): Promise<void> {
  if ((await code) !== 0) throw new CommandError(otherwise);
}
