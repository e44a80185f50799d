import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Circuit } from '../../contract/circuit';
import { getCircuit, putCircuit, readCircuit } from '../../contract/circuit-item';
import { awakeTimeout } from './awake-timeout';
import type { CircuitStore } from '../tier/circuit/circuit-store';

/** A request has long gone on; this ends what would otherwise wait for ever. */
const CALL_TIMEOUT_MS = 1_000;

/** Retries nothing: the breaker knows what to do without the store. */
export function dynamoDbCircuitStore(table: string, client = createClient()): CircuitStore {
  const options = () => ({ abortSignal: awakeTimeout(CALL_TIMEOUT_MS) });
  const read = async (model: string): Promise<Circuit | undefined> => {
    const { Item } = await client.send(new GetItemCommand(getCircuit(table, model)), options());
    return Item && readCircuit(Item);
  };
  return {
    read,
    async write(circuit) {
      try {
        await client.send(new PutItemCommand(putCircuit(table, circuit, Date.now())), options());
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { current: await read(circuit.model) };
      }
    },
  };
}

const createClient = () => new DynamoDBClient({ maxAttempts: 1, requestHandler: new NodeHttpHandler() });
