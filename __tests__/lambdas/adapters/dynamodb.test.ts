import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createDynamoDb } from '../../../lambdas/adapters/dynamodb';

const GET = { TableName: 'table', Key: { id: { S: 'ünïcode' } } };

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** @returns what comes of a call whose server answers like this */
async function call(answer: Answer) {
  const server = createServer(answer);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const dynamoDb = createDynamoDb({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'SECRET', sessionToken: 'TOKEN' },
  });
  try {
    return await dynamoDb.get(GET);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const sha256 = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();

/** As AWS computes it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function signatureOf({ headers, method = '', url = '' }: IncomingMessage, body: string, names: string) {
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = [method, url, '', lines.join(''), names, sha256(body)].join('\n');
  const time = String(headers['x-amz-date']);
  const scope = [time.slice(0, 8), 'us-east-1', 'dynamodb', 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, 'AWS4SECRET');
  return hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')).toString('hex');
}

describe('a call of a table', () => {
  it('is signed for all that it says, and gives what the table answers', async () => {
    const item = { id: { S: 'one' } };
    let asked: IncomingMessage | undefined;
    let body = '';
    const answer = await call((request, response) => {
      asked = request;
      void text(request).then((said) => {
        body = said;
        response.end(JSON.stringify({ Item: item }));
      });
    });
    expect(answer).toEqual({ Item: item });
    expect(JSON.parse(body)).toEqual(GET);
    expect(asked?.headers).toMatchObject({
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.GetItem',
      'x-amz-security-token': 'TOKEN',
    });
    const [, names = '', signature] =
      /SignedHeaders=([^,]+), Signature=(.+)$/.exec(asked?.headers.authorization ?? '') ?? [];
    expect(names.split(';')).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-target']));
    expect(asked && signatureOf(asked, body, names)).toBe(signature);
  });

  it('fails by the name of the exception', async () => {
    const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
    const failing = call((_, response) => {
      response.writeHead(400).end(JSON.stringify({ __type, message: 'The conditional request failed' }));
    });
    await expect(failing).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  it('fails where what answers is not DynamoDB', async () => {
    const failing = call((_, response) => {
      response.writeHead(502).end('<html>Bad Gateway</html>');
    });
    await expect(failing).rejects.toMatchObject({ name: 'SyntaxError' });
  });

  it.each<[string, Answer]>([
    ['does not answer', () => undefined],
    ['stops amid its answer', (_, response) => response.writeHead(200).write('{')],
  ])('is ended where the table %s, and is not tried again', async (_, answer) => {
    let asked = 0;
    const failing = call((request, response) => {
      asked += 1;
      answer(request, response);
    });
    await expect(failing).rejects.toThrow();
    expect(asked).toBe(1);
  });
});
