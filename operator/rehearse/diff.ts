import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { note } from '../command/output';
import { stacksOf } from './deploy';
import type { Rehearsal, RehearsalOptions } from './rehearsal';

/** Where cdktf leaves a stack's plan, too. */
const PLAN = 'plan';

/**
 * Plans one stack by cdktf, or several by Terraform itself, and keeps each plan as JSON.
 * @param args stacks, and what is for the CLI
 * @returns the exit code of the CLI
 */
export async function rehearseDiff(
  rehearsal: Rehearsal,
  args: readonly string[],
  options: RehearsalOptions,
): Promise<number> {
  const { folder } = rehearsal;
  const stacks = stacksOf(args);
  const flags = args.slice(stacks.length);
  return rehearsal.withSynthesized(options, async (cli) => {
    folder.requireStacks(stacks);
    const plan = (stack: string) => join(folder.stackFolder(stack), PLAN);
    for (const stack of stacks) rmSync(plan(stack), { force: true });
    const [only, ...others] = stacks;
    // Of several stacks, cdktf would plan the first alone, and not say so.
    const code =
      only !== undefined && others.length === 0
        ? await cli.cdktf('diff', only, ...flags)
        : await cli.planEach(stacks, PLAN, flags);
    const planned = stacks.filter((each) => existsSync(plan(each)));
    const plans = await Promise.all(planned.map((stack) => cli.quietly(stack, 'show', '-json', PLAN)));
    planned.forEach((stack, index) => {
      const file = folder.keepPlan(stack, plans[index] ?? '');
      note(`Sum it up: npm run assistant -- plan-summary ${JSON.stringify(file)} --name ${stack}`);
    });
    return code;
  });
}
