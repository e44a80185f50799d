import * as sdk from '@aws-sdk/client-dynamodb';
import { Rig, TABLE_ARN } from './fixture';

const TableName = 'circuits';
const Key = { model: { S: 'a' } };
const Item = { ...Key, version: { N: '1' } };

let rig: Rig;

describe('who may call', () => {
  afterEach(() => rig.stop());

  const get = () => rig.client.send(new sdk.GetItemCommand({ TableName, Key }));

  it('must sign for this region', async () => {
    rig = await Rig.start({ clientRegion: 'us-west-2' });
    await expect(get()).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('must sign at all', async () => {
    rig = await Rig.start();
    const headers = { 'x-amz-target': 'DynamoDB_20120810.GetItem' };
    const response = await fetch(rig.url, { method: 'POST', headers, body: '{}' });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ __type: 'com.amazon.coral.service#MissingAuthenticationTokenException' }),
    ]);
  });

  it('must be allowed to, as AWS words it', async () => {
    rig = await Rig.start({
      authorize: (accessKeyId, action, resource) => {
        const message = `User: ${accessKeyId} is not authorized to perform: ${action} on resource: ${resource}`;
        throw Object.assign(new Error(message), { name: 'AccessDeniedError' });
      },
    });
    await expect(get()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ASIATIER is not authorized to perform: dynamodb:GetItem on resource: ${TABLE_ARN}`,
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('needs permission for the operation and for each table', async () => {
    const asked: string[] = [];
    rig = await Rig.start({
      authorize: (_, action, resource) => {
        asked.push(`${action} ${resource.split(':').at(-1) ?? ''}`);
      },
    });
    const client = rig.client;
    await client.send(new sdk.PutItemCommand({ TableName, Item }));
    await client.send(new sdk.ListTablesCommand({}));
    const batch = { circuits: { Keys: [Key] }, absent: { Keys: [Key] } };
    await expect(client.send(new sdk.BatchGetItemCommand({ RequestItems: batch }))).rejects.toThrow();
    expect(asked).toEqual([
      'dynamodb:PutItem table/circuits',
      'dynamodb:ListTables *',
      'dynamodb:BatchGetItem table/circuits',
      'dynamodb:BatchGetItem table/absent',
    ]);
  });
});
