import { setTimeout as sleep } from 'node:timers/promises';
import * as sdk from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { Replication } from '../../../services/dynamodb/replication';
import { Rig, table } from './fixture';

const TableName = 'turns';
const SOME_LAG_MS = 60;

const turns = table({
  name: TableName,
  replica: [{ region_name: 'us-west-2' }],
});

const cut = new Set<string>();
let replication: Replication;
let [east, west]: Rig[] = [];

const start = (region: string, tables = [turns, table()]) =>
  Rig.start({ region, clientRegion: region, tables, replication });

beforeEach(async () => {
  cut.clear();
  replication = new Replication((region) => cut.has(region));
  replication.lagMs = 0;
  [east, west] = await Promise.all([start('us-east-1'), start('us-west-2')]);
});
afterEach(async () => {
  replication.close();
  await Promise.all([east?.stop(), west?.stop()]);
});

const item = (model: string, text: string) => ({ model: { S: model }, text: { S: text } });

const put = (rig: Rig | undefined, model: string, text: string, name = TableName) =>
  rig?.client.send(new sdk.PutItemCommand({ TableName: name, Item: item(model, text) }));

async function read(rig: Rig | undefined, model: string, name = TableName): Promise<string | undefined> {
  const get = new sdk.GetItemCommand({ TableName: name, Key: { model: { S: model } }, ConsistentRead: true });
  return (await rig?.client.send(get))?.Item?.text?.S;
}

async function settled(): Promise<void> {
  while (replication.pending > 0) await sleep(2);
}

const everywhere = (model: string) => Promise.all([read(east, model), read(west, model)]);

describe('a table with a replica in another region', () => {
  it('has there what was written here, in whichever way', async () => {
    await put(east, 'put', 'a');
    await put(east, 'deleted', 'a');
    await settled();
    expect(await everywhere('put')).toEqual(['a', 'a']);
    await west?.client.send(
      new sdk.UpdateItemCommand({
        TableName,
        Key: { model: { S: 'put' } },
        UpdateExpression: 'SET #text = :text',
        ExpressionAttributeNames: { '#text': 'text' },
        ExpressionAttributeValues: { ':text': { S: 'b' } },
      }),
    );
    await west?.client.send(
      new sdk.BatchWriteItemCommand({
        RequestItems: {
          [TableName]: [
            { PutRequest: { Item: item('batched', 'c') } },
            { DeleteRequest: { Key: { model: { S: 'deleted' } } } },
          ],
        },
      }),
    );
    await settled();
    expect(await everywhere('put')).toEqual(['b', 'b']);
    expect(await everywhere('batched')).toEqual(['c', 'c']);
    expect(await everywhere('deleted')).toEqual([undefined, undefined]);
  });

  it('has it later, by a lag that can be set', async () => {
    replication.lagMs = SOME_LAG_MS;
    const began = performance.now();
    await put(east, 'late', 'a');
    expect(await everywhere('late')).toEqual(['a', undefined]);
    await settled();
    expect(performance.now() - began).toBeGreaterThanOrEqual(SOME_LAG_MS);
    expect(await everywhere('late')).toEqual(['a', 'a']);
  });

  it('has at once what was under way when the lag was taken away', async () => {
    replication.lagMs = 60_000;
    await put(east, 'slow', 'a');
    expect(await everywhere('slow')).toEqual(['a', undefined]);
    replication.lagMs = 0;
    await settled();
    expect(await everywhere('slow')).toEqual(['a', 'a']);
  });

  it.each(['us-east-1', 'us-west-2'])('catches up once the link to %s is restored', async (region) => {
    cut.add(region);
    await put(east, 'first', 'a');
    await put(east, 'first', 'b');
    await put(west, 'second', 'c');
    await sleep(SOME_LAG_MS);
    expect([await everywhere('first'), await everywhere('second')]).toEqual([
      ['b', undefined],
      [undefined, 'c'],
    ]);
    cut.clear();
    await settled();
    expect([await everywhere('first'), await everywhere('second')]).toEqual([
      ['b', 'b'],
      ['c', 'c'],
    ]);
  });

  it('is the same everywhere in the end, and of two writes has the later one', async () => {
    const write = fc.record({
      at: fc.constantFrom('east', 'west'),
      model: fc.constantFrom('x', 'y'),
      text: fc.string({ minLength: 1, maxLength: 3 }),
      deletes: fc.boolean(),
      isCut: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 8 }), async (writes) => {
        const last = new Map<string, string | undefined>();
        for (const { at, model, text, deletes, isCut } of writes) {
          if (isCut) cut.add('us-west-2');
          else cut.clear();
          const rig = at === 'east' ? east : west;
          await (deletes
            ? rig?.client.send(new sdk.DeleteItemCommand({ TableName, Key: { model: { S: model } } }))
            : put(rig, model, text));
          last.set(model, deletes ? undefined : text);
        }
        cut.clear();
        await settled();
        for (const [model, text] of last) expect(await everywhere(model)).toEqual([text, text]);
      }),
      { numRuns: 30 },
    );
  });

  it('keeps what a condition refused to itself, and says no to nobody elsewhere', async () => {
    await put(east, 'one', 'a');
    const refused = new sdk.PutItemCommand({
      TableName,
      Item: item('one', 'b'),
      ConditionExpression: 'attribute_not_exists(model)',
    });
    await expect(east?.client.send(refused)).rejects.toThrow(sdk.ConditionalCheckFailedException);
    await settled();
    expect(await everywhere('one')).toEqual(['a', 'a']);
  });

  it('shares nothing of the region’s other tables', async () => {
    await put(east, 'own', 'a', 'circuits');
    await settled();
    expect(await read(west, 'own', 'circuits')).toBeUndefined();
  });

  it('begins with what the others have, where a region comes later', async () => {
    await west?.stop();
    await put(east, 'before', 'a');
    west = await start('us-west-2');
    expect(await read(west, 'before')).toBe('a');
    await put(west, 'before', 'b');
    await settled();
    expect(await everywhere('before')).toEqual(['b', 'b']);
  });
});
