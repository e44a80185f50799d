import {
  paginateListApplications,
  paginateListConfigurationProfiles,
  paginateListDeploymentStrategies,
  paginateListEnvironments,
  type AppConfigClient,
} from '@aws-sdk/client-appconfig';
import type { Paginator } from '@smithy/types';
import { MODEL_SELECTION } from '../../../contract/model-selection';
import { CommandError } from '../command/command-error';

/** How AppConfig's operations are told what they work on. */
export interface ModelSelectionIds {
  readonly ApplicationId: string;
  readonly EnvironmentId: string;
  readonly ConfigurationProfileId: string;
  readonly DeploymentStrategyId: string;
}

/**
 * @param stage name of the environment
 * @throws CommandError where the region's stack is not deployed
 */
export async function findModelSelection(
  client: AppConfigClient,
  region: string,
  stage: string,
): Promise<ModelSelectionIds> {
  const find = async (pages: Paginator<Page>, name: string): Promise<string> => {
    for await (const { Items = [] } of pages) {
      const id = Items.find((item) => item.Name === name)?.Id;
      if (id !== undefined) return id;
    }
    throw new CommandError(
      `AppConfig in ${region} has no ${name}. Deploy the region's stack: npx cdktf deploy`,
    );
  };
  const ApplicationId = await find(paginateListApplications({ client }, {}), MODEL_SELECTION.application);
  const [EnvironmentId, ConfigurationProfileId, DeploymentStrategyId] = await Promise.all([
    find(paginateListEnvironments({ client }, { ApplicationId }), stage),
    find(paginateListConfigurationProfiles({ client }, { ApplicationId }), MODEL_SELECTION.profile),
    find(paginateListDeploymentStrategies({ client }, {}), MODEL_SELECTION.strategy),
  ]);
  return { ApplicationId, EnvironmentId, ConfigurationProfileId, DeploymentStrategyId };
}

interface Page {
  readonly Items?:
    readonly { readonly Id?: string | undefined; readonly Name?: string | undefined }[] | undefined;
}
