import { isDeepStrictEqual } from 'node:util';
import { StopDeploymentCommand } from '@aws-sdk/client-appconfig';
import { CommandError } from '../command/errors';
import { agree } from '../command/interruption';
import { note, tell } from '../command/output';
import type { Role } from '../command/target';
import { isTakenBack, isUnderWay, readable } from '../model-config/deployed-model-config';
import { requireWorkable, readModelConfig } from '../model-config/model-config-file';
import {
  type Current,
  lookAtRegions,
  planRollOut,
  type RegionPlan,
  regionTitle,
  rollOut,
  type RollOutOptions,
  type RollOutTarget,
} from '../model-config/roll-out';
import { differenceLines, differences } from './differences';
import { type RuleTier, setModel } from './set-model';

export interface Change {
  readonly target: RollOutTarget;
  readonly roles: readonly Role[];
  readonly yes: boolean;
  /** To all functions in one, with no alarm that takes it back. */
  readonly now: boolean;
  /** `configurationVersion` of the rules that the change was made for. */
  readonly expect?: string | undefined;
  /**
   * Shows what is to be known of the models that a plan brings.
   * @returns whether each can be called
   */
  readonly preflight: (plan: RegionPlan) => Promise<boolean>;
  /** Also models that cannot be called. */
  readonly force: boolean;
}

export async function deploy(change: Change, file: string): Promise<void> {
  const { target, roles } = change;
  const config = readModelConfig(file);
  const workable: Parameters<typeof planRollOut>[1] = ({ before }) => {
    requireWorkable(before.config, config, target.config);
    return config;
  };
  const plans = await planRollOut(target, workable, roles);
  await requireCallable(change, plans);
  await carryOut(change, plans, `Deploy ${file}`);
}

export async function set(change: Change, where: RuleTier, modelId: string): Promise<void> {
  const { target, roles } = change;
  const changed: Parameters<typeof planRollOut>[1] = ({ before, store: { region } }) => {
    const rules = readable(before).config;
    const after = setModel(rules, region, where, modelId);
    requireWorkable(rules, after, target.config);
    return after;
  };
  const plans = await planRollOut(target, changed, roles);
  await requireCallable(change, plans);
  await carryOut(change, plans, `Set ${where.type}.${where.tier} to ${modelId}`);
}

/**
 * Stops what is under way, or else deploys what was in force before; given again, what was in force before that.
 * @param to a version, in place of the one before
 */
export async function rollback(
  change: Omit<Change, 'now' | 'preflight' | 'force'>,
  to: number | undefined,
): Promise<void> {
  const { target, roles } = change;
  const unchanged = await lookAtRegions(target, (current) => current, roles);
  const underWay = unchanged.filter(({ before }) => isUnderWay(before));
  if (underWay.length > 0 && to === undefined) {
    await stop(change, underWay);
    return;
  }
  const plans = await Promise.all(
    unchanged.map(async (plan) => {
      const version = to ?? (await versionBefore(plan));
      return { ...plan, version, config: (await plan.store.read(version)).config };
    }),
  );
  const [first] = plans;
  const rulesOf = (plan: RegionPlan | undefined) => [
    plan?.before.config ?? plan?.before.configurationVersion,
    plan?.config,
  ];
  const isSame = (plan: RegionPlan) => isDeepStrictEqual(rulesOf(plan), rulesOf(first));
  if (!plans.every(isSame))
    throw new CommandError(
      [
        'The regions have different rules, or had. Name the one that you mean:',
        ...plans.map(
          ({ role, before, version }) =>
            `--region ${role}: version ${before.version} is in force, and ${version} would be`,
        ),
      ].join('\n'),
    );
  for (const plan of plans) {
    const { store, before } = plan;
    // An alarm or somebody else was faster: what is in force is what was meant to be.
    if (to !== undefined || !before.config || !(await isTakenBackSince(plan))) continue;
    throw new CommandError(
      [
        `Deployment ${before.latestDeployment} in ${store.region} was taken back already: version ${before.version} is in force there again. Nothing was changed. Who means to leave that as well:`,
        ...plans.map(
          ({ store: { region }, version }) =>
            `npm run assistant -- models rollback --region ${region} --to ${version}`,
        ),
      ].join('\n'),
    );
  }
  // Without preflight: whoever takes something back is in a hurry.
  await carryOut({ ...change, now: true }, plans, 'Roll back', { goOn: goOnByVersion, resume: RESUME });
}

