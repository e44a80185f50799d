import { GetItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { USAGE_KEY, USAGE_TTL, usageExpiry } from '../../contract/usage';
import type { UsageStore } from '../tier/token-budget';
import { callDeadline } from './dynamodb';

const TOKENS = 'tokens';

export const dynamoDbUsageStore = (table: string, client: DynamoDBClient): UsageStore => ({
  async read(key) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { [USAGE_KEY]: { S: key } }, ConsistentRead: true }),
      callDeadline(),
    );
    return Number(Item?.[TOKENS]?.N ?? 0);
  },
  async add(key, tokens) {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { [USAGE_KEY]: { S: key } },
        UpdateExpression: 'ADD #tokens :used SET #expiry = :expiry',
        ExpressionAttributeNames: { '#tokens': TOKENS, '#expiry': USAGE_TTL },
        ExpressionAttributeValues: {
          ':used': { N: String(tokens) },
          ':expiry': { N: String(usageExpiry(Date.now())) },
        },
        ReturnValues: 'UPDATED_NEW',
      }),
      callDeadline(),
    );
    return Number(Attributes?.[TOKENS]?.N);
  },
});
