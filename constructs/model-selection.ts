import { AppconfigApplication } from '@cdktf/provider-aws/lib/appconfig-application';
import { AppconfigConfigurationProfile } from '@cdktf/provider-aws/lib/appconfig-configuration-profile';
import { AppconfigDeployment } from '@cdktf/provider-aws/lib/appconfig-deployment';
import { AppconfigDeploymentStrategy } from '@cdktf/provider-aws/lib/appconfig-deployment-strategy';
import { AppconfigEnvironment } from '@cdktf/provider-aws/lib/appconfig-environment';
import { AppconfigHostedConfigurationVersion } from '@cdktf/provider-aws/lib/appconfig-hosted-configuration-version';
import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { dependable } from 'cdktf';
import { Construct } from 'constructs';
import * as z from 'zod';
import { shippedModelConfig } from '../contract/default-model-config';
import type { ModelConfigEnvironment } from '../contract/environment';
import { modelConfigSchema } from '../contract/model-config';
import { FIRST_VERSION, modelSelectionNames } from '../contract/model-selection';
import { staysIn } from './base-stack';
import { createRole, type Statement } from './iam';
import type { PartProps } from './part-props';

/**
 * AppConfig says which model serves which request type. Terraform seeds the first version and deploys it; from
 * then on the content belongs to the operators, and an apply leaves their versions and deployments alone.
 */
export class ModelSelection extends Construct {
  readonly application: AppconfigApplication;
  readonly environment: AppconfigEnvironment;
  readonly profile: AppconfigConfigurationProfile;
  /** What a function that reads the rules has in its environment. */
  readonly environmentVariables: ModelConfigEnvironment;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PartProps,
  ) {
    super(scope, id);
    const { config, region, provider } = props;
    const names = modelSelectionNames(config);
    this.application = new AppconfigApplication(this, 'default', {
      provider,
      name: names.application,
      lifecycle: staysIn(region),
    });
    this.environment = new AppconfigEnvironment(this, 'environment', {
      provider,
      applicationId: this.application.id,
      name: config.stage,
    });
    this.profile = new AppconfigConfigurationProfile(this, 'profile', {
      provider,
      applicationId: this.application.id,
      name: names.profile,
      locationUri: 'hosted',
      validator: [{ type: 'JSON_SCHEMA', content: modelConfigJsonSchema() }],
    });
    this.createFirstVersion();
    this.createGradualStrategy();
    this.environmentVariables = {
      APPCONFIG_APPLICATION: this.application.id,
      APPCONFIG_ENVIRONMENT: this.environment.environmentId,
      APPCONFIG_PROFILE: this.profile.configurationProfileId,
      APPCONFIG_POLL_SECONDS: String(config.modelConfigPollSeconds),
      MODEL_GEOGRAPHY: config.modelGeography ?? '',
    };
  }

  /** Permission to read this profile's configuration in this environment, and no other. */
  readStatement(account: string): Statement {
    const application = `arn:aws:appconfig:${this.props.region}:${account}:application/${this.application.id}`;
    return {
      actions: ['appconfig:StartConfigurationSession', 'appconfig:GetLatestConfiguration'],
      resources: [
        `${application}/environment/${this.environment.environmentId}/configuration/${this.profile.configurationProfileId}`,
      ],
    };
  }

  /**
   * A deployment that is under way when one of them goes off is taken back. One without data takes it back, too, so that
   * they have to have some at all times, or do without:
   * https://docs.aws.amazon.com/appconfig/latest/userguide/monitoring-deployments.html
   */
  takeBackOn(...alarms: readonly CloudwatchMetricAlarm[]): void {
    const { config, region, account } = this.props;
    const { role, permissions } = createRole(new Construct(this, 'monitor'), this.props, {
      name: `${config.project}-model-config-${region}`,
      service: 'appconfig.amazonaws.com',
      // By which names AppConfig asks is not documented.
      statements: [
        {
          actions: ['cloudwatch:DescribeAlarms'],
          resources: [`arn:aws:cloudwatch:${region}:${account}:alarm:*`],
        },
      ],
    });
    this.environment.putMonitor(alarms.map(({ arn }) => ({ alarmArn: arn, alarmRoleArn: role.arn })));
    // The first deployment follows the environment at once, and is not to be one whose alarms cannot be read.
    this.environment.dependsOn = [dependable(permissions)];
  }

  private createGradualStrategy(): void {
    const { config, provider } = this.props;
    const { minutes, growthPercent, bakeMinutes } = config.modelConfigRollout;
    new AppconfigDeploymentStrategy(this, 'gradual_strategy', {
      provider,
      name: modelSelectionNames(config).gradual,
      description: 'A new configuration is handed out step by step, and taken back by an alarm',
      deploymentDurationInMinutes: minutes,
      growthFactor: growthPercent,
      growthType: 'LINEAR',
      finalBakeTimeInMinutes: bakeMinutes,
      replicateTo: 'NONE',
    });
  }

  private createFirstVersion(): void {
    const { config, provider } = this.props;
    const version = new AppconfigHostedConfigurationVersion(this, 'first_version', {
      provider,
      applicationId: this.application.id,
      configurationProfileId: this.profile.configurationProfileId,
      content: JSON.stringify(shippedModelConfig(config.modelGeography)),
      contentType: 'application/json',
      description: FIRST_VERSION,
      lifecycle: { ignoreChanges: ['content'] },
    });
    const strategy = new AppconfigDeploymentStrategy(this, 'strategy', {
      provider,
      name: modelSelectionNames(config).atOnce,
      description: 'A new configuration is served at once; the next may follow at once',
      deploymentDurationInMinutes: 0,
      growthFactor: 100,
      finalBakeTimeInMinutes: 0,
      replicateTo: 'NONE',
    });
    new AppconfigDeployment(this, 'first_deployment', {
      provider,
      applicationId: this.application.id,
      environmentId: this.environment.environmentId,
      configurationProfileId: this.profile.configurationProfileId,
      configurationVersion: version.getStringAttribute('version_number'),
      deploymentStrategyId: strategy.id,
      lifecycle: { ignoreChanges: ['configuration_version', 'deployment_strategy_id'] },
    });
  }
}

/** AppConfig's inline validators are JSON Schema draft 4. */
export const modelConfigJsonSchema = (): string =>
  JSON.stringify(z.toJSONSchema(modelConfigSchema, { target: 'draft-4' }));
