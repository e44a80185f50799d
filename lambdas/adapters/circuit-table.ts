import type { Circuit } from '../../contract/circuit';
import { getCircuit, putCircuit, readCircuit } from '../../contract/circuit-item';
import type { CircuitStore } from '../tier/circuit/circuit-store';
import type { DynamoDb } from './dynamodb';

export function dynamoDbCircuitStore(table: string, dynamoDb: DynamoDb): CircuitStore {
  const read = async (model: string): Promise<Circuit | undefined> => {
    const { Item } = await dynamoDb.get(getCircuit(table, model));
    return Item && readCircuit(Item);
  };
  return {
    read,
    async write(circuit) {
      try {
        await dynamoDb.put(putCircuit(table, circuit, Date.now()));
        return undefined;
      } catch (error) {
        if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
        return { current: await read(circuit.model) };
      }
    },
  };
}
