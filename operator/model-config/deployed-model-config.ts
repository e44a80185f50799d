import {
  AppConfigClient,
  DeleteHostedConfigurationVersionCommand,
  GetHostedConfigurationVersionCommand,
  ListHostedConfigurationVersionsCommand,
  paginateListDeployments,
  paginateListHostedConfigurationVersions,
  paginateListApplications,
  paginateListConfigurationProfiles,
  paginateListDeploymentStrategies,
  paginateListEnvironments,
  StopDeploymentCommand,
} from '@aws-sdk/client-appconfig';
import type { AssistantConfig } from '../../constructs/config/assistant-config';
import { modelConfigSchema, type ModelConfig } from '../../contract/model-config';
import { contentVersion } from '../../contract/model-config-version';
import { FIRST_VERSION, modelSelectionNames } from '../../contract/model-selection';
import { CommandError, isNotFound, NotDeployedError } from '../command/errors';
import { faultsText } from '../command/files';

/** What of a configuration tells its ModelConfig from others. */
export type ModelConfigNames = Pick<AssistantConfig, 'stage' | 'environment'>;

/** One deployment of the profile, whatever became of it. */
export interface Deployment {
  readonly deploymentNumber: number;
  readonly version: number;
  readonly state: string;
  /** Percent of the functions that are given it. */
  readonly percent: number;
  readonly startedAt: Date | undefined;
}

interface Rules {
  readonly config: ModelConfig;
  /** Their name in the functions' logs. */
  readonly configurationVersion: string;
  readonly unreadable?: undefined;
}

/** A version that is in no way to be shown, changed or deployed; it may be in force all the same. */
interface UnreadableRules {
  readonly config: undefined;
  /** Undefined of a version that was deleted. */
  readonly configurationVersion: string | undefined;
  /** Why not, as a sentence without its full stop. */
  readonly unreadable: string;
}

/** A deployment that was not taken back, and what it deploys. */
export type DeployedVersion = Deployment &
  (Rules | UnreadableRules) & {
    /** The number of the newest deployment, even of one that was taken back: what a lock goes by. */
    readonly latestDeployment: number;
  };

/** What is told wherever rules in force are unreadable; functions go on by those that they knew before. */
export const UNREADABLE_ADVICE =
  'Functions that cannot read it either (alarm configuration-fails) answer by what they knew before. Return to the rules ' +
  'from before (npm run assistant -- models rollback), or deploy others (npm run assistant -- models deploy FILE).';

/** @throws CommandError for rules that cannot be read, with what to do */
export function readable(deployed: DeployedVersion): Extract<DeployedVersion, Rules> {
  if (deployed.config !== undefined) return deployed;
  throw new CommandError(`The rules in force cannot be read: ${deployed.unreadable}. ${UNREADABLE_ADVICE}`);
}

/** Its address in the state. */
const FIRST_DEPLOYMENT = 'aws_appconfig_deployment.assistant_model_selection_first_deployment';

/** A deployment that was taken back does not count: what was before it is in force. */
const TAKEN_BACK = new Set<string>(['ROLLED_BACK', 'ROLLING_BACK', 'REVERTED']);

export const isTakenBack = ({ state }: Pick<Deployment, 'state'>): boolean => TAKEN_BACK.has(state);

const UNDER_WAY = new Set<string>(['BAKING', 'DEPLOYING', 'VALIDATING']);

export const isUnderWay = ({ state }: Pick<Deployment, 'state'>): boolean => UNDER_WAY.has(state);

/** The ModelConfig of one region, as AppConfig's control plane has it. */
export class ModelConfigStore {
  private constructor(
    readonly region: string,
    readonly client: AppConfigClient,
    readonly ids: ModelSelectionIds,
    private readonly names: ModelConfigNames,
  ) {}

  /** @throws NotDeployedError where the region's stack is not */
  static async open(
    client: AppConfigClient,
    region: string,
    names: ModelConfigNames,
  ): Promise<ModelConfigStore> {
    return new ModelConfigStore(region, client, await findModelSelection(client, region, names), names);
  }

  /** What is in force, or about to be. */
  async newest(): Promise<DeployedVersion> {
    for await (const deployed of this.history()) return deployed;
    for await (const { deploymentNumber } of this.deployments()) {
      // Terraform takes a deployment that it has begun for made.
      throw new CommandError(
        `Deployment ${deploymentNumber} in ${this.region} was taken back, and there was none before: functions answer by the ` +
          'rules they were built with. Alarms of a new region have no data yet, which AppConfig may take for a fault. ' +
          `Begin it anew, in the folder of the region's stack (cdktf.out/stacks): terraform apply -replace=${FIRST_DEPLOYMENT}`,
      );
    }
    throw new CommandError(
      `No ModelConfig is deployed in ${this.region}. Deploy its stack: npx cdktf deploy`,
    );
  }

  /** What was deployed, the newest first; what was taken back is left out. */
  async *history(): AsyncGenerator<DeployedVersion> {
    let latestDeployment: number | undefined;
    for await (const deployment of this.deployments()) {
      latestDeployment ??= deployment.deploymentNumber;
      if (isTakenBack(deployment)) continue;
      yield { ...deployment, ...(await this.find(deployment.version)), latestDeployment };
    }
  }

  /** The newest first. */
  async *deployments(): AsyncGenerator<Deployment> {
    const { ApplicationId, EnvironmentId, ConfigurationProfileId } = this.ids;
    const pages = paginateListDeployments({ client: this.client }, { ApplicationId, EnvironmentId });
    for await (const { Items = [] } of pages) {
      for (const item of Items) {
        if ((item.ConfigurationProfileId ?? ConfigurationProfileId) !== ConfigurationProfileId) continue;
        yield {
          deploymentNumber: item.DeploymentNumber ?? 0,
          version: Number(item.ConfigurationVersion),
          state: item.State ?? '',
          percent: item.PercentageComplete ?? 0,
          startedAt: item.StartedAt,
        };
      }
    }
  }

