import type { DynamodbTableConfig } from '@cdktf/provider-aws/lib/dynamodb-table';
import { staysIn } from './base-stack';
import type { PartProps } from './part-props';

/**
 * For a table that holds an operator's word, which nobody would find out anew: Terraform refuses a plan that destroys
 * it, and DynamoDB everybody else.
 */
export function protectedTable({
  config: { evacuation },
  region,
}: PartProps): Pick<DynamodbTableConfig, 'pointInTimeRecovery' | 'deletionProtectionEnabled' | 'lifecycle'> {
  return {
    pointInTimeRecovery: { enabled: true },
    deletionProtectionEnabled: evacuation.deletionProtection,
    lifecycle: { ...(evacuation.deletionProtection && { preventDestroy: true }), ...staysIn(region) },
  };
}
