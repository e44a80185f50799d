import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { note, tell } from '../command/output';
import { projectConfig } from '../command/project';
import type { Cli } from './cli';
import { isRegion, type Rehearsal, type RehearsalOptions } from './rehearsal';

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
  const isUnreachable = (stack: string) =>
    command === 'destroy' && isRegion(stack) && !folder.hasState(stack, 'aws_route53_record');
  if (command === 'deploy') folder.keepApplied(done);
  else folder.forgetApplied([...done, ...[...left.keys()].filter(isUnreachable)]);
  const isRunning = async () => (await emulator.portBase()) !== undefined;
  const ranBefore = await isRunning();
  const regions = left.size > 0 ? await emulator.versionsOfOperators(projectConfig()) : [];
  for (const [stack, reason] of left) {
    const served = isUnreachable(stack)
      ? ` to the end; DNS leads nobody there any more${options.serve ? ', and it is no longer served' : ''}`
      : ranBefore && folder.isApplied(stack)
        ? ', and is served as before'
        : '';
    note('', `${stack} is not ${PAST[command]}${served}:`, reason);
    const isKept = command === 'destroy' && regions.includes(folder.regionOf(stack));
    if (isKept && folder.hasState(stack, PROFILE)) note(VERSIONS_ADVICE, ...(options.serve ? [HERE] : []));
  }
  if (left.size > 0) {
    // A state that a full disk has cut short is no place to go on from.
    for (const stack of left.keys()) folder.hasState(stack);
    const again = folder.command(`${command} ${[...left.keys()].join(' ')}`);
    note('', `What was done stands in the state; the next ${command} goes on from there: ${again}`);
  }
  const isOther = done.length > 0 || [...left.keys()].some(isUnreachable);
  const url = options.serve && isOther ? await rehearsal.serve() : undefined;
  if (url !== undefined) tell(`What is deployed is served at ${url}, until: ${folder.command('stop')}`);
  if (ranBefore && done.includes('mlops') && (await isRunning()))
    note('The mlops stack is served as it was when the emulator began, until that begins anew.');
  return code;
}

const PAST: Readonly<Record<Command, string>> = { deploy: 'deployed', destroy: 'destroyed' };

const PROFILE = 'aws_appconfig_configuration_profile';

const VERSIONS_ADVICE =
  'AppConfig deletes no profile that has versions which operators have made. In AWS, `npm run assistant -- teardown` ' +
  'deletes them first.';
const HERE = 'Here they go with what is no longer served: destroy again.';

/** Options of cdktf that may be followed by their value. */
const WITH_VALUE = new Set([
  '--log-level',
  '--outputs-file',
  '--parallelism',
  '--terraform-parallelism',
  '--var',
  '--var-file',
]);

/**
 * The stacks stand before the first option.
 * @throws CommandError for one that is named twice, and for what stands after an option: cdktf would take it for a stack
 */
export function stacksOf(args: readonly string[]): readonly string[] {
  const first = args.findIndex((arg) => arg.startsWith('-'));
  const stacks = first < 0 ? args : args.slice(0, first);
  const twin = stacks.find((stack, index) => stacks.indexOf(stack) < index);
  // Each would wait for the other's lock on the state.
  if (twin !== undefined) throw new CommandError(`"${twin}" is named twice.`);
  const late = args.find(
    (arg, index) => index >= stacks.length && !arg.startsWith('-') && !WITH_VALUE.has(args[index - 1] ?? ''),
  );
  if (late === undefined) return stacks;
  throw new CommandError(
    `"${late}" stands after an option. Name the stacks first, e.g. primary secondary --auto-approve`,
  );
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
