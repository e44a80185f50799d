import {
  GetModelCustomizationJobCommand,
  ListModelCustomizationJobsCommand,
  type GetModelCustomizationJobResponse,
} from '@aws-sdk/client-bedrock';
import { CommandError, isNamed, isNotFound } from '../../command/errors';
import { commandLine } from '../target/open-target';
import type { Target } from '../target/target';

/** Where jobs are looked for. */
type Where = Pick<Target, 'kind' | 'bedrock' | 'region'>;

/**
 * @param job its name or ARN; undefined: the newest
 * @throws CommandError where there is none
 */
export async function findJob(
  target: Where,
  job: string | undefined,
): Promise<GetModelCustomizationJobResponse> {
  const jobIdentifier = job ?? (await newestJob(target));
  try {
    return await target.bedrock.send(new GetModelCustomizationJobCommand({ jobIdentifier }));
  } catch (error) {
    if (!isNotFound(error) && !isNamed(error, 'ValidationException')) throw error;
    throw new CommandError(
      `There is no job ${jobIdentifier} in ${target.region}. See those there are: ${commandLine(target, 'list')}`,
      1,
      { cause: error },
    );
  }
}

async function newestJob(target: Where): Promise<string> {
  const { bedrock, region } = target;
  const { modelCustomizationJobSummaries: [newest] = [] } = await bedrock.send(
    new ListModelCustomizationJobsCommand({ sortBy: 'CreationTime', sortOrder: 'Descending', maxResults: 1 }),
  );
  if (newest?.jobArn !== undefined) return newest.jobArn;
  throw new CommandError(
    `There is no job in ${region} yet. Start one: ${commandLine(target, 'start --data FILE')}`,
  );
}
