import {
  paginateListCustomModelDeployments,
  paginateListCustomModels,
  paginateListModelCustomizationJobs,
  paginateListProvisionedModelThroughputs,
} from '@aws-sdk/client-bedrock';
import { Command } from 'commander';
import { table, tell } from '../../command/output';
import { targetOption } from '../../command/target';
import { withTarget, type TargetOptions } from '../target/open-target';
import type { Target } from '../target/target';

const HELP = `
Examples:
  npm run assistant -- finetune list
  npm run assistant -- finetune list --target aws`;

export const listCommand = (): Command =>
  new Command('list')
    .addOption(targetOption())
    .description('shows jobs, tuned models, and what serves them')
    .addHelpText('after', HELP)
    .action((options: TargetOptions) =>
      withTarget(options, async (target) => {
        tell(...(await describeAll(target)));
      }),
    );

type Row = readonly (string | undefined)[];
type Bedrock = Pick<Target, 'bedrock'>;

/** A table for each kind of thing, the newest first. */
export async function describeAll(target: Bedrock): Promise<readonly string[]> {
  const [jobs, models, deployments, throughputs] = await Promise.all([
    listJobs(target),
    listModels(target),
    listDeployments(target),
    listThroughputs(target),
  ]);
  return [
    ...section('Jobs', ['name', 'status', 'started', 'model'], jobs),
    ...section('Tuned models', ['name', 'status', 'made', 'base model'], models),
    ...section('On-demand deployments', ['name', 'status', 'made', 'ARN'], deployments),
    ...section('Provisioned throughput', ['name', 'status', 'units', 'ARN'], throughputs),
  ];
}

function section(title: string, head: readonly string[], rows: readonly Row[]): readonly string[] {
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

async function listJobs({ bedrock: client }: Bedrock): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of paginateListModelCustomizationJobs({ client }, {})) {
    for (const job of page.modelCustomizationJobSummaries ?? []) {
      rows.push([job.jobName, job.status, time(job.creationTime), job.customModelName]);
    }
  }
  return rows;
}

async function listModels({ bedrock: client }: Bedrock): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of paginateListCustomModels({ client }, {})) {
    for (const model of page.modelSummaries ?? []) {
      rows.push([model.modelName, model.modelStatus, time(model.creationTime), model.baseModelName]);
    }
  }
  return rows;
}

async function listDeployments({ bedrock: client }: Bedrock): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of paginateListCustomModelDeployments({ client }, {})) {
    for (const deployment of page.modelDeploymentSummaries ?? []) {
      const { customModelDeploymentName, status, createdAt, customModelDeploymentArn } = deployment;
      rows.push([customModelDeploymentName, status, time(createdAt), customModelDeploymentArn]);
    }
  }
  return rows;
}

async function listThroughputs({ bedrock: client }: Bedrock): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const page of paginateListProvisionedModelThroughputs({ client }, {})) {
    for (const throughput of page.provisionedModelSummaries ?? []) {
      const { provisionedModelName, status, modelUnits = 0, provisionedModelArn } = throughput;
      rows.push([provisionedModelName, status, String(modelUnits), provisionedModelArn]);
    }
  }
  return rows;
}
