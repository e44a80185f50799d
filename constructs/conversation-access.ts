import { conversationTableName, type KeptConversations } from '../contract/conversation';
import type { ModelAccessEnvironment } from '../contract/environment';
import type { Statement } from './iam';
import type { PartProps } from './part-props';

/** What it takes to read and keep turns, and what to forget a conversation as well. */
const KEEPING = ['dynamodb:Query', 'dynamodb:PutItem'] as const;
export const FORGETTING = [...KEEPING, 'dynamodb:BatchWriteItem'] as const;

/**
 * What a region's functions know of the conversations that are kept: the literal name and ARN of the region's replica.
 * Whether it is there, they find out.
 */
export function conversationAccess(
  { config: { conversations, project }, region, account }: Pick<PartProps, 'config' | 'region' | 'account'>,
  actions: typeof KEEPING | typeof FORGETTING = KEEPING,
): {
  readonly environmentVariables: Pick<ModelAccessEnvironment, 'CONVERSATIONS'>;
  readonly statements: readonly Statement[];
} {
  if (conversations === undefined) return { environmentVariables: { CONVERSATIONS: '' }, statements: [] };
  const table = conversationTableName(project);
  const { retentionDays } = conversations;
  return {
    environmentVariables: {
      CONVERSATIONS: JSON.stringify({ table, retentionDays } satisfies KeptConversations),
    },
    statements: [
      {
        actions,
        resources: [`arn:aws:dynamodb:${region}:${account}:table/${table}`],
      },
    ],
  };
}
