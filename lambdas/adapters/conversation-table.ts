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
): ConversationStore => {
  /** @returns the newest items, the newest of them first; or that the conversation was forgotten */
  const newest = async (caller: string, id: string, limit: number) => {
    const { Items = [] } = await dynamoDb.query({
      TableName: table,
      KeyConditionExpression: '#conversation = :conversation',
      ExpressionAttributeNames: { '#conversation': CONVERSATION_KEY },
      ExpressionAttributeValues: { ':conversation': { S: conversationKey(caller, id) } },
      // Of this region's replica: what was written here is there.
      ConsistentRead: true,
      ScanIndexForward: false,
      Limit: limit,
    });
    return Items[0]?.[TURN_KEY]?.S === FORGOTTEN ? 'forgotten' : Items;
  };
  return {
    async read(caller, id) {
      const items = await newest(caller, id, MAX_HISTORY_TURNS);
      if (items === 'forgotten') return items;
      const now = Date.now() / 1_000;
      return items
        .filter((item) => Number(item[CONVERSATION_TTL]?.N) > now)
        .flatMap(({ question, answer }) =>
          // Taken back, in the other region, of what was forgotten: the mark may be on its way.
          question?.S && answer?.S ? [{ question: question.S, answer: answer.S }] : [],
        )
        .reverse();
    },
    async add(caller, id, { question, answer, at, requestId }) {
      const turn = {
        [CONVERSATION_KEY]: { S: conversationKey(caller, id) },
        [TURN_KEY]: { S: turnKey(at, requestId) },
        [CONVERSATION_TTL]: { N: String(conversationExpiry(Date.now(), retentionDays)) },
      };
      await dynamoDb.put({
        TableName: table,
        Item: { ...turn, question: { S: question }, answer: { S: answer } },
      });
      // Forgotten while it was answered, it would stand where nobody deletes it. Of who forgets and who adds, the later
      // one sees the other's item.
      if ((await newest(caller, id, 1)) !== 'forgotten') return true;
      await dynamoDb.put({ TableName: table, Item: turn });
      return false;
    },
  };
};
