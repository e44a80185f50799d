import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDynamoDb } from '../../../lambdas/adapters/dynamodb';

it('a call of a table that does not answer is ended, though it comes without options of its own', async () => {
  let asked = 0;
  const server = createServer(() => (asked += 1));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const dynamoDb = createDynamoDb({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  try {
    const call = dynamoDb.get({ TableName: 'table', Key: { id: { S: 'one' } } });
    await expect(call).rejects.toMatchObject({
      name: expect.stringMatching(/^(Abort|Timeout)Error$/) as string,
    });
    expect(asked).toBe(1);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
