import { EXIT } from '../command/exit-codes';
import { note, tell } from '../command/output';
import type { Cli } from './cli';
import type { Rehearsal, RehearsalOptions } from './rehearsal';

export interface DeployOptions extends RehearsalOptions {
  /** Whether the emulator serves what is deployed. */
  readonly serve: boolean;
}

type Command = 'deploy' | 'destroy';

/**
 * Deploys or destroys stacks by cdktf. Each that has ended well comes into force, whatever became of the others.
 * @param args stacks, and what is for the CLI
 * @returns the exit code of the CLI
 */
export async function rehearseDeploy(
  rehearsal: Rehearsal,
  command: Command,
  args: readonly string[],
  options: DeployOptions,
): Promise<number> {
  const { folder, emulator } = rehearsal;
  const stacks = stacksOf(args);
  if (options.serve) await emulator.requirePorts();
  const { code, left } = await rehearsal.withSynthesized(options, async (cli) => {
    folder.requireStacks(stacks);
    const ended = await cli.cdktf(command, ...args);
    // What is to be approved by hand may have been declined.
    const isDone = ended === EXIT.done && args.includes('--auto-approve');
    return {
      code: ended,
      left: isDone ? new Map<string, string>() : await whatIsLeft(rehearsal, cli, command, stacks),
    };
  });
  const done = stacks.filter((stack) => !left.has(stack));
  if (command === 'deploy') folder.keepApplied(done);
  else folder.forgetApplied(done);
  const isRunning = async () => (await emulator.portBase()) !== undefined;
  const ranBefore = await isRunning();
  for (const [stack, reason] of left) {
    const isServed = ranBefore && folder.isApplied(stack);
    note('', `${stack} is not ${PAST[command]}${isServed ? ', and is served as before' : ''}:`, reason);
  }
  if (left.size > 0) {
    const again = folder.command(`${command} ${[...left.keys()].join(' ')}`);
    note('', `What was done stands in the state; the next ${command} goes on from there: ${again}`);
  }
  const url = options.serve && done.length > 0 ? await rehearsal.serve() : undefined;
  if (url !== undefined) tell(`What is deployed is served at ${url}, until: ${folder.command('stop')}`);
  if (ranBefore && done.includes('mlops') && (await isRunning()))
    note('The mlops stack is served as it was when the emulator began, until that begins anew.');
  return code;
}

const PAST: Readonly<Record<Command, string>> = { deploy: 'deployed', destroy: 'destroyed' };

/** The stacks stand before the first option. */
export function stacksOf(args: readonly string[]): readonly string[] {
  const flag = args.findIndex((arg) => arg.startsWith('-'));
  return flag < 0 ? args : args.slice(0, flag);
}

/** By stack, why its deploy or destroy has not ended well; cdktf does not say for which of several it did. */
async function whatIsLeft(
  { folder }: Rehearsal,
  cli: Cli,
  command: Command,
  stacks: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const options = command === 'deploy' ? [] : ['-destroy'];
  const asked = command === 'deploy' ? stacks : stacks.filter((stack) => folder.hasState(stack));
  const left = await Promise.all(
    asked.map(async (stack) => [stack, await cli.whatIsLeft(stack, ...options)] as const),
  );
  return new Map(
    left.flatMap(([stack, message]) => (message === undefined ? [] : [[stack, withAdvice(message)]])),
  );
}

const withAdvice = (message: string): string =>
  message.includes('prevent_destroy')
    ? `${message}\nWhere it may be lost: deploy first with deletionProtection (of mlops, evacuation or conversations) false in cdktf.json; here, without --deletion-protection.`
    : message;
