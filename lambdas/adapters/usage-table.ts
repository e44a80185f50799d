import { USAGE_KEY, USAGE_TTL, usageExpiry } from '../../contract/usage';
import type { UsageStore } from '../tier/token-budget';
import type { DynamoDb } from './dynamodb';

const TOKENS = 'tokens';

export const dynamoDbUsageStore = (table: string, dynamoDb: DynamoDb): UsageStore => ({
  async read(key) {
    const { Item } = await dynamoDb.get({
      TableName: table,
      Key: { [USAGE_KEY]: { S: key } },
      ConsistentRead: true,
    });
    return Number(Item?.[TOKENS]?.N ?? 0);
  },
  async add(key, tokens) {
    const { Attributes } = await dynamoDb.update({
      TableName: table,
      Key: { [USAGE_KEY]: { S: key } },
      UpdateExpression: 'ADD #tokens :used SET #expiry = :expiry',
      ExpressionAttributeNames: { '#tokens': TOKENS, '#expiry': USAGE_TTL },
      ExpressionAttributeValues: {
        ':used': { N: String(tokens) },
        ':expiry': { N: String(usageExpiry(Date.now())) },
      },
      ReturnValues: 'UPDATED_NEW',
    });
    return Number(Attributes?.[TOKENS]?.N);
  },
});
