import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { Construct } from 'constructs';
import { ProbeApi } from './api/probe-api';
import { RestApi } from './api/rest-api';
import { CircuitTable } from './circuit-table';
import { CustomDomain } from './failover/custom-domain';
import { Failover } from './failover/failover';
import { createSwitchTable } from './failover/switch-table';
import {
  createAuthorizer,
  createChat,
  createFunctions,
  type AssistantFunctions,
} from './functions/create-functions';
import { Guardrail } from './guardrail';
import { ModelSelection } from './model-selection';
import { Alarms } from './monitoring/alarms';
import { Canary } from './monitoring/canary';
import { Dashboards } from './monitoring/dashboards';
import { createSpendBudget } from './monitoring/spend';
import type { PartProps } from './part-props';
import { UsageTable } from './usage-table';
import { Workflow } from './workflow/workflow';

/** The whole assistant of one region: the same in each, but for its part in the failover. */
export class RegionalAssistant extends Construct {
  readonly modelSelection: ModelSelection;
  readonly functions: AssistantFunctions;
  readonly workflow: Workflow;
  readonly api: RestApi;
  readonly alarms: Alarms;
  readonly failover: Failover;

  constructor(scope: Construct, id: string, settings: Omit<PartProps, 'account'>) {
    super(scope, id);
    const account = new DataAwsCallerIdentity(this, 'account', { provider: settings.provider }).accountId;
    const props: PartProps = { ...settings, account };
    const { domain } = props.config;

    this.modelSelection = new ModelSelection(this, 'model_selection', props);
    const circuits = new CircuitTable(this, 'circuits', props);
    const { guardrail } = props.config;
    const needed = {
      ...props,
      modelSelection: this.modelSelection,
      circuits,
      usage: new UsageTable(this, 'usage', props),
      guardrail: guardrail && new Guardrail(this, 'guardrail', { ...props, guardrail }),
    };
    this.functions = createFunctions(this, needed);
    const chat = createChat(this, needed);
    this.workflow = new Workflow(this, 'workflow', { ...props, functions: this.functions });
    const { stateMachine } = this.workflow;
    const authorizer = createAuthorizer(this, props);
    this.api = new RestApi(this, 'api', { ...props, stateMachine, authorizer, chat });

    createSpendBudget(this, 'spend', props);
    new Canary(this, 'canary', { ...props, stateMachine });

    const target = { ...props, stage: this.api.stage };
    const regionalDomain = new CustomDomain(this, 'regional_domain', {
      ...target,
      domainName: domain[props.role],
    });
    const failoverDomain = new CustomDomain(this, 'failover_domain', {
      ...target,
      domainName: domain.failover,
    });
    const domains = { regional: regionalDomain, failover: failoverDomain };
    const watched = { ...props, apiName: this.api.name, authorizer, chat, functions: this.functions };
    this.alarms = new Alarms(this, 'alarms', { ...watched, domains });
    this.modelSelection.takeBackOn(this.alarms.canaryUnanswered, this.alarms.modelNeedsAttention);

    const switches = createSwitchTable(this, 'switches', props);
    new ProbeApi(this, 'probe_api', { ...props, stateMachine, switches, regionalDomain });
    this.failover = new Failover(this, 'failover', {
      ...props,
      regionalDomain,
      failoverDomain,
      canaryUnanswered: this.alarms.canaryUnanswered,
    });
    if (props.config.dashboards) {
      const { alarms, failover } = this;
      const { healthChecks } = failover;
      new Dashboards(this, 'dashboards', { ...watched, alarms, healthChecks });
    }
  }
}
