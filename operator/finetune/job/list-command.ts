import {
  paginateListCustomModelDeployments,
  paginateListCustomModels,
  paginateListModelCustomizationJobs,
  paginateListProvisionedModelThroughputs,
} from '@aws-sdk/client-bedrock';
import { Command } from 'commander';
import { table, type Block } from '../../command/layout';
import { note, tell, tellJson } from '../../command/output';
import { itemsOf } from '../../command/pages';
import { targetOption } from '../../command/target';
import { forgotten, withTarget, type TargetOptions } from '../target/open-target';
import type { Target } from '../target/target';

const HELP = `
Examples:
  npm run assistant -- finetune list
  npm run assistant -- finetune list --target aws`;

export const listCommand = (): Command =>
  new Command('list')
    .addOption(targetOption())
    .description('shows jobs, tuned models, and what serves them')
    .option('--json', 'prints them as JSON, as Bedrock lists them', false)
    .addHelpText('after', HELP)
    .action(({ json, ...options }: TargetOptions & { readonly json: boolean }) =>
      withTarget(options, async (target) => {
        const listed = await listAll(target);
        if (json) tellJson(listed);
        else tell(...describeAll(listed));
        if (listed.jobs.length === 0) note(`There is no job in ${target.region}${forgotten(target)}.`);
      }),
    );

type Listed = Awaited<ReturnType<typeof listAll>>;

/** What there is of each kind, the newest first. */
export async function listAll({ bedrock: client }: Pick<Target, 'bedrock'>) {
  const all = { client };
  const [jobs, models, deployments, throughputs] = await Promise.all([
    itemsOf(paginateListModelCustomizationJobs(all, {}), (page) => page.modelCustomizationJobSummaries),
    itemsOf(paginateListCustomModels(all, {}), (page) => page.modelSummaries),
    itemsOf(paginateListCustomModelDeployments(all, {}), (page) => page.modelDeploymentSummaries),
    itemsOf(paginateListProvisionedModelThroughputs(all, {}), (page) => page.provisionedModelSummaries),
  ]);
  return { jobs, models, deployments, throughputs };
}

/** A table for each kind of thing. */
export const describeAll = ({ jobs, models, deployments, throughputs }: Listed): readonly Block[] => [
  ...section(
    'Jobs',
    ['name', 'status', 'started', 'model'],
    jobs.map((job) => [job.jobName, job.status, time(job.creationTime), job.customModelName]),
  ),
  ...section(
    'Tuned models',
    ['name', 'status', 'made', 'base model'],
    models.map((model) => [
      model.modelName,
      model.modelStatus,
      time(model.creationTime),
      model.baseModelName,
    ]),
  ),
  ...section(
    'On-demand deployments',
    ['name', 'status', 'made', 'ARN'],
    deployments.map(({ customModelDeploymentName, status, createdAt, customModelDeploymentArn }) => [
      ...[customModelDeploymentName, status, time(createdAt), customModelDeploymentArn],
    ]),
  ),
  ...section(
    'Provisioned throughput',
    ['name', 'status', 'units', 'ARN'],
    throughputs.map(({ provisionedModelName, status, modelUnits = 0, provisionedModelArn }) => [
      ...[provisionedModelName, status, String(modelUnits), provisionedModelArn],
    ]),
  ),
];

type Row = readonly (string | undefined)[];

function section(title: string, head: readonly string[], rows: readonly Row[]): readonly Block[] {
  if (rows.length === 0) return [`${title}: none`];
  return [
    `${title}:`,
    table(
      head,
      rows.map((row) => row.map((cell) => cell ?? '')),
    ),
  ];
}

const time = (date: Date | undefined): string | undefined =>
  date?.toISOString().slice(0, 19).replace('T', ' ');
