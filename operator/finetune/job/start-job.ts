import { CreateModelCustomizationJobCommand } from '@aws-sdk/client-bedrock';
import { CommandError } from '../../command/errors';
import { tell, tellExactly } from '../../command/output';
import type { DatasetReport } from '../dataset/dataset-report';
import { estimateTrainingCost } from '../dataset/training-cost';
import { commandLine } from '../target/open-target';
import type { Target } from '../target/target';
import {
  type JobWish,
  epochsOf,
  customizationRequest,
  type CustomizationRequest,
} from './customization-request';
import { bringToBucket, inspect, type CheckedData, type DataSource } from './training-data';
import { areGood, describeChecks, type Check } from '../../command/check';
import { counted } from '../../command/words';
import { checkName, jobNamed } from './preflight/name';
import { checkHyperparameters, checkModel, checkValidationSet } from './preflight/model';
import { checkPermissions } from './preflight/permissions';
import { checkRole } from './preflight/role';

/** What the job costs by estimate, or that the price is unknown. */
function describeCost({ base, hyperparameters }: JobWish, report: DatasetReport): readonly string[] {
  const epochs = epochsOf(base, hyperparameters);
  const { tokens, usd, pricesAsOf, source } = estimateTrainingCost(report.textBytes, base.id, epochs);
  const size = `${counted(tokens, 'token')} × ${counted(epochs, 'epoch')}`;
  return usd === undefined
    ? [`Cost: about ${size}; the price of ${base.id} is not known here. See ${source}.`]
    : [
        `Cost: about ${usd.toFixed(2)} USD to train (${size}, prices of ${pricesAsOf}), and storage by the month.`,
      ];
}

export interface StartOptions {
  readonly wish: JobWish;
  readonly training: DataSource;
  readonly validation?: DataSource | undefined;
  readonly dryRun: boolean;
}

/**
 * Starts a customization job, or finds that it was started before.
 * @returns the job's ARN; undefined after a dry run
 * @throws CommandError when a check is not passed
 */
export async function startJob(target: Target, options: StartOptions): Promise<string | undefined> {
  const { wish, training, validation, dryRun } = options;
  const sources = [training, ...(validation ? [validation] : [])];
  tell(`Before the job in ${target.region}:`);
  const surroundings = await checkSurroundings(target, wish, sources);
  // Nothing is uploaded for a job that cannot start.
  const bring = !dryRun && areGood(surroundings);
  const inPlace = bring ? await bringAll(target, sources, wish) : sources;
  const checked = await Promise.all(inPlace.map((source) => inspect(target, source, wish.base)));
  report([...surroundings, ...checked.map(({ check }) => check)]);
  const data = requireData(checked);
  const request = customizationRequest(wish, data, target);
  const existing = await jobNamed(target, request.jobName);
  report([await checkName(target, request, existing)]);
  tell('', ...describeCost(wish, data.report));
  if (dryRun) {
    describeDryRun(request, sources);
    return undefined;
  }
  if (existing?.jobArn !== undefined) {
    return announce(target, existing.jobArn, request, `was started before and is ${existing.status ?? ''}`);
  }
  const { jobArn } = await target.bedrock.send(new CreateModelCustomizationJobCommand(request));
  return announce(target, jobArn ?? '', request, 'is started');
}

/** What can be known before the data is looked at. */
async function checkSurroundings(
  target: Target,
  { base, hyperparameters }: JobWish,
  sources: readonly DataSource[],
): Promise<readonly Check[]> {
  const keys = sources.map(({ key }) => key);
  const [model, role, permissions] = await Promise.all([
    checkModel(target, base),
    checkRole(target),
    checkPermissions(target, keys),
  ]);
  return [
    model,
    checkHyperparameters(base, hyperparameters),
    ...(sources.some(({ use }) => use === 'validation') ? checkValidationSet(base) : []),
    role,
    permissions,
  ];
}

/** One after the other: each shows its progress. */
async function bringAll(target: Target, sources: readonly DataSource[], { base }: JobWish) {
  const brought: DataSource[] = [];
  for (const source of sources) brought.push(await bringToBucket(target, source, base));
  return brought;
}

/** Shows the checks; a bad one ends the command before anything is changed. */
function report(checks: readonly Check[]): void {
  tell(...describeChecks(checks));
  if (!areGood(checks)) throw new CommandError('No job was started: see ✗ above.');
}

function requireData([training, validation]: readonly CheckedData[]) {
  if (!training?.object || !training.report) throw new CommandError('No job was started: there is no data.');
  return { training: training.object, report: training.report, validation: validation?.object };
}

function describeDryRun(request: CustomizationRequest, sources: readonly DataSource[]): void {
  const uploads = sources.flatMap(({ file, key }) => (file === undefined ? [] : [`${file} to ${key}`]));
  if (uploads.length > 0) {
    tell(`It would upload ${uploads.join(' and ')}; name and token then follow from the object's version.`);
  }
  tellExactly('It would send CreateModelCustomizationJob:', JSON.stringify(request, undefined, 2));
}

function announce(target: Target, jobArn: string, { jobName }: CustomizationRequest, what: string): string {
  tell(
    '',
    `The job ${jobName} ${what}.`,
    `  ${jobArn}`,
    `Follow it: ${commandLine(target, `watch ${jobName}`)}`,
    `Stop it:   ${commandLine(target, `stop ${jobName}`)}`,
  );
  return jobArn;
}
