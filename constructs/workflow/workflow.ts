import { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import { acceptFindings } from '../accepted-findings';
import { deadlines } from '../deadlines';
import type { AssistantFunctions } from '../functions/create-functions';
import { createRole, type Statement } from '../iam';
import { createLogGroup } from '../log-group';
import { NOT_TRACED, createSamplingRule, writeTraces } from '../monitoring/tracing';
import type { PartProps } from '../part-props';
import { workflowDefinition } from './definition';

export interface WorkflowProps extends PartProps {
  readonly functions: AssistantFunctions;
}

/** Delivering logs is configured through actions that name no resource, so AWS offers nothing narrower than `*`. */
const LOG_DELIVERY: Statement = {
  sid: 'LogDeliveryActionsTakeNoResource',
  actions: [
    'logs:CreateLogDelivery',
    'logs:GetLogDelivery',
    'logs:UpdateLogDelivery',
    'logs:DeleteLogDelivery',
    'logs:ListLogDeliveries',
    'logs:PutResourcePolicy',
    'logs:DescribeResourcePolicies',
    'logs:DescribeLogGroups',
  ],
  resources: ['*'],
};

/** The action names no resource; its condition on the namespace is the narrowest that AWS offers. */
const putMetricData = (namespace: string): Statement => ({
  sid: 'PutMetricDataTakesNoResource',
  actions: ['cloudwatch:PutMetricData'],
  resources: ['*'],
  conditions: { StringEquals: { 'cloudwatch:namespace': namespace } },
});

/** The Express state machine that decides which tier answers. */
export class Workflow extends Construct {
  readonly stateMachine: SfnStateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { config, provider, region, account } = props;
    const name = `${config.project}-workflow`;
    // The prefix keeps the resource policy, which AWS writes for log delivery, from growing by each group.
    const logs = createLogGroup(this, 'logs', props, `/aws/vendedlogs/states/${name}`);
    const functionArns = Object.values(props.functions).map(({ function: { arn } }) => `${arn}:*`);
    const { role, permissions } = createRole(this, props, {
      name: `${name}-${region}`,
      service: 'states.amazonaws.com',
      sourceArn: `arn:aws:states:${region}:${account}:stateMachine:${name}`,
      statements: [
        { actions: ['lambda:InvokeFunction'], resources: functionArns },
        putMetricData(config.project),
        LOG_DELIVERY,
        // https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
        ...writeTraces(config, 'xray:GetSamplingRules', 'xray:GetSamplingTargets'),
      ],
    });
    this.stateMachine = new SfnStateMachine(this, 'default', {
      provider,
      name,
      type: 'EXPRESS',
      roleArn: role.arn,
      definition: JSON.stringify(definition(props)),
      loggingConfiguration: {
        logDestination: `${logs.arn}:*`,
        level: 'ERROR',
        // Execution data holds customers' questions.
        includeExecutionData: false,
      },
      tracingConfiguration: { enabled: config.tracing },
      dependsOn: [permissions],
    });
    acceptFindings(this.stateMachine, {
      ...(!config.tracing && { CKV_AWS_284: NOT_TRACED }),
      CKV_AWS_285: 'Execution data are customers’ questions and what they were answered.',
    });
    createSamplingRule(this, 'sampling', { ...props, stateMachine: this.stateMachine });
  }
}

function definition({ config, region, functions }: WorkflowProps): object {
  return workflowDefinition({
    functions: {
      primaryModel: functions.primaryModel.function.qualifiedArn,
      fallbackModel: functions.fallbackModel.function.qualifiedArn,
      degradation: functions.degradation.function.qualifiedArn,
      health: functions.health.function.qualifiedArn,
      probe: functions.probe.function.qualifiedArn,
    },
    deadlines: deadlines(config),
    region,
    maintenanceMessage: config.maintenanceMessage,
    retryAfterSeconds: config.retryAfterSeconds,
    metricNamespace: config.project,
  });
}
