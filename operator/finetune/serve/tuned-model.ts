import {
  GetCustomModelCommand,
  type BedrockClient,
  type GetCustomModelResponse,
} from '@aws-sdk/client-bedrock';
import { tunableModel, type TunableModel } from '../../../contract/tunable-models';
import { CommandError, isNamed, isNotFound } from '../../command/errors';
import { commandLine, forgotten } from '../target/open-target';
import { findJob } from '../job/find-job';
import { jobNamed } from '../job/preflight/name';
import type { Target } from '../target/target';

/** A custom model, and the base model that it was tuned from. */
export interface TunedModel {
  readonly arn: string;
  readonly name: string;
  readonly base: TunableModel;
  readonly details: GetCustomModelResponse;
}

/**
 * @param identifier name or ARN of a custom model, or of the job that made it
 * @throws CommandError where there is none, or the job has not made it yet
 */
export async function findTunedModel(
  target: Pick<Target, 'kind' | 'bedrock' | 'region'>,
  identifier: string,
): Promise<TunedModel> {
  const details =
    (await customModel(target.bedrock, identifier)) ??
    (await customModel(target.bedrock, await modelOfJob(target, identifier)));
  const { modelArn, modelName = '', baseModelArn = '' } = details ?? {};
  if (!details || modelArn === undefined) {
    throw new CommandError(
      `There is no tuned model ${identifier} in ${target.region}${forgotten(target)}: ${commandLine(target, 'list')}`,
    );
  }
  const baseId = baseModelArn.slice(baseModelArn.lastIndexOf('/') + 1);
  const base = tunableModel(baseId);
  if (!base)
    throw new CommandError(`${modelName} was tuned from ${baseId}, which this command does not know.`);
  return { arn: modelArn, name: modelName, base, details };
}

async function customModel(
  bedrock: BedrockClient,
  modelIdentifier: string,
): Promise<GetCustomModelResponse | undefined> {
  // An ARN of another kind would be refused as malformed.
  if (modelIdentifier.startsWith('arn:') && !modelIdentifier.includes(':custom-model/')) return undefined;
  try {
    return await bedrock.send(new GetCustomModelCommand({ modelIdentifier }));
  } catch (error) {
    if (isNotFound(error) || isNamed(error, 'ValidationException')) return undefined;
    throw error;
  }
}

async function modelOfJob(
  target: Pick<Target, 'kind' | 'bedrock' | 'region'>,
  identifier: string,
): Promise<string> {
  const job = identifier.startsWith('arn:')
    ? await findJob(target, identifier)
    : await jobNamed(target, identifier);
  if (!job) {
    throw new CommandError(
      `There is neither a tuned model nor a job ${identifier} in ${target.region}${forgotten(target)}: ${commandLine(target, 'list')}`,
    );
  }
  if (job.status === 'Completed' && job.outputModelArn !== undefined) return job.outputModelArn;
  const next =
    job.status === 'InProgress'
      ? `Watch it: ${commandLine(target, `watch ${job.jobName ?? ''}`)}`
      : 'Start another.';
  throw new CommandError(`The job ${identifier} has made no model: it is ${job.status ?? ''}. ${next}`);
}
