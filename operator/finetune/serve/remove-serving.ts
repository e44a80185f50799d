import {
  DeleteCustomModelDeploymentCommand,
  DeleteProvisionedModelThroughputCommand,
} from '@aws-sdk/client-bedrock';
import { CommandError, isNamed, isNotFound } from '../../command/errors';
import type { Target } from '../target/target';
import type { Serving } from './serving';

/**
 * Deletes what serves a model; the model stays.
 * @throws CommandError where Bedrock does not let go of it, e.g. within its commitment
 */
export async function removeServing(
  { bedrock }: Pick<Target, 'bedrock'>,
  { kind, arn }: Pick<Serving, 'kind' | 'arn'>,
): Promise<void> {
  try {
    if (kind === 'on-demand') {
      await bedrock.send(new DeleteCustomModelDeploymentCommand({ customModelDeploymentIdentifier: arn }));
    } else {
      await bedrock.send(new DeleteProvisionedModelThroughputCommand({ provisionedModelId: arn }));
    }
  } catch (error) {
    if (isNotFound(error)) return;
    if (!isNamed(error, 'ConflictException', 'ValidationException')) throw error;
    throw new CommandError(
      `No ModelConfig names ${arn} any more, but Bedrock does not delete it: ${error instanceof Error ? error.message : ''}. ` +
        'It goes on costing money: run the same command again when Bedrock lets go of it.',
      1,
      { cause: error },
    );
  }
}
