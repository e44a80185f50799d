import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { projectConfig } from '../../operator/command/project';
import { withoutPlaceholders } from '../../operator/rehearse/placeholders';
import type { Cli } from '../../operator/rehearse/cli';
import { Rehearsal, USUAL_ACCOUNT } from '../../operator/rehearse/rehearsal';
import { changeKey, KEY_CHANGES, type Consequences } from './key-changes';

interface PlannedChange {
  readonly type: string;
  readonly mode: 'managed' | 'data';
  readonly change: { readonly actions: readonly string[] };
}

const KINDS: Readonly<Record<string, keyof Consequences>> = {
  update: 'changed',
  'delete,create': 'replaced',
  'create,delete': 'replaced',
  create: 'created',
  delete: 'destroyed',
};

/**
 * Deploys the project into an empty account, then changes one key after the other: what the real Terraform plans of
 * each, and applies.
 * @param isWanted the keys before the first one that is wanted have changed in the first deployment already
 */
export async function recordKeyChanges(
  isWanted: (key: string) => boolean,
): Promise<Readonly<Record<string, Consequences>>> {
  const first = KEY_CHANGES.findIndex(({ key }) => isWanted(key));
  const last = KEY_CHANGES.findLastIndex(({ key }) => isWanted(key));
  if (first < 0) throw new Error('No such key is in docs/generate/key-changes.ts.');
  const folder = mkdtempSync(join(tmpdir(), 'key changes '));
  const rehearsal = new Rehearsal(folder);
  const withStacks = <T>(config: AssistantConfig, act: (cli: Cli) => Promise<T>) =>
    rehearsal.withSynthesized(USUAL_ACCOUNT, act, { folder: join(__dirname, '..', '..'), config });
  const deploy = (config: AssistantConfig) =>
    withStacks(config, async (cli) =>
      (await Promise.all(rehearsal.folder.stackNames().map((stack) => apply(cli, stack)))).flat(),
    );
  const destroy = (stack: string, config: AssistantConfig) =>
    withStacks(config, (cli) => apply(cli, stack, '-destroy'));
  try {
    let config = KEY_CHANGES.slice(0, first).reduce(changeKey, withoutPlaceholders(projectConfig()));
    await deploy(config);
    const recorded: Record<string, Consequences> = {};
    let isDeployed = true;
    for (const change of KEY_CHANGES.slice(first, last + 1)) {
      const { key, destroyFirst = [] } = change;
      // What is between those that are wanted is deployed together.
      if (!isDeployed && (isWanted(key) || destroyFirst.length > 0)) await deploy(config);
      const before: PlannedChange[] = [];
      for (const stack of destroyFirst) before.push(...(await destroy(stack, config)));
      config = changeKey(config, change);
      isDeployed = isWanted(key) || destroyFirst.length > 0;
      const plans = isDeployed ? [...before, ...(await deploy(config))] : [];
      if (isWanted(key)) recorded[key] = consequences(plans);
    }
    return recorded;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns what the plan was */
async function apply(
  cli: Cli,
  stack: string,
  ...options: readonly string[]
): Promise<readonly PlannedChange[]> {
  await cli.quietly(stack, 'init', '-input=false');
  await cli.quietly(stack, 'plan', '-input=false', '-out=change.tfplan', ...options);
  const plan = JSON.parse(await cli.quietly(stack, 'show', '-json', 'change.tfplan')) as {
    readonly resource_changes?: readonly PlannedChange[];
  };
  await cli.quietly(stack, 'apply', '-input=false', 'change.tfplan');
  return plan.resource_changes ?? [];
}

function consequences(changes: readonly PlannedChange[]): Consequences {
  const counted = { changed: {}, replaced: {}, created: {}, destroyed: {} } as Record<
    keyof Consequences,
    Record<string, number>
  >;
  for (const { type, mode, change } of changes) {
    const kind = KINDS[change.actions.join()];
    if (mode === 'data' || kind === undefined) continue;
    counted[kind][type] = (counted[kind][type] ?? 0) + 1;
  }
  return counted;
}