  /** What each version's maker has said of it; AppConfig's list of deployments tells nothing of theirs. */
  async descriptions(): Promise<ReadonlyMap<number, string>> {
    const { ApplicationId, ConfigurationProfileId } = this.ids;
    const found = new Map<number, string>();
    const request = { ApplicationId, ConfigurationProfileId };
    for await (const { Items = [] } of paginateListHostedConfigurationVersions(
      { client: this.client },
      request,
    ))
      for (const { VersionNumber = 0, Description = '' } of Items) found.set(VersionNumber, Description);
    return found;
  }

  /** Numbers of the versions that Terraform has not made, the oldest first: they keep the profile from being destroyed. */
  async operatorsVersions(): Promise<readonly number[]> {
    const own = [...(await this.descriptions())].filter(([, description]) => description !== FIRST_VERSION);
    return own.map(([number]) => number).sort((one, other) => one - other);
  }

  /** The newest version, deployed or not; undefined where there is none. */
  async latestVersion(): Promise<
    { readonly number: number; readonly config: ModelConfig | undefined } | undefined
  > {
    const { ApplicationId, ConfigurationProfileId } = this.ids;
    const { Items: [latest] = [] } = await this.client.send(
      new ListHostedConfigurationVersionsCommand({ ApplicationId, ConfigurationProfileId, MaxResults: 1 }),
    );
    const number = latest?.VersionNumber;
    return number === undefined ? undefined : { number, config: (await this.find(number)).config };
  }

  /**
   * What was in force before the one deployment since is so again. A version that stayed would keep its profile from
   * being destroyed.
   * @throws CommandError where somebody else has deployed meanwhile, which is theirs to take back
   */
  async takeBackTo(before: DeployedVersion): Promise<void> {
    const { deploymentNumber, version } = await this.newest();
    if (deploymentNumber === before.deploymentNumber) return;
    if (deploymentNumber !== before.latestDeployment + 1)
      throw new CommandError(
        `Somebody else has deployed in ${this.region} meanwhile, and nothing was taken back there. What was tried may be among the rules in force: npm run assistant -- models show`,
      );
    await this.client.send(
      new StopDeploymentCommand({ ...this.ids, DeploymentNumber: deploymentNumber, AllowRevert: true }),
    );
    await this.client.send(
      new DeleteHostedConfigurationVersionCommand({ ...this.ids, VersionNumber: version }),
    );
  }

  /** @throws CommandError where the region's stack has no such strategy */
  strategyId(which: 'atOnce' | 'gradual'): Promise<string> {
    const { [which]: name } = modelSelectionNames(this.names);
    return find(paginateListDeploymentStrategies({ client: this.client }, {}), name, this.region);
  }

  /** @throws CommandError for a version that is gone, or no ModelConfig of this command's */
  async read(version: number): Promise<Rules> {
    const found = await this.find(version);
    if (found.config !== undefined) return found;
    throw new CommandError(
      `${found.unreadable}. Those that were deployed: npm run assistant -- models history`,
    );
  }

  /** What a version holds, or why that is not to be had. */
  async find(version: number): Promise<Rules | UnreadableRules> {
    const content = await this.content(version).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (content === undefined) {
      const unreadable = `${this.region} has no version ${version}: it was deleted, or never was`;
      return { config: undefined, configurationVersion: undefined, unreadable };
    }
    const configurationVersion = contentVersion(content);
    const { data: config, error } = modelConfigSchema.safeParse(parseJson(content));
    if (config !== undefined) return { config, configurationVersion };
    const faults = faultsText(error.issues);
    const unreadable = `version ${version} in ${this.region} is no ModelConfig as this commit has it: ${faults}`;
    return { config, configurationVersion, unreadable };
  }

  /** As AppConfig has it. */
  async content(VersionNumber: number): Promise<string> {
    const { ApplicationId, ConfigurationProfileId } = this.ids;
    const { Content } = await this.client.send(
      new GetHostedConfigurationVersionCommand({ ApplicationId, ConfigurationProfileId, VersionNumber }),
    );
    return Buffer.from(Content ?? []).toString('utf8');
  }
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

/** How AppConfig's operations are told what they work on. */
interface ModelSelectionIds {
  readonly ApplicationId: string;
  readonly EnvironmentId: string;
  readonly ConfigurationProfileId: string;
}

/** @throws CommandError where the region's stack is not deployed */
async function findModelSelection(
  client: AppConfigClient,
  region: string,
  names: ModelConfigNames,
): Promise<ModelSelectionIds> {
  const { application, profile } = modelSelectionNames(names);
  const ApplicationId = await find(paginateListApplications({ client }, {}), application, region);
  const [EnvironmentId, ConfigurationProfileId] = await Promise.all([
    find(paginateListEnvironments({ client }, { ApplicationId }), names.stage, region),
    find(paginateListConfigurationProfiles({ client }, { ApplicationId }), profile, region),
  ]);
  return { ApplicationId, EnvironmentId, ConfigurationProfileId };
}

async function find(pages: AsyncIterable<Page>, name: string, region: string): Promise<string> {
  for await (const { Items = [] } of pages) {
    const id = Items.find((item) => item.Name === name)?.Id;
    if (id !== undefined) return id;
  }
  throw new NotDeployedError(
    `AppConfig in ${region} has no ${name}. Deploy the region's stack: npx cdktf deploy`,
  );
}

interface Page {
  readonly Items?:
    readonly { readonly Id?: string | undefined; readonly Name?: string | undefined }[] | undefined;
}
