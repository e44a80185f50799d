import {
  CONVERSATION_KEY,
  CONVERSATION_TTL,
  conversationExpiry,
  conversationKey,
  FORGOTTEN,
  MAX_RETENTION_DAYS,
  TURN_KEY,
  type KeptConversations,
} from '../../contract/conversation';
import type { DynamoDb } from './dynamodb';

/** BatchWriteItem takes no more. */
const BATCH_ITEMS = 25;

/** Longer than any turn is kept, by whichever region's clock and whichever retention there was or will be. */
const MARK_DAYS = MAX_RETENTION_DAYS + 1;

/** A caller waits no longer; asked again, it goes on. Some ten thousand turns are deleted by then. */
const LONGEST_MS = 20_000;

/**
 * What says that it was forgotten comes first: from then on, nothing of it is read, also what is still on its way from
 * the other region, or written there at the same time. Then its turns are deleted, in both regions by replication.
 */
export const forgetInTable =
  ({ table }: KeptConversations, dynamoDb: Pick<DynamoDb, 'put' | 'query' | 'batchWrite'>) =>
  async (caller: string, id: string): Promise<void> => {
    const until = Date.now() + LONGEST_MS;
    const conversation = { S: conversationKey(caller, id) };
    await dynamoDb.put({
      TableName: table,
      Item: {
        [CONVERSATION_KEY]: conversation,
        [TURN_KEY]: { S: FORGOTTEN },
        [CONVERSATION_TTL]: { N: String(conversationExpiry(Date.now(), MARK_DAYS)) },
      },
    });
    for (;;) {
      const { Items = [] } = await dynamoDb.query({
        TableName: table,
        KeyConditionExpression: '#conversation = :conversation AND #turn < :forgotten',
        ProjectionExpression: '#conversation, #turn',
        ExpressionAttributeNames: { '#conversation': CONVERSATION_KEY, '#turn': TURN_KEY },
        ExpressionAttributeValues: { ':conversation': conversation, ':forgotten': { S: FORGOTTEN } },
        ConsistentRead: true,
        Limit: BATCH_ITEMS,
      });
      if (Items.length === 0) return;
      const deletions = Items.map((Key) => ({ DeleteRequest: { Key } }));
      const { UnprocessedItems = {} } = await dynamoDb.batchWrite({
        RequestItems: { [table]: deletions },
      });
      if (Object.keys(UnprocessedItems).length > 0) throw new Error('The table is too busy.');
      if (Date.now() >= until) throw new Error('There are too many turns for one request.');
    }
  };
