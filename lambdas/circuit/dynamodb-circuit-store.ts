import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { CIRCUIT_KEY, CIRCUIT_TTL, type Circuit } from '../../contract/circuit';
import type { CircuitStore } from './circuit-store';

/** A request has long gone on; this ends what would otherwise wait for ever. */
const CALL_TIMEOUT_MS = 1_000;

/** A circuit that nobody has touched for so long is forgotten; its times are compared in the code, never by TTL. */
const TTL_SECONDS = 24 * 60 * 60;

/** Retries nothing: the breaker knows what to do without the store. */
export function dynamoDbCircuitStore(table: string, client = createClient()): CircuitStore {
  const options = () => ({ abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
  const read = async (model: string): Promise<Circuit | undefined> => {
    const Key = marshall({ [CIRCUIT_KEY]: model });
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
      options(),
    );
    return Item && (unmarshall(Item) as Circuit);
  };
  return {
    read,
    async write(circuit) {
      const expiresAt = Math.ceil(Date.now() / 1_000) + TTL_SECONDS;
      const put = new PutItemCommand({
        TableName: table,
        Item: marshall({ ...circuit, [CIRCUIT_TTL]: expiresAt }),
        ...onlyAfter(circuit.version - 1),
      });
      try {
        await client.send(put, options());
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { current: await read(circuit.model) };
      }
    },
  };
}

const createClient = () => new DynamoDBClient({ maxAttempts: 1, requestHandler: new NodeHttpHandler() });

/** The condition that nobody has written since this version was read; 0 stands for no item. */
function onlyAfter(version: number) {
  if (version === 0) {
    return {
      ConditionExpression: 'attribute_not_exists(#key)',
      ExpressionAttributeNames: { '#key': CIRCUIT_KEY },
    };
  }
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: marshall({ ':version': version }),
  };
}
