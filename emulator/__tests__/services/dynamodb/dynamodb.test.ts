import * as sdk from '@aws-sdk/client-dynamodb';
import { DynamoDb } from '../../../services/dynamodb/dynamodb';
import { Rig, table } from './fixture';

const TableName = 'circuits';
const Key = { model: { S: 'a' } };
const Item = { ...Key, version: { N: '1' } };

let rig: Rig;

describe('tables and items over the real protocol', () => {
  beforeAll(async () => {
    rig = await Rig.start({
      tables: [
        table(),
        table({
          name: 'turns',
          range_key: 'at',
          attribute: [...attributes('model', 'S'), ...attributes('at', 'N')],
        }),
      ],
    });
  });
  afterAll(() => rig.stop());

  it('reads what has been written', async () => {
    await rig.client.send(new sdk.PutItemCommand({ TableName, Item }));
    const read = new sdk.GetItemCommand({ TableName, Key, ConsistentRead: true });
    expect((await rig.client.send(read)).Item).toEqual(Item);
  });

  it('updates only where the condition is met', async () => {
    const update = (expected: string) =>
      rig.client.send(
        new sdk.UpdateItemCommand({
          TableName,
          Key: { model: { S: 'updated' } },
          UpdateExpression: 'SET version = :next',
          ConditionExpression: 'attribute_not_exists(version) OR version = :expected',
          ExpressionAttributeValues: { ':next': { N: '1' }, ':expected': { N: expected } },
        }),
      );
    await update('0');
    await expect(update('0')).rejects.toBeInstanceOf(sdk.ConditionalCheckFailedException);
    await expect(update('1')).resolves.toBeDefined();
  });

  it('has exactly one winner among writers of the same version', async () => {
    const put = new sdk.PutItemCommand({
      TableName,
      Item: { model: { S: 'contended' } },
      ConditionExpression: 'attribute_not_exists(model)',
    });
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => rig.client.send(put)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('queries by hash and range key', async () => {
    for (const at of ['1', '2', '3']) {
      await rig.client.send(new sdk.PutItemCommand({ TableName: 'turns', Item: { ...Key, at: { N: at } } }));
    }
    const { Items } = await rig.client.send(
      new sdk.QueryCommand({
        TableName: 'turns',
        KeyConditionExpression: 'model = :model AND #at > :at',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':model': { S: 'a' }, ':at': { N: '1' } },
      }),
    );
    expect(Items?.map(({ at }) => at?.N)).toEqual(['2', '3']);
  });

  it('knows no table that the stack does not declare', async () => {
    const read = new sdk.GetItemCommand({ TableName: 'absent', Key });
    await expect(rig.client.send(read)).rejects.toBeInstanceOf(sdk.ResourceNotFoundException);
  });

  it.each([
    ['an item of more than 400 KB', { ...Item, text: { S: 'x'.repeat(400 * 1024) } }, /Item size/],
    ['a key of another type', { model: { N: '1' } }, /Type mismatch for key/],
    ['a key that is missing', { version: { N: '1' } }, /Missing the key model/],
  ])('refuses %s', async (_, item, message) => {
    const put = rig.client.send(new sdk.PutItemCommand({ TableName, Item: item }));
    await expect(put).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message) as string,
    });
  });

  it.each([
    ['of more than 4 KB', `model = :a${' '.repeat(4_087)}`, /Expression size .* expression size: 4097/],
    ['with more than 100 operands of IN', `model IN (${Array(101).fill(':a').join(',')})`, /operands: 101/],
    ['of 4 KB, but as one that fails', `model = :a${' '.repeat(4_086)}`, /conditional request failed/],
    [
      'with 100 operands of IN, but as one that fails',
      `model IN (${Array(100).fill(':a').join(',')})`,
      /failed/,
    ],
  ])('refuses a condition %s', async (_, ConditionExpression, message) => {
    const ExpressionAttributeValues = { ':a': { S: 'another' } };
    const put = new sdk.PutItemCommand({ TableName, Item, ConditionExpression, ExpressionAttributeValues });
    await expect(rig.client.send(put)).rejects.toThrow(message);
  });

  it('refuses a batch of more than 25 writes', async () => {
    const requests = Array.from({ length: 26 }, (_, n) => ({
      PutRequest: { Item: { model: { S: String(n) } } },
    }));
    const batch = new sdk.BatchWriteItemCommand({ RequestItems: { circuits: requests } });
    await expect(rig.client.send(batch)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('refuses a request of more than 16 MB', async () => {
    const body = 'x'.repeat(16 * 1024 * 1024 + 1);
    expect((await fetch(rig.url, { method: 'POST', body })).status).toBe(413);
  });

  it('does not know the operations that it does not emulate', async () => {
    const transaction = new sdk.TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName, Item } }] });
    await expect(rig.client.send(transaction)).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  it.each([undefined, 'GetItem', 'DynamoDB_20111205.GetItem'])('knows no target %s', async (target) => {
    const headers = target === undefined ? {} : { 'x-amz-target': target };
    const response = await fetch(rig.url, { method: 'POST', headers, body: '{}' });
    expect([response.status, await response.json()]).toEqual([
      400,
      expect.objectContaining({ __type: 'com.amazon.coral.service#UnknownOperationException' }),
    ]);
  });
});

const attributes = (name: string, type: string) => [{ name, type }];

describe('a port that is taken', () => {
  it('is told, and the tables are closed again', async () => {
    rig = await Rig.start();
    const taken = Number(new URL(rig.url).port);
    const other = new DynamoDb([table()], { region: 'us-east-1' });
    await expect(other.listen(taken)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await rig.stop();
  });
});
