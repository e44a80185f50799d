import type { Command } from 'commander';
import { groupBy } from '../statistics/group-by';
import { type Check, MARKS } from '../command/check';
import { eachRegion, failureLines, requireReached } from '../command/each-region';
import { EXIT } from '../command/exit-codes';
import { table, type Block } from '../command/layout';
import { positiveWhole } from '../command/options';
import { note, tell, tellJson } from '../command/output';
import { projectConfig } from '../command/project';
import { regionOption, servingRoles } from '../command/region';
import { placeTitle } from '../command/words';
import { openRegions, type Role, targetOption, type TargetName } from '../command/target';
import { readable } from '../model-config/deployed-model-config';
import { readModelConfig } from '../model-config/model-config-file';
import { openStore } from '../model-config/roll-out';
import { withModelConfigs } from '../model-config/target';
import { CHECKS } from './judge';
import { findingLines, type ModelReport, preflight } from './preflight';
import { readScp, scpOption } from './role';

const HELP = `
For each model of a ModelConfig, in each region:
  life      whether it is there, Legacy, or gone, and when it ends
  profile   whether it needs an inference profile, and where that leads
  access    the account's: agreement, use-case form, authorization
  role      whether the deployed functions may call it wherever its profile
            leads; within an organization's policy where --scp names one
  quota     the account's for it: requests or tokens a minute
  rules     parameters it refuses, thinking against maxTokens, context window

Without FILE it looks at the rules in force. No model is called. The mark ? is
of what could not be looked at, with the reason. Quotas are found by the words
of their names, which are shown; where none or several fit, that is said.
Without --requests-per-minute they are measured by AWS's defaults alone.
Conditions of an organization's policy are not evaluated by IAM's simulation
unless --scp gives them.

  npm run assistant -- preflight --target aws
  npm run assistant -- preflight rules.json --scp region-deny.json --json

Exit codes: ${EXIT.done} each model can be called (a warning, !, is of one that will
not for long, or not always); ${EXIT.incomplete} something could not be looked at;
${EXIT.losing} a model cannot be called; ${EXIT.failed} failed.`;

interface Options {
  readonly target: TargetName;
  readonly region: string;
  readonly scp?: string;
  readonly requestsPerMinute?: number;
  readonly strict: boolean;
  readonly json: boolean;
}

export const preflightCommand = (command: Command): Command =>
  command
    .argument('[file]', 'a ModelConfig; default: the one in force in each region')
    .addOption(targetOption())
    .addOption(regionOption('both'))
    .addOption(scpOption())
    .option('--requests-per-minute <number>', 'warns where a quota has no room for so many', positiveWhole)
    .option('--strict', 'a warning counts as a model that cannot be called', false)
    .option('--json', 'prints the findings as JSON', false)
    .addHelpText('after', HELP)
    .action(look);

interface RegionReport {
  readonly role: Role;
  readonly region: string;
  readonly models: readonly ModelReport[];
}

async function look(file: string | undefined, options: Options): Promise<void> {
  const { target, region, scp, requestsPerMinute: perMinute, strict, json } = options;
  const config = projectConfig();
  const rules = file === undefined ? undefined : readModelConfig(file);
  const policy = scp === undefined ? undefined : readScp(scp);
  const regions = await openRegions(target);
  const outcome = await withModelConfigs(target, (opened) =>
    eachRegion(servingRoles(region, config), config.regions, async (role): Promise<RegionReport> => {
      const looked = rules ?? readable(await (await openStore(opened, role)).newest()).config;
      const models = await preflight(regions[role], looked, {
        config,
        now: regions.modelsNow,
        scp: policy,
        perMinute,
      });
      return { role, region: regions[role].region, models };
    }),
  );
  const { reached, failed } = outcome;
  if (json) tellJson({ asOf: new Date(regions.modelsNow).toISOString(), regions: reached, failed });
  else if (reached.length > 0) tell(...reportLines(reached));
  if (reached.length === 0) requireReached(outcome, 'read');
  else if (failed.length > 0) note(...failureLines(outcome, 'read'));
  process.exitCode = exitCodeOf(reached, failed.length > 0, strict);
}

function exitCodeOf(regions: readonly RegionReport[], isIncomplete: boolean, isStrict: boolean): number {
  const verdicts = new Set(
    regions.flatMap(({ models }) => models.flatMap(({ checks }) => checks.map(({ verdict }) => verdict))),
  );
  if (verdicts.has('bad') || (isStrict && verdicts.has('warning'))) return EXIT.losing;
  return isIncomplete || verdicts.has('unknown') ? EXIT.incomplete : EXIT.done;
}

const isTold = ({ name, verdict }: Check): boolean => verdict !== 'good' || name === 'quota';

/** A row of marks for each model, and below them what stands behind each but the good ones, and its quota. */
function reportLines(regions: readonly RegionReport[]): readonly Block[] {
  const rows = regions.flatMap((region) => [
    [placeTitle(region)],
    ...region.models.map(({ modelId, checks }) => [
      modelId,
      ...CHECKS.map(
        (name) => checks.filter((check) => check.name === name).map(({ verdict }) => MARKS[verdict])[0] ?? '',
      ),
    ]),
  ]);
  const found = regions
    .map((region) => ({ region, lines: findingLines(region.models, isTold) }))
    .filter(({ lines }) => lines.length > 0);
  return [
    table(['model', ...CHECKS], rows),
    ...groupBy(found, ({ lines }) => lines.join()).flatMap((same) => [
      `\n${same.map(({ region }) => placeTitle(region)).join(', ')}`,
      ...same[0].lines,
    ]),
  ];
}
