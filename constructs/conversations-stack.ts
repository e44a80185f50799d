import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import {
  CONVERSATION_KEY,
  CONVERSATION_TTL,
  conversationTableName,
  TURN_KEY,
} from '../contract/conversation';
import { acceptFindings } from './accepted-findings';
import { BaseStack, staysIn } from './base-stack';
import type { AssistantConfig } from './config/assistant-config';

export interface ConversationsStackProps {
  readonly config: AssistantConfig;
  readonly conversations: NonNullable<AssistantConfig['conversations']>;
}

/**
 * What is kept of conversations: one global table, a replica in each region, eventually consistent. It is in a stack of
 * its own, since a replica that another state knows as well is deleted by that state's next apply. The regional stacks
 * know its literal name alone, and serve without it.
 * https://github.com/hashicorp/terraform-provider-aws/issues/38968
 */
export class ConversationsStack extends BaseStack {
  readonly table: DynamodbTable;

  constructor(
    scope: Construct,
    name: 'conversations',
    { config, conversations: { deletionProtection } }: ConversationsStackProps,
  ) {
    const { primary, secondary } = config.regions;
    super(scope, name, { config, region: primary });
    this.table = new DynamodbTable(this, 'turns', {
      provider: this.provider,
      name: conversationTableName(config.project),
      billingMode: 'PAY_PER_REQUEST',
      hashKey: CONVERSATION_KEY,
      rangeKey: TURN_KEY,
      attribute: [
        { name: CONVERSATION_KEY, type: 'S' },
        { name: TURN_KEY, type: 'S' },
      ],
      ttl: { attributeName: CONVERSATION_TTL, enabled: true },
      // AWS's own key of the account for DynamoDB, in each region.
      serverSideEncryption: { enabled: true },
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
      // What replication goes by: a table with a replica has it, whether it is said or not.
      streamEnabled: true,
      streamViewType: 'NEW_AND_OLD_IMAGES',
      replica: [
        {
          regionName: secondary,
          pointInTimeRecovery: true,
          deletionProtectionEnabled: deletionProtection,
          propagateTags: true,
        },
      ],
      lifecycle: { ...(deletionProtection && { preventDestroy: true }), ...staysIn(primary) },
    });
    acceptFindings(this.table, {
      CKV_AWS_119:
        'AWS’s own key of the account encrypts it. One of KMS’s would be two more things, one a region, to lose it by.',
    });
    new TerraformOutput(this, 'table_name', { value: this.table.name });
  }
}
