import { Option, type Command } from 'commander';
import { openTarget, type TargetOptions } from '../target/open-target';
import type { Target } from '../target/target';

export const withTargetOption = (command: Command): Command =>
  command.addOption(
    new Option('--target <where>', 'a running `npm start`, or a deployment')
      .choices(['local', 'aws'])
      .default('local'),
  );

/** Opens the target, and closes it whatever happens. */
export async function withTarget(
  options: TargetOptions,
  act: (target: Target) => Promise<void>,
): Promise<void> {
  const target = await openTarget(options);
  try {
    await act(target);
  } finally {
    target.close();
  }
}
