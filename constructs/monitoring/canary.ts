import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule';
import type { SfnStateMachine } from '@cdktf/provider-aws/lib/sfn-state-machine';
import { Construct } from 'constructs';
import type { QuestionInput } from '../../contract/workflow';
import { acceptFindings } from '../accepted-findings';
import { canaryName } from '../config/assistant-config';
import { createRole } from '../iam';
import type { PartProps } from '../part-props';

export interface CanaryProps extends PartProps {
  readonly stateMachine: SfnStateMachine;
}

/** Few tokens in and out: it asks whether a model answers, not what. */
const QUESTION = 'Reply with the word OK.';

/** A question that waited longer says nothing about now; Scheduler takes no less than a minute. */
const MAX_AGE_SECONDS = 60;

/**
 * Asks a question of each configured request type every minute. Failover listens to it alone: callers cannot bring
 * about what it finds, and a region without traffic is known, too. One whose models are down gets no callers back
 * before they are up.
 */
export class Canary extends Construct {
  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id);
    const { config, provider, region, account, stateMachine } = props;
    const { role, permissions } = createRole(this, props, {
      name: `${config.project}-canary-${region}`,
      service: 'scheduler.amazonaws.com',
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
      sourceArn: `arn:aws:scheduler:${region}:${account}:schedule-group/default`,
      statements: [{ actions: ['states:StartExecution'], resources: [stateMachine.arn] }],
    });
    for (const type of config.canary.requestTypes) {
      const schedule = new SchedulerSchedule(this, type, {
        provider,
        name: canaryName(config.project, type),
        scheduleExpression: 'rate(1 minute)',
        state: config.canary.enabled ? 'ENABLED' : 'DISABLED',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: stateMachine.arn,
          roleArn: role.arn,
          input: JSON.stringify({
            kind: 'question',
            source: 'canary',
            caller: '',
            tokensPerDay: '',
            requestId: '<aws.scheduler.execution-id>',
            body: JSON.stringify({ question: QUESTION, type }),
            bodyTooLarge: false,
          } satisfies QuestionInput),
          // By default it would try 185 times within a day.
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: MAX_AGE_SECONDS },
        },
        dependsOn: [permissions],
      });
      acceptFindings(schedule, {
        CKV_AWS_297: 'Its input is the canary’s question, which is no secret.',
      });
    }
  }
}
