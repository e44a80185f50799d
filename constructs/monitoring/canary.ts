import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import type { QuestionInput } from '../../contract/workflow';
import { policy, trustPolicy } from '../iam';
import type { PartProps } from '../part-props';

export interface CanaryProps extends PartProps {
  readonly stateMachine: SfnStateMachine;
}

/** Few tokens in and out: it asks whether a model answers, not what. ModelConfig may have a rule for its type. */
const QUESTION = { question: 'Reply with the word OK.', type: 'canary' };

/** A question that waited longer says nothing about now; Scheduler takes no less than a minute. */
const MAX_AGE_SECONDS = 60;

/**
 * Asks a question every minute, so that a region without traffic is known, too: one whose models are down gets no
 * callers back before they are up.
 */
export class Canary extends Construct {
  constructor(scope: Construct, id: string, { config, provider, region, stateMachine }: CanaryProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      provider,
      name: `${config.project}-canary-${region}`,
      assumeRolePolicy: trustPolicy('scheduler.amazonaws.com'),
    });
    new IamRolePolicy(this, 'policy', {
      provider,
      name: 'permissions',
      role: role.name,
      policy: policy({ actions: ['states:StartExecution'], resources: [stateMachine.arn] }),
    });
    new SchedulerSchedule(this, 'default', {
      provider,
      name: `${config.project}-canary`,
      scheduleExpression: 'rate(1 minute)',
      state: config.canary.enabled ? 'ENABLED' : 'DISABLED',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: stateMachine.arn,
        roleArn: role.arn,
        input: JSON.stringify({
          kind: 'question',
          source: 'canary',
          requestId: '<aws.scheduler.execution-id>',
          body: JSON.stringify(QUESTION),
          bodyTooLarge: false,
        } satisfies QuestionInput),
        // By default it would try 185 times within a day.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: MAX_AGE_SECONDS },
      },
    });
  }
}
