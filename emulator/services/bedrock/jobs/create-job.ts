import { validationError } from '../../../platform/http/aws-error';
import { parse } from '../../../platform/http/constraints';
import { quotaExceeded } from '../http/errors';
import type { Call } from '../http/router';
import type { CustomModels } from '../models/custom-models';
import type { BedrockControlOptions } from '../options';
import { arnOf, newId } from '../resources/arn';
import type { ClientTokens } from '../resources/client-tokens';
import type { Registry } from '../resources/registry';
import { requireTags } from '../resources/tags';
import { requireAccess } from './access';
import { requireHyperparameters, requireTunable } from '../tunable-models';
import { newJob, type Job } from './job';
import { jobRequestSchema, type JobRequest } from './job-request';
import { requireModelKey } from './model-key';
import { isOver } from './status';

/** "Scheduled customization jobs" of an account and region: Service Quotas, L-0406044C. */
const MAX_SCHEDULED = 10;

export interface JobRegisters {
  readonly jobs: Registry<Job>;
  readonly tokens: ClientTokens;
  readonly models: Pick<CustomModels, 'named'>;
}

/**
 * Checks a request to CreateModelCustomizationJob in Bedrock's stead.
 * @returns the ARN of the job that the same request has made before, or the new job, which is not registered yet
 * @throws AwsError ValidationException, ConflictException, ServiceQuotaExceededException, TooManyTagsException or
 * AccessDeniedException
 */
export function prepareJob(
  call: Call,
  registers: JobRegisters,
  options: BedrockControlOptions,
): string | Job {
  const { region, clock } = options;
  const request = parse(jobRequestSchema, call.body);
  const { roleArn, clientRequestToken, customModelKmsKeyId } = request;
  const baseModel = requireTunable(request.baseModelIdentifier, region);
  const arn = arnOf(options, `model-customization-job/${baseModel.id}/${newId()}`);
  call.permit('bedrock:CreateModelCustomizationJob', arn);
  call.permit('iam:PassRole', roleArn);
  const earlier = registers.tokens.earlier(clientRequestToken ?? undefined, request);
  if (earlier !== undefined) return earlier;

  const hyperParameters = requireHyperparameters(baseModel, request.hyperParameters);
  requireFreeNames(request, registers);
  requireTags(request.jobTags, request.jobName);
  requireTags(request.customModelTags, request.customModelName);
  const kmsKeyArn =
    customModelKmsKeyId === undefined ? undefined : requireModelKey(customModelKmsKeyId, call, options);
  requireAccess(request, arn, options);
  if (registers.jobs.all().filter(({ status }) => !isOver(status)).length >= MAX_SCHEDULED) {
    throw quotaExceeded(`The account has ${MAX_SCHEDULED} scheduled customization jobs already.`);
  }
  return newJob({
    arn,
    createdAt: clock.now(),
    request,
    baseModel,
    hyperParameters,
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
  });
}

/** A job's name is taken for good, a model's as long as there is such a model or a job that is to make it. */
function requireFreeNames({ jobName, customModelName }: JobRequest, { jobs, models }: JobRegisters): void {
  if (jobs.all().some(({ name }) => name === jobName)) {
    throw validationError('The provided job name is currently in use.');
  }
  const planned = jobs
    .all()
    .some(({ status, request }) => !isOver(status) && request.customModelName === customModelName);
  if (planned || models.named(customModelName)) {
    throw validationError('The provided custom model name is currently in use.');
  }
}