/** Of what `models try` and a drill have deployed, nothing was meant to stay: their versions are deleted. */
async function isTakenBackSince({ store, before }: Current): Promise<boolean> {
  if (before.latestDeployment === before.deploymentNumber) return false;
  const versions = await store.descriptions();
  for await (const { deploymentNumber, version } of store.deployments()) {
    if (deploymentNumber === before.deploymentNumber) break;
    if (versions.has(version)) return true;
  }
  return false;
}

const RESUME =
  'A deployment that was begun goes on: look at it by `models status`. The same command would take it back, or go further back: go on by `--region` and `--to VERSION`.';

/** Once a region is rolled back, the same command goes further back in it. */
function goOnByVersion(failed: RegionPlan, done: RegionPlan): string {
  const to = ({ store }: RegionPlan, version: number | undefined) =>
    `npm run assistant -- models rollback --region ${store.region} --to ${version}`;
  return `Go on with it: ${to(failed, failed.version)}\nOr return ${done.store.region} to what it had: ${to(done, done.before.version)}`;
}

async function versionBefore({ store, before }: Current): Promise<number> {
  const deployed: number[] = [];
  for await (const deployment of store.deployments())
    if (!isTakenBack(deployment)) deployed.push(deployment.version);
  for (const version of versionsBefore(deployed)) {
    const found = await store.find(version);
    if (found.config === undefined) note(`Left out: ${found.unreadable}.`);
    else if (found.configurationVersion !== before.configurationVersion) return version;
  }
  throw new CommandError(
    `Nothing was in force in ${store.region} before version ${before.version}, but for what was rolled back. ` +
      'Any version is deployed by `--to VERSION`; those there are: npm run assistant -- models history',
  );
}

/**
 * A version that is deployed another time is a return to it, by which all that came between was rolled back: a file
 * becomes a version of its own, even where its rules were in force before.
 * @param deployed the newest first
 * @returns those that led to the newest, the nearest first
 */
function versionsBefore(deployed: readonly number[]): readonly number[] {
  const way: number[] = [];
  for (const version of [...deployed].reverse()) {
    const known = way.indexOf(version);
    if (known === -1) way.push(version);
    else way.length = known + 1;
  }
  return way.reverse().slice(1);
}

async function stop({ yes }: Pick<Change, 'yes'>, plans: readonly Current[]): Promise<void> {
  for (const { before, ...plan } of plans)
    tell(`${regionTitle(plan)}: deployment ${before.deploymentNumber} is under way (${before.state}).`);
  await agree('Take back what is under way?', yes, 'Nothing was changed.');
  for (const { store, before, ...plan } of plans) {
    const { deploymentNumber: DeploymentNumber } = before;
    const { State } = await store.client.send(
      // Without leave to revert, AppConfig stops no deployment that bakes.
      new StopDeploymentCommand({ ...store.ids, DeploymentNumber, AllowRevert: true }),
    );
    note(
      `${regionTitle({ ...plan, store })}: deployment ${DeploymentNumber} is taken back (${State ?? ''}).`,
    );
  }
}

async function requireCallable(
  { preflight, force }: Pick<Change, 'preflight' | 'force'>,
  plans: readonly RegionPlan[],
): Promise<void> {
  const found = await Promise.all(plans.map((plan) => preflight(plan)));
  if (!found.includes(false)) return;
  if (force) note('--force: this goes on against what preflight has found.');
  else
    throw new CommandError(
      'Preflight has found a model that cannot be called. Nothing was changed. Who knows better than it does goes on by --force.',
    );
}

/** Shows what would change, asks, and does it. */
async function carryOut(
  { target, yes, now, expect }: Omit<Change, 'preflight' | 'force'>,
  plans: readonly RegionPlan[],
  description: string,
  advice: Pick<RollOutOptions, 'goOn' | 'resume'> = {},
): Promise<void> {
  for (const { store, before } of plans) {
    if (expect === undefined || before.configurationVersion === expect) continue;
    throw new CommandError(
      `The rules in ${store.region} are ${before.configurationVersion ?? 'deleted'}, not ${expect}: somebody has changed them. ` +
        'Look at them (models show), make your change anew, and expect those.',
    );
  }
  const changed = plans.filter(({ before, config }) => !isDeepStrictEqual(before.config, config));
  for (const plan of changed)
    tell(
      `${regionTitle(plan)}, version ${plan.before.version}:`,
      ...(plan.before.config === undefined
        ? [`  No differences are shown, as what is in force cannot be read: ${plan.before.unreadable}.`]
        : differenceLines(differences(plan.before.config, plan.config))),
    );
  if (changed.length > 0) await agree(`${description}?`, yes, 'Nothing was changed.');
  await rollOut(target, plans, { description, now, ...advice });
}
