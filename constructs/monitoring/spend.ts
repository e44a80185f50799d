import { BudgetsBudget } from '@cdktf/provider-aws/lib/budgets-budget';
import type { Construct } from 'constructs';
import type { PartProps } from '../part-props';

/** Percent of the month's limit at which somebody is told, and of what: of the bill so far, or of AWS's forecast. */
const NOTIFICATIONS = [
  { percent: 80, of: 'ACTUAL' },
  { percent: 100, of: 'ACTUAL' },
  { percent: 100, of: 'FORECASTED' },
] as const;

/**
 * An AWS Budget of the whole account, once, in the primary's stack: models of third parties are billed under names of
 * their own, and tags of this project are on none of Bedrock's bill. It tells, and stops nothing.
 */
export function createSpendBudget(scope: Construct, id: string, { config, role, provider }: PartProps): void {
  const { spend, project } = config;
  if (spend === undefined || role !== 'primary') return;
  new BudgetsBudget(scope, id, {
    provider,
    name: `${project}-account`,
    budgetType: 'COST',
    timeUnit: 'MONTHLY',
    limitAmount: String(spend.monthlyUsd),
    limitUnit: 'USD',
    // Credits and refunds would hide what is used, until they are used up.
    costTypes: { includeCredit: false, includeRefund: false },
    notification: NOTIFICATIONS.map(({ percent, of }) => ({
      comparisonOperator: 'GREATER_THAN',
      threshold: percent,
      thresholdType: 'PERCENTAGE',
      notificationType: of,
      ...(spend.emails && { subscriberEmailAddresses: spend.emails }),
      ...(spend.topic !== undefined && { subscriberSnsTopicArns: [spend.topic] }),
    })),
  });
}
