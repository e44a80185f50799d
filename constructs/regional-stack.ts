import { TerraformOutput, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { PROBE_SECRET_VARIABLE } from '../contract/probe';
import { BaseStack } from './base-stack';
import type { AssistantConfig, Role } from './config/assistant-config';
import { RegionalAssistant } from './regional-assistant';

export interface RegionalStackProps {
  readonly config: AssistantConfig;
  readonly role: Role;
}

/** One region of the active-passive pair. */
export class RegionalStack extends BaseStack {
  readonly assistant: RegionalAssistant;

  constructor(scope: Construct, name: Role, { config, role }: RegionalStackProps) {
    const region = config.regions[role];
    super(scope, name, { config, region });
    this.assistant = new RegionalAssistant(this, 'assistant', {
      config,
      role,
      region,
      provider: this.provider,
      probeSecret: this.createProbeSecret().stringValue,
    });
    this.createOutputs(config, role);
  }

  /** No output, name, id or tag holds it; the state does, as it holds every argument. */
  private createProbeSecret(): TerraformVariable {
    return new TerraformVariable(this, PROBE_SECRET_VARIABLE, {
      type: 'string',
      sensitive: true,
      nullable: false,
      description: 'The secret in the paths that Route 53 asks, the same for both regions',
    });
  }

  private createOutputs({ domain }: AssistantConfig, role: Role): void {
    const { workflow, modelSelection, failover } = this.assistant;
    const outputs = {
      failover_url: `https://${domain.failover}/`,
      regional_url: `https://${domain[role]}/`,
      state_machine_arn: workflow.stateMachine.arn,
      appconfig_application_id: modelSelection.application.id,
      appconfig_environment_id: modelSelection.environment.environmentId,
      appconfig_profile_id: modelSelection.profile.configurationProfileId,
      health_check_id: failover.healthChecks.record.id,
    };
    for (const [name, value] of Object.entries(outputs)) new TerraformOutput(this, name, { value });
  }
}
