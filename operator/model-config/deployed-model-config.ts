import {
  AppConfigClient,
  GetHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
  paginateListDeployments,
  type DeploymentSummary,
  paginateListApplications,
  paginateListConfigurationProfiles,
  paginateListDeploymentStrategies,
  paginateListEnvironments,
} from '@aws-sdk/client-appconfig';
import type { Paginator } from '@smithy/types';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { MODEL_SELECTION } from '../../contract/model-selection';
import { CommandError } from '../command/errors';

/** A deployment of the profile, and what it deploys. */
export interface DeployedVersion {
  readonly deploymentNumber: number;
  readonly version: number;
  readonly state: string;
  readonly config: ModelConfig;
}

/** A deployment that was taken back does not count: what was before it is in force. */
const TAKEN_BACK = new Set<string>(['ROLLED_BACK', 'ROLLING_BACK', 'REVERTED']);

/** The ModelConfig of one region, as AppConfig's control plane has it. */
export class ModelConfigStore {
  private constructor(
    readonly region: string,
    readonly client: AppConfigClient,
    readonly ids: ModelSelectionIds,
  ) {}

  /** @throws CommandError where the region's stack is not deployed */
  static async open(client: AppConfigClient, region: string, stage: string): Promise<ModelConfigStore> {
    return new ModelConfigStore(region, client, await findModelSelection(client, region, stage));
  }

  /** What is in force, or about to be. */
  async newest(): Promise<DeployedVersion> {
    for await (const deployed of this.history()) return deployed;
    throw new CommandError(
      `No ModelConfig is deployed in ${this.region}. Deploy its stack: npx cdktf deploy`,
    );
  }

  /** What was deployed, the newest first; what was taken back is left out. */
  async *history(): AsyncGenerator<DeployedVersion> {
    const { ApplicationId, EnvironmentId, ConfigurationProfileId } = this.ids;
    const pages = paginateListDeployments({ client: this.client }, { ApplicationId, EnvironmentId });
    for await (const { Items = [] } of pages) {
      for (const deployment of Items) {
        const isOurs =
          (deployment.ConfigurationProfileId ?? ConfigurationProfileId) === ConfigurationProfileId;
        if (isOurs && !TAKEN_BACK.has(deployment.State ?? '')) yield await this.read(deployment);
      }
    }
  }

  private async read(deployment: DeploymentSummary): Promise<DeployedVersion> {
    const { DeploymentNumber = 0, ConfigurationVersion, State = '' } = deployment;
    const version = Number(ConfigurationVersion);
    const content = await this.content(version);
    return {
      deploymentNumber: DeploymentNumber,
      version,
      state: State,
      config: this.parse(content, version),
    };
  }

  /** The newest version, deployed or not; undefined where it is no ModelConfig. */
  async latestVersion(): Promise<{ readonly number: number; readonly config: ModelConfig | undefined }> {
    const { ApplicationId, ConfigurationProfileId } = this.ids;
    const { Items: [latest] = [] } = await this.client.send(
      new ListHostedConfigurationVersionsCommand({ ApplicationId, ConfigurationProfileId, MaxResults: 1 }),
    );
    const number = latest?.VersionNumber ?? 0;
    const parsed = modelConfigSchema.safeParse(JSON.parse(await this.content(number)));
    return { number, config: parsed.data };
  }

  private async content(VersionNumber: number): Promise<string> {
    const { ApplicationId, ConfigurationProfileId } = this.ids;
    const { Content } = await this.client.send(
      new GetHostedConfigurationVersionCommand({ ApplicationId, ConfigurationProfileId, VersionNumber }),
    );
    return Buffer.from(Content ?? []).toString('utf8');
  }

  private parse(content: string, version: number): ModelConfig {
    const parsed = modelConfigSchema.safeParse(JSON.parse(content));
    if (parsed.success) return parsed.data;
    throw new CommandError(
      `Version ${version} of the ModelConfig in ${this.region} is not valid for this version of the command. ` +
        'Deploy the stacks and the command from the same commit.',
    );
  }
}

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
async function findModelSelection(
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
