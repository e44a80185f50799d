import {
  GetCustomModelCommand,
  GetModelCustomizationJobCommand,
  type GetModelCustomizationJobResponse,
} from '@aws-sdk/client-bedrock';
import { isNotFound } from '../../../command/errors';
import type { Target } from '../../target/target';
import type { CustomizationRequest } from '../customization-request';
import { bad, good, type Check } from '../../../command/check';

const NAME = 'name';
const ANOTHER = 'Give the job another --name.';

/** The job of this name, where there is one. */
export async function jobNamed(
  { bedrock }: Pick<Target, 'bedrock'>,
  name: string,
): Promise<GetModelCustomizationJobResponse | undefined> {
  try {
    return await bedrock.send(new GetModelCustomizationJobCommand({ jobIdentifier: name }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** The name is free, or belongs to the very job that is asked for. */
export async function checkName(
  { bedrock }: Pick<Target, 'bedrock'>,
  request: CustomizationRequest,
  existing: GetModelCustomizationJobResponse | undefined,
): Promise<Check> {
  const { jobName } = request;
  if (existing) return verdictOnJob(existing, request);
  try {
    await bedrock.send(new GetCustomModelCommand({ modelIdentifier: jobName }));
    return bad(NAME, `there is a custom model ${jobName} already`, ANOTHER);
  } catch (error) {
    if (isNotFound(error)) return good(NAME, `${jobName} is free`);
    throw error;
  }
}

function verdictOnJob(
  { status, clientRequestToken }: GetModelCustomizationJobResponse,
  request: CustomizationRequest,
): Check {
  const { jobName } = request;
  if (clientRequestToken !== request.clientRequestToken) {
    return bad(NAME, `${jobName} is the name of another job`, ANOTHER);
  }
  if (status === 'Failed' || status === 'Stopped' || status === 'Stopping') {
    return bad(
      NAME,
      `this very job exists, and is ${status}`,
      `What had stopped it removed, start it again under another name: --name ${jobName.slice(0, 61)}-2`,
    );
  }
  return good(NAME, `${jobName} is this very job, started before`);
}
