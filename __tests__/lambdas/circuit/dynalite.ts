import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CIRCUIT_KEY } from '../../../contract/circuit';

export const TABLE = 'circuits';

/** A DynamoDB of the real protocol, with an empty table of circuits. */
export async function startDynalite(intercept?: (pass: RequestListener) => RequestListener) {
  const table = dynalite({ createTableMs: 0 });
  const pass: RequestListener = (request, response) => {
    table.emit('request', request, response);
  };
  const server = createServer(intercept?.(pass) ?? pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: DynamoDBClient[] = [];
  const createClient = () => {
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
    clients.push(client);
    return client;
  };
  await createClient().send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: CIRCUIT_KEY, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: CIRCUIT_KEY, AttributeType: 'S' }],
    }),
  );
  return {
    endpoint,
    createClient,
    close: () => {
      for (const client of clients) client.destroy();
      server.closeAllConnections();
      server.close();
      table.close();
    },
  };
}
