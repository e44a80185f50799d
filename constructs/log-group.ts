import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { Construct } from 'constructs';
import { acceptFindings } from './accepted-findings';
import type { PartProps } from './part-props';

/** A log group that ends after the configured days; made before who writes to it, since that would make one that never does. */
export function createLogGroup(
  scope: Construct,
  id: string,
  { config, provider }: Pick<PartProps, 'config' | 'provider'>,
  name: string,
): CloudwatchLogGroup {
  const group = new CloudwatchLogGroup(scope, id, {
    provider,
    name,
    retentionInDays: config.logRetentionDays,
  });
  acceptFindings(group, {
    CKV_AWS_158: 'No customer’s text and no secret is in it; CloudWatch’s own key encrypts it.',
    CKV_AWS_338: 'How long it is kept is the operator’s to say: logRetentionDays.',
  });
  return group;
}
