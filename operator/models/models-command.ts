import { type Command, InvalidArgumentError } from 'commander';
import { areGood } from '../command/check';
import { CommandError } from '../command/errors';
import { EXIT } from '../command/exit-codes';
import { fileToWrite, positiveWhole } from '../command/options';
import { note, tell, tellJson } from '../command/output';
import { projectConfig } from '../command/project';
import { regionOption, servingRoles } from '../command/region';
import { openRegions, type Role, targetOption, type TargetName } from '../command/target';
import { readScp, scpOption } from '../preflight/role';
import { fileFaults } from '../model-config/model-config-file';
import { regionTitle, type RollOutTarget } from '../model-config/roll-out';
import { withModelConfigs } from '../model-config/target';
import { type Change, deploy, rollback, set } from './change';
import { diff, history, type Look, show, status } from './look';
import { parseRuleTier, type RuleTier } from './set-model';
import { tryCommand } from './try-command';

const HELP = `
Which models answer what: the ModelConfig in AppConfig. A change goes to the
standby region first, and to the primary when the standby has it; in each to
more and more functions (modelConfigRollout in cdktf.json), until an alarm takes
it back or nothing has happened. It is refused where somebody has changed the
rules since you were shown them, and where it brings a model that cannot be
called (preflight --help; within an organization's policy where --scp names one;
--force goes on all the same). Ctrl-C leaves a deployment under way: run the
same command again to follow it.

  npm run assistant -- models show --out rules.json
  npm run assistant -- models deploy rules.json
  npm run assistant -- models set general.primary us.amazon.nova-2-lite-v1:0
  npm run assistant -- models rollback

Exit codes: ${EXIT.done} in force; ${EXIT.failed} failed, or taken back; ${EXIT.incomplete} one region has it, or
was reached, and another not; ${EXIT.stopped} somebody has stopped it.`;

const ROLLBACK_HELP = `
Where a deployment is under way, it ends that. Else it deploys, to all functions
at once, the rules that were in force before; given again, those from before
these, and never what was rolled back: that, as any other version, is deployed
by --to. Where nothing is left from before, it is refused.`;

interface Where {
  readonly target: TargetName;
  readonly region: string;
}
type LookOptions = Where & Pick<Look, 'json'>;
type RollbackOptions = Where & Pick<Change, 'yes' | 'expect'>;
type ChangeOptions = RollbackOptions & Pick<Change, 'now' | 'force'> & { readonly scp?: string | undefined };

export function modelsCommand(command: Command): Command {
  const leaf = (name: string, description: string) =>
    command.command(name).description(description).addOption(targetOption()).addOption(regionOption('both'));
  const looking = (name: string, description: string) =>
    leaf(name, description).option('--json', 'prints it as JSON', false);
  const changing = (name: string, description: string) =>
    leaf(name, description)
      .option('--yes', 'does not ask', false)
      .option('--expect <rules>', 'refused unless these are in force: `rules` of show, 12 digits', rulesId);

  const deploying = (name: string, description: string) =>
    changing(name, description)
      .option('--now', 'to all functions in one; no alarm takes it back', false)
      .addOption(scpOption())
      .option('--force', 'even a model that cannot be called, as preflight has it', false);

  looking('show', 'shows which models answer what')
    .option('--out <file>', 'writes the ModelConfig there', fileToWrite)
    .action(({ out, json, ...where }: LookOptions & { readonly out?: string }) =>
      at(where, (place) => show({ ...place, json }, out)),
    );
  command
    .command('validate <file>')
    .description('says whether a file can be deployed; AWS is not asked')
    .option('--json', 'prints the faults as JSON', false)
    .action((file: string, { json }: Pick<Look, 'json'>) => {
      validate(file, json);
    });
  looking('diff <file>', 'shows what a file would change').action(
    (file: string, { json, ...where }: LookOptions) => at(where, (place) => diff({ ...place, json }, file)),
  );
  deploying('set', 'gives a tier of a rule another model')
    .argument('<rule>', 'general.primary, default.fallback, …', ruleTier)
    .argument('<model>', 'its id, or the ARN of a profile or deployment')
    .action((rule: RuleTier, model: string, { target, region, scp, ...how }: ChangeOptions) =>
      at({ target, region, scp }, (place) => set({ ...place, ...how }, rule, model)),
    );
  deploying('deploy <file>', 'deploys a file').action(
    (file: string, { target, region, scp, ...how }: ChangeOptions) =>
      at({ target, region, scp }, (place) => deploy({ ...place, ...how }, file)),
  );
  looking('status', 'shows what is in force, under way, or was taken back').action(
    ({ json, ...where }: LookOptions) => at(where, (place) => status({ ...place, json })),
  );
  changing('rollback', 'takes back what is under way, or returns to the rules from before')
    .option('--to <version>', 'a version, as history shows them', positiveWhole)
    .addHelpText('after', ROLLBACK_HELP)
    .action(({ yes, expect, to, ...where }: RollbackOptions & { readonly to?: number }) =>
      at(where, (place) => rollback({ ...place, yes, expect }, to)),
    );
  looking('history', 'shows what was deployed, the newest first')
    .option('--last <n>', 'so many deployments', positiveWhole, 10)
    .action(({ json, last, ...where }: LookOptions & { readonly last: number }) =>
      at(where, (place) => history({ ...place, json }, last)),
    );
  tryCommand(command.command('try'));
  return command.addHelpText('after', HELP);
}

interface Place {
  readonly target: RollOutTarget;
  readonly roles: readonly Role[];
  readonly preflight: Change['preflight'];
}

function at(
  { target, region, scp }: Where & Pick<ChangeOptions, 'scp'>,
  act: (place: Place) => Promise<void>,
): Promise<void> {
  const config = projectConfig();
  const policy = scp === undefined ? undefined : readScp(scp);
  const roles = servingRoles(region, config);
  const preflight: Change['preflight'] = async (plan) => {
    // What it needs of AWS takes longer to load than most of these commands.
    const { findingLines, preflight: look } = await import('../preflight/preflight.ts');
    const regions = await openRegions(target);
    const models = await look(
      regions[plan.role],
      plan.config,
      { config, now: regions.modelsNow, scp: policy },
      plan.before.config,
    );
    const lines = findingLines(models);
    if (lines.length > 0) note(`Preflight of what is new in ${regionTitle(plan)}:`, ...lines);
    return models.every(({ checks }) => areGood(checks));
  };
  return withModelConfigs(target, (opened) => act({ target: opened, roles, preflight }));
}

/** One that was cut would be taken for other rules. */
function rulesId(text: string): string {
  if (/^[0-9a-f]{12}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 12 hexadecimal digits, as models show has them.');
}

function ruleTier(text: string): RuleTier {
  const parsed = parseRuleTier(text);
  if (parsed) return parsed;
  throw new InvalidArgumentError('It must be a type and a tier: general.primary.');
}

function validate(file: string, json: boolean): void {
  const faults = fileFaults(file, projectConfig());
  if (json) tellJson({ valid: faults.length === 0, faults });
  else if (faults.length === 0) tell(`${file} can be deployed.`);
  if (faults.length === 0) return;
  throw new CommandError([`${file} cannot be deployed:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
}
