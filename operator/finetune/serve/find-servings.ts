import {
  paginateListCustomModelDeployments,
  paginateListProvisionedModelThroughputs,
} from '@aws-sdk/client-bedrock';
import type { Target } from '../target/target';
import type { Serving } from './serving';

/**
 * What serves custom models in the region, on demand or provisioned.
 * @param modelArn of one model; undefined: all
 */
export async function findServings(
  { bedrock: client }: Pick<Target, 'bedrock'>,
  modelArn?: string,
): Promise<readonly Serving[]> {
  const filter = modelArn === undefined ? {} : { modelArnEquals: modelArn };
  const servings: Serving[] = [];
  for await (const page of paginateListCustomModelDeployments({ client }, filter)) {
    for (const deployment of page.modelDeploymentSummaries ?? []) {
      servings.push({
        kind: 'on-demand',
        arn: deployment.customModelDeploymentArn ?? '',
        name: deployment.customModelDeploymentName ?? '',
        modelArn: deployment.modelArn ?? '',
        status: deployment.status ?? '',
        failureMessage: deployment.failureMessage,
      });
    }
  }
  for await (const page of paginateListProvisionedModelThroughputs({ client }, filter)) {
    for (const throughput of page.provisionedModelSummaries ?? []) {
      servings.push({
        kind: 'provisioned',
        arn: throughput.provisionedModelArn ?? '',
        name: throughput.provisionedModelName ?? '',
        modelArn: throughput.modelArn ?? '',
        status: throughput.status ?? '',
      });
    }
  }
  return servings;
}
