import type { AttributeValue, GetItemCommandInput, PutItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { CIRCUIT_KEY, CIRCUIT_TTL, untouched, type Circuit } from './circuit';

/**
 * A circuit that nobody has touched for so long is forgotten, but for what an operator has opened. Its times are
 * compared in the code, never by TTL.
 */
const TTL_SECONDS = 24 * 60 * 60;

/** How a circuit lies in the table: functions read and write it, and so does the operator's command. */
export function readCircuit(item: Record<string, AttributeValue>): Circuit {
  const circuit = unmarshall(item) as Circuit;
  return { ...untouched(circuit.model), ...circuit };
}

export const getCircuit = (table: string, model: string): GetItemCommandInput => ({
  TableName: table,
  Key: marshall({ [CIRCUIT_KEY]: model }),
  ConsistentRead: true,
});

/** A write on condition that nobody has written since the circuit was read at the version before. */
export function putCircuit(table: string, circuit: Circuit, now: number): PutItemCommandInput {
  const expiresAt = Math.ceil(now / 1_000) + TTL_SECONDS;
  return {
    TableName: table,
    Item: marshall({ ...circuit, ...(circuit.forced !== true && { [CIRCUIT_TTL]: expiresAt }) }),
    ...onlyAfter(circuit.version - 1),
  };
}

/** @param version 0 stands for no item */
const onlyAfter = (version: number) =>
  version === 0
    ? {
        ConditionExpression: 'attribute_not_exists(#key)',
        ExpressionAttributeNames: { '#key': CIRCUIT_KEY },
      }
    : {
        ConditionExpression: '#version = :version',
        ExpressionAttributeNames: { '#version': 'version' },
        ExpressionAttributeValues: marshall({ ':version': version }),
      };
