import { foundationModelArn } from '../resources/arn';
import type { Job, PhaseProgress } from './job';

export const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString();

/** What GetCustomModel and GetModelCustomizationJob both say of a job. */
export function trainingView({ request, hyperParameters, metrics }: Job): object {
  const { customizationType, trainingDataConfig, validationDataConfig, outputDataConfig } = request;
  return {
    customizationType,
    trainingDataConfig,
    validationDataConfig,
    outputDataConfig,
    hyperParameters,
    ...(metrics && {
      trainingMetrics: { trainingLoss: metrics.trainingLoss },
      validationMetrics: metrics.validationLosses.map((validationLoss) => ({ validationLoss })),
    }),
  };
}

/** Body of GetModelCustomizationJob. */
export function jobView(job: Job, region: string): object {
  return {
    jobArn: job.arn,
    jobName: job.name,
    outputModelName: job.request.customModelName,
    outputModelArn: job.customModelArn,
    outputModelKmsKeyArn: job.kmsKeyArn,
    clientRequestToken: job.request.clientRequestToken ?? undefined,
    roleArn: job.request.roleArn,
    status: job.status,
    statusDetails: statusDetails(job),
    failureMessage: job.failureMessage,
    creationTime: iso(job.createdAt),
    lastModifiedTime: iso(job.changedAt),
    endTime: iso(job.endedAt),
    baseModelArn: foundationModelArn(region, job.baseModel.id),
    ...trainingView(job),
  };
}

/** An entry of ListModelCustomizationJobs. */
export function jobSummary(job: Job, region: string): object {
  return {
    jobArn: job.arn,
    baseModelArn: foundationModelArn(region, job.baseModel.id),
    jobName: job.name,
    status: job.status,
    statusDetails: statusDetails(job),
    lastModifiedTime: iso(job.changedAt),
    creationTime: iso(job.createdAt),
    endTime: iso(job.endedAt),
    customModelArn: job.customModelArn,
    customModelName: job.request.customModelName,
    customizationType: job.request.customizationType,
  };
}

function statusDetails({ phases }: Job): object {
  const details = ({ status, startedAt, changedAt }: PhaseProgress) => ({
    status,
    creationTime: iso(startedAt),
    lastModifiedTime: iso(changedAt),
  });
  return {
    validationDetails: details(phases.validation),
    dataProcessingDetails: details(phases.dataProcessing),
    trainingDetails: details(phases.training),
  };
}
