import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CIRCUIT_KEY } from '../../../contract/circuit';
import { createDynamoDb } from '../../../lambdas/adapters/dynamodb';

export const TABLE = 'circuits';

/** A DynamoDB of the real protocol, with an empty table of circuits. */
export async function startDynalite() {
  const table = dynalite({ createTableMs: 0 });
  const server = createServer((request, response) => {
    table.emit('request', request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const options = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
  const admin = new DynamoDBClient(options);
  await admin.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: CIRCUIT_KEY, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: CIRCUIT_KEY, AttributeType: 'S' }],
    }),
  );
  admin.destroy();
  return {
    /** As a function has it. */
    createDynamoDb: () => createDynamoDb(options),
    close: () => {
      server.closeAllConnections();
      server.close();
      table.close();
    },
  };
}
