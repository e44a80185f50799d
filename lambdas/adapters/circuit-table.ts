import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Circuit } from '../../contract/circuit';
import { getCircuit, putCircuit, readCircuit } from '../../contract/circuit-item';
import type { CircuitStore } from '../tier/circuit/circuit-store';
import { callDeadline } from './dynamodb';

export function dynamoDbCircuitStore(table: string, client: DynamoDBClient): CircuitStore {
  const read = async (model: string): Promise<Circuit | undefined> => {
    const { Item } = await client.send(new GetItemCommand(getCircuit(table, model)), callDeadline());
    return Item && readCircuit(Item);
  };
  return {
    read,
    async write(circuit) {
      try {
        await client.send(new PutItemCommand(putCircuit(table, circuit, Date.now())), callDeadline());
        return undefined;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return { current: await read(circuit.model) };
      }
    },
  };
}
