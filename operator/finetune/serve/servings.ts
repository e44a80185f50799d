import {
  paginateListCustomModelDeployments,
  paginateListProvisionedModelThroughputs,
  DeleteCustomModelDeploymentCommand,
  DeleteProvisionedModelThroughputCommand,
} from '@aws-sdk/client-bedrock';
import { CommandError, isNamed, isNotFound } from '../../command/errors';
import { itemsOf } from '../../command/pages';
import type { Target } from '../target/target';

/** What makes a tuned model invocable. */
export interface Serving {
  readonly kind: 'on-demand' | 'provisioned';
  /** The `modelId` that Converse is called with. */
  readonly arn: string;
  readonly name: string;
  readonly modelArn: string;
}

/** Interval of a look at something that takes minutes, and how long it may take, on the target's clock. */
export const SERVING_INTERVAL_MS = 15_000;
export const SERVING_GIVE_UP_MS = 2 * 3_600_000;

/**
 * What serves custom models in the region, on demand or provisioned.
 * @param modelArn of one model; undefined: all
 */
export async function findServings(
  { bedrock: client }: Pick<Target, 'bedrock'>,
  modelArn?: string,
): Promise<readonly Serving[]> {
  const filter = modelArn === undefined ? {} : { modelArnEquals: modelArn };
  const deployments = await itemsOf(
    paginateListCustomModelDeployments({ client }, filter),
    (page) => page.modelDeploymentSummaries,
  );
  const throughputs = await itemsOf(
    paginateListProvisionedModelThroughputs({ client }, filter),
    (page) => page.provisionedModelSummaries,
  );
  return [
    ...deployments.map(
      ({ customModelDeploymentArn: arn = '', customModelDeploymentName: name = '', modelArn = '' }) =>
        ({ kind: 'on-demand', arn, name, modelArn }) as const,
    ),
    ...throughputs.map(
      ({ provisionedModelArn: arn = '', provisionedModelName: name = '', modelArn = '' }) =>
        ({ kind: 'provisioned', arn, name, modelArn }) as const,
    ),
  ];
}

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
