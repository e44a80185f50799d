import {
  CONVERSATION_KEY,
  CONVERSATION_TTL,
  conversationExpiry,
  conversationKey,
  FORGOTTEN,
  MAX_HISTORY_TURNS,
  TURN_KEY,
  turnKey,
  type KeptConversations,
} from '../../contract/conversation';
import type { ConversationStore } from '../tier/conversations';
import type { DynamoDb } from './dynamodb';

export const dynamoDbConversationStore = (
  { table, retentionDays }: KeptConversations,
  dynamoDb: Pick<DynamoDb, 'query' | 'put'>,
): ConversationStore => ({
  async read(caller, id) {
    const { Items = [] } = await dynamoDb.query({
      TableName: table,
      KeyConditionExpression: '#conversation = :conversation',
      ExpressionAttributeNames: { '#conversation': CONVERSATION_KEY },
      ExpressionAttributeValues: { ':conversation': { S: conversationKey(caller, id) } },
      // Of this region's replica: a turn that was kept here is there.
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: MAX_HISTORY_TURNS,
    });
    if (Items[0]?.[TURN_KEY]?.S === FORGOTTEN) return 'forgotten';
    const now = Date.now() / 1_000;
    return Items.filter((item) => Number(item[CONVERSATION_TTL]?.N) > now)
      .map(({ question, answer }) => ({ question: question?.S ?? '', answer: answer?.S ?? '' }))
      .reverse();
  },
  async add(caller, id, { question, answer, at, requestId }) {
    await dynamoDb.put({
      TableName: table,
      Item: {
        [CONVERSATION_KEY]: { S: conversationKey(caller, id) },
        [TURN_KEY]: { S: turnKey(at, requestId) },
        [CONVERSATION_TTL]: { N: String(conversationExpiry(Date.now(), retentionDays)) },
        question: { S: question },
        answer: { S: answer },
      },
    });
  },
});
