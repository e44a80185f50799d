import { Argument, type Command } from 'commander';
import { type Fault, FAULT_MODES, callControl, isInMlops } from '@assistant/emulator';
import { mlopsRegion } from '../../constructs/config/mlops-config';
import { CommandError } from '../command/errors';
import { share, positive, wholeNumber } from '../command/options';
import { hanging, layOut, table, type Block } from '../command/layout';
import { tell, tellJson, WIDTH } from '../command/output';
import { projectConfig } from '../command/project';
import { regionOption, rolesIn } from '../command/region';
import { localOnlyOption, openRegions, type Role } from '../command/target';
import { requireNamed } from '../model-config/named-models';

interface AddOptions {
  readonly region?: string;
  readonly model?: string;
  readonly force: boolean;
  readonly json: boolean;
  readonly [effect: string]: unknown;
}

const MODES = layOut(
  Object.entries(FAULT_MODES).map(([target, byMode]) =>
    hanging(`  ${target}: ${Object.keys(byMode).join(', ')}`, 4),
  ),
  WIDTH,
);

export function faultCommand(command: Command): Command {
  const leaf = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .addOption(localOnlyOption('No fault can be put into AWS.'));
  leaf('add', 'injects a fault')
    .addArgument(new Argument('<target>').choices(Object.keys(FAULT_MODES)))
    .argument('<mode>')
    .addOption(regionOption())
    .option('--model <id>', 'only into calls of this model')
    .option('--rate <share>', 'share of the calls that it hits, 0 to 1', share)
    .option('--seconds <n>', 'how long it lasts, whatever --speed; without, until `clear`', positive())
    .option('--on <n>', 'flapping: seconds in force, ...', positive())
    .option('--off <n>', '... and seconds not, in turn', positive())
    .option('--ms <n>', 'with slow and drip: milliseconds', positive())
    .option('--retry-after <n>', 'with throttle: the header Retry-After, in seconds', wholeNumber(0, 86_400))
    .option('--events <n>', 'with stream_...: events of the stream that come before', wholeNumber(0, 100_000))
    .option('--force', 'also for a model that no rule of the deployed ModelConfig names', false)
    .option('--json', 'prints the fault as JSON', false)
    .addHelpText(
      'after',
      [
        '',
        'Without --region: both; `mlops` where the target is of that stack. A fault takes',
        'the place of an earlier one of the same region, target and model.',
      ].join('\n'),
    )
    .addHelpText('after', ['', 'Targets and their modes:', ...MODES].join('\n'))
    .action(add);
  leaf('list', 'shows the faults in force')
    .option('--json', 'prints them as JSON', false)
    .action(async ({ json }: { readonly json: boolean }) => {
      const faults = await faultsInForce();
      if (json) tellJson(faults);
      else tell(...faultLines(faults));
    });
  leaf('clear', 'ends all faults')
    .option('--json', 'prints the faults in force, none, as JSON', false)
    .action(async ({ json }: { readonly json: boolean }) => {
      await callControl('DELETE', '/faults');
      if (json) tellJson([]);
      else tell(...faultLines([]));
    });
  return command;
}

async function add(target: keyof typeof FAULT_MODES, mode: string, options: AddOptions): Promise<void> {
  const { region, force, json, ...effect } = options;
  const modes = Object.keys(FAULT_MODES[target]);
  if (!modes.includes(mode))
    throw new CommandError(`There is no mode ${mode} of ${target}: ${modes.join(', ')}.`);
  const roles = rolesOf(target, region);
  if (options.model !== undefined && !force) await requireNamedThere(options.model, roles);
  const fault = await callControl('POST', '/faults', {
    ...effect,
    // What is hit, where `--target local` is among the options.
    ...{ region: roles.length > 1 ? 'both' : roles[0], target, mode },
  });
  if (json) tellJson(fault);
  else tell(...faultLines([fault as Fault]));
}

function rolesOf(target: string, where: string | undefined): readonly (Role | 'mlops')[] {
  const config = projectConfig();
  const { primary, secondary } = config.regions;
  if (isInMlops(target)) return rolesIn(where ?? 'mlops', { mlops: mlopsRegion(config) });
  return rolesIn(where ?? 'both', { primary, secondary });
}

async function requireNamedThere(model: string, roles: readonly (Role | 'mlops')[]): Promise<void> {
  const regions = await openRegions('local');
  for (const role of roles) {
    if (role === 'mlops') throw new CommandError('--model: the services of the stack mlops call no model.');
    await requireNamed(model, regions[role], projectConfig());
  }
}

export const faultsInForce = async (): Promise<readonly Fault[]> =>
  (await callControl('GET', '/faults')) as readonly Fault[];

export function faultLines(faults: readonly Fault[]): readonly Block[] {
  if (faults.length === 0) return ['No faults.'];
  const rows = faults.map(({ region, target, mode, model = 'any', rate, effect, seconds, flapping }) => [
    ...[region, target, 'ms' in effect ? `${mode}, ${effect.ms} ms` : mode, model],
    `${Number((rate * 100).toFixed(3))} %`,
    `${seconds === undefined ? 'until cleared' : `${seconds} s`}${flapping ? `: ${flapping.on} s on, ${flapping.off} s off` : ''}`,
  ]);
  return [table(['region', 'target', 'mode', 'model', 'of calls', 'lasts'], rows)];
}
