import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
} from '@aws-sdk/client-dynamodb';
import {
  CONVERSATION_KEY,
  CONVERSATION_TTL,
  conversationKey,
  conversationTableName,
  FORGOTTEN,
  MAX_RETENTION_DAYS,
  newConversationId,
  TURN_KEY,
  turnKey,
} from '../../contract/conversation';
import { defaultModelConfig } from '../../contract/default-model-config';
import { PORTS } from '@assistant/emulator';
import {
  CLOSED_CIRCUITS,
  JSON_TYPE,
  startSystem,
  WITH_KEY,
  type Answer,
  type RunningSystem,
} from '../support/local-system';
import { followContract, parseEvents } from '../support/read-stream';
import { shippedConfig } from '../support/synthesize';

const TABLE = conversationTableName(shippedConfig().project);

type Region = 'primary' | 'secondary';

let running: RunningSystem;
const clients = new Map<Region, DynamoDBClient>();

beforeAll(async () => {
  running = await startSystem(CLOSED_CIRCUITS());
  const { regions } = await running.status();
  for (const role of ['primary', 'secondary'] as const) {
    clients.set(role, new DynamoDBClient({ ...regions[role].clients.dynamoDb, maxAttempts: 1 }));
  }
});
afterAll(async () => {
  for (const client of clients.values()) client.destroy();
  await running.stop();
});
beforeEach(() => lag(0));
afterEach(async () => {
  await running.send('control', 'DELETE', '/faults');
  await running.send('control', 'DELETE', '/models');
});

const lag = (lagMs: number) => running.send('control', 'PUT', '/replication', JSON.stringify({ lagMs }));

async function arrived(): Promise<void> {
  for (;;) {
    const { body } = await running.send('control', 'GET', '/replication');
    if (body.pending === 0) return;
    await sleep(5);
  }
}

interface Said {
  readonly status: number;
  readonly id: string;
  /** What the model was told, the latest first, as the stand-in repeats it. */
  readonly told: readonly string[];
  readonly context: unknown;
  readonly stored: boolean | undefined;
}

function said({ status, body }: Answer): Said {
  const { id = '', stored } = (body.conversation ?? {}) as { id?: string; stored?: boolean };
  const { answer = '' } = body as { answer?: string };
  const told = answer.split(/You asked: |\nBefore that: /);
  return { status, id, told: told.slice(1), context: body.context, stored };
}

const begin = async (question: string, at: Region = 'primary') =>
  said(await running.ask({ question, conversation: 'new' }, at));
const goOn = async (id: string, question: string, at: Region = 'primary') =>
  said(await running.ask({ question, conversationId: id }, at));

/** Writes a turn sixty times, as if it had been said each minute of an hour long ago. */
async function writeAgain(turn: Readonly<Record<string, AttributeValue>> | undefined): Promise<void> {
  const writes = Array.from({ length: 60 }, (_, minute) => {
    const at = new Date(Date.UTC(2020, 0, 1, 0, minute)).toISOString();
    const of = { [TURN_KEY]: { S: turnKey(at, 'r') }, question: { S: `old ${minute}` } };
    return { PutRequest: { Item: { ...turn, ...of } } };
  });
  // DynamoDB takes 25 at a time.
  for (let from = 0; from < writes.length; from += 25) {
    const RequestItems = { [TABLE]: writes.slice(from, from + 25) };
    await clients.get('primary')?.send(new BatchWriteItemCommand({ RequestItems }));
  }
}

async function items(id: string, at: Region) {
  const { Items = [] } = (await clients.get(at)?.send(
    new QueryCommand({
      TableName: TABLE,
      KeyConditionExpression: `${CONVERSATION_KEY} = :key`,
      ExpressionAttributeValues: { ':key': { S: conversationKey('demo', id) } },
    }),
  )) ?? { Items: [] };
  return Items;
}

/** Answers take some three seconds. */
const speakSlowly = () => {
  const slow = { kind: 'fixed', value: 20 };
  const models = [{ model: '*', tokensPerSecond: slow, outputTokens: { kind: 'fixed', value: 60 } }];
  return running.send('control', 'POST', '/models', JSON.stringify({ models }));
};

/** @returns what is begun, once a model of the primary region is at work on it */
async function underWay<T>(begin: () => Promise<T>): Promise<{ readonly ended: Promise<T> }> {
  const calls = async () =>
    Object.values((await running.status()).regions.primary.modelCalls).reduce((sum, each) => sum + each, 0);
  const before = await calls();
  const ended = begin();
  while ((await calls()) === before) await sleep(20);
  return { ended };
}

const down = (region: Region) => running.fault({ target: 'region', region, mode: 'down' });

describe('a conversation that is kept', () => {
  it('knows each turn in the next one, in whichever region that is asked', async () => {
    const first = await begin('one');
    expect(first).toMatchObject({
      status: 200,
      told: ['one'],
      stored: true,
      context: { turns: 0, trimmed: 0 },
    });
    expect(await goOn(first.id, 'two')).toMatchObject({
      id: first.id,
      told: ['two', 'one'],
      stored: true,
      context: { turns: 1, trimmed: 0 },
    });
    await arrived();
    expect(await goOn(first.id, 'three', 'secondary')).toMatchObject({ told: ['three', 'two', 'one'] });
    await arrived();
    expect(await goOn(first.id, 'four')).toMatchObject({ told: ['four', 'three', 'two', 'one'] });
  });

  it('goes on in the other region when its own dies between two turns', async () => {
    const { id } = await begin('one');
    await arrived();
    await down('primary');
    expect(await goOn(id, 'two', 'secondary')).toMatchObject({ told: ['two', 'one'], stored: true });
    // What was said meanwhile comes once the region is back.
    await running.send('control', 'DELETE', '/faults');
    await arrived();
    expect(await goOn(id, 'three')).toMatchObject({ told: ['three', 'two', 'one'] });
  });

  it('has in the other region what has arrived there, and says how much that is', async () => {
    const { id } = await begin('one');
    await arrived();
    await lag(60_000);
    await goOn(id, 'two');
    expect(await goOn(id, 'three', 'secondary')).toMatchObject({
      told: ['three', 'one'],
      context: { turns: 1, trimmed: 0 },
    });
  });

  it('whose beginning has not arrived is its caller’s all the same', async () => {
    await running.fault({ target: 'replication', mode: 'cut' });
    const { id } = await begin('one');
    expect(await goOn(id, 'two', 'secondary')).toMatchObject({
      status: 200,
      told: ['two'],
      stored: true,
      context: { turns: 0, trimmed: 0 },
    });
    await running.send('control', 'DELETE', '/faults');
    await lag(0);
    await arrived();
    // Turns of both sides, by their time: none has overwritten another.
    expect(await goOn(id, 'three')).toMatchObject({ told: ['three', 'two', 'one'] });
  });

  it.each(['down', 'error', 'throttle', 'timeout'])(
    'is answered without its turns where the table has the fault %s, and says so',
    async (mode) => {
      const { id } = await begin('one');
      await running.fault({ target: 'dynamodb', mode });
      const without = { turns: 0, trimmed: 0, unavailable: true };
      expect(await goOn(id, 'two')).toMatchObject({
        status: 200,
        told: ['two'],
        stored: false,
        context: without,
      });
      await running.send('control', 'DELETE', '/faults');
      expect(await goOn(id, 'three')).toMatchObject({ told: ['three', 'one'], stored: true });
    },
  );

  it('is another caller’s to nobody, and nobody is told whether it is there', async () => {
    for (const id of [newConversationId('other'), 'x'.repeat(28), 'x']) {
      const { status, body } = await running.ask({ question: 'Hi?', conversationId: id });
      expect([status, body.error]).toEqual([
        404,
        expect.objectContaining({ code: 'conversation_not_found', field: 'conversationId' }),
      ]);
    }
  });

  it('keeps nothing of what no model answered, or a filter stepped in on', async () => {
    const { id } = await begin('one');
    await running.fault({ mode: 'filter_refused' });
    expect(await goOn(id, 'two')).toMatchObject({ status: 200, stored: false });
    await running.fault({ mode: 'denied' });
    expect((await running.ask({ question: 'three', conversationId: id })).body).toMatchObject({
      degraded: true,
    });
    await running.send('control', 'DELETE', '/faults');
    expect(await goOn(id, 'four')).toMatchObject({ told: ['four', 'one'] });
  });

  it('is answered by the fallback model with its turns, too', async () => {
    const { id } = await begin('one');
    await running.fault({ mode: 'error', model: defaultModelConfig.types.general?.primary.modelId });
    const answer = await running.ask({ question: 'two', conversationId: id });
    expect(answer.body.tier).toBe('fallback');
    expect(said(answer)).toMatchObject({ told: ['two', 'one'], stored: true });
  });

  it('reads past a turn whose time is over, which DynamoDB has not deleted yet', async () => {
    const { id } = await begin('one');
    const [turn] = await items(id, 'primary');
    const kept = Number(turn?.[CONVERSATION_TTL]?.N) - Date.now() / 1_000;
    expect(kept / (24 * 60 * 60)).toBeCloseTo(shippedConfig().conversations?.retentionDays ?? 0, 1);
    await clients.get('primary')?.send(
      new PutItemCommand({
        TableName: TABLE,
        Item: { ...turn, [CONVERSATION_TTL]: { N: String(Math.floor(Date.now() / 1_000) - 1) } },
      }),
    );
    expect(await goOn(id, 'two')).toMatchObject({ told: ['two'], context: { turns: 0, trimmed: 0 } });
  });

  it('tells a model the latest turns of a long one', async () => {
    const { id } = await begin('one');
    const [turn] = await items(id, 'primary');
    await writeAgain(turn);
    let heard: Said;
    // A busy machine may not read fifty turns in the time that a table has: then it says so, and is asked again.
    do heard = await goOn(id, 'two');
    while (JSON.stringify(heard.context).includes('unavailable'));
    expect(heard.context).toEqual({ turns: 50, trimmed: 0 });
    expect(heard.told.filter((text) => text !== 'two').slice(0, 2)).toEqual(['one', 'old 59']);
  });
});

describe('a conversation that is streamed', () => {
  async function listen(request: object, at: Region = 'primary') {
    const response = await fetch(`http://127.0.0.1:${running.portBase + PORTS[at]}/stream`, {
      method: 'POST',
      headers: { ...WITH_KEY, ...JSON_TYPE },
      body: JSON.stringify(request),
    });
    const { text, whole } = followContract(parseEvents(await response.text()).events);
    const { conversation, context } = whole ?? {};
    return said({
      status: response.status,
      headers: response.headers,
      body: { answer: text, ...(conversation && { conversation }), ...(context && { context }) },
    });
  }

  it('knows each turn in the next one, however each is asked, in whichever region', async () => {
    const { id, context } = await listen({ question: 'one', conversation: 'new' });
    expect(context).toEqual({ turns: 0, trimmed: 0 });
    expect(await goOn(id, 'two')).toMatchObject({ told: ['two', 'one'] });
    await arrived();
    expect(await listen({ question: 'three', conversationId: id }, 'secondary')).toMatchObject({
      told: ['three', 'two', 'one'],
      context: { turns: 2, trimmed: 0 },
      stored: true,
    });
  });

  it('is another caller’s to nobody', async () => {
    const body = JSON.stringify({ question: 'Hi?', conversationId: newConversationId('other') });
    const { status } = await running.send('primary', 'POST', '/stream', body, JSON_TYPE);
    expect(status).toBe(404);
  });

  it('goes on without a turn whose stream was cut by the end of its region', async () => {
    const { id } = await begin('one');
    await arrived();
    await speakSlowly();
    const { ended } = await underWay(() => listen({ question: 'two', conversationId: id }));
    const cut = expect(ended).rejects.toThrow();
    await down('primary');
    await cut;
    await running.send('control', 'DELETE', '/models');
    expect(await goOn(id, 'two again', 'secondary')).toMatchObject({ told: ['two again', 'one'] });
  });
});

describe('DELETE /conversations/{id}', () => {
  const forget = (id: string, at: Region = 'primary') => running.send(at, 'DELETE', `/conversations/${id}`);
  const texts = async (id: string, at: Region) =>
    (await items(id, at)).filter((item) => 'question' in item || 'answer' in item);

  it('forgets a conversation, in both regions and again and again', async () => {
    const { id } = await begin('one');
    await goOn(id, 'two');
    await arrived();
    for (const at of ['primary', 'secondary', 'primary'] as const) {
      const { status, body } = await forget(id, at);
      expect([status, body]).toEqual([204, {}]);
    }
    await arrived();
    for (const at of ['primary', 'secondary'] as const) {
      expect((await goOn(id, 'three', at)).status).toBe(404);
      expect(await items(id, at)).toEqual([
        {
          [CONVERSATION_KEY]: expect.anything() as unknown,
          [TURN_KEY]: { S: FORGOTTEN },
          [CONVERSATION_TTL]: expect.anything() as unknown,
        },
      ]);
    }
  });

  it('forgets the turn that is just being answered, too, which is then not kept', async () => {
    const { id } = await begin('one');
    await speakSlowly();
    const { ended } = await underWay(() => goOn(id, 'two'));
    expect((await forget(id)).status).toBe(204);
    expect(await ended).toMatchObject({ status: 200, stored: false });
    expect(await texts(id, 'primary')).toEqual([]);
  });

  it('leaves a mark that outlives each turn, whichever retention there was or will be', async () => {
    const { id } = await begin('one');
    await forget(id);
    const [mark] = await items(id, 'primary');
    const days = (Number(mark?.[CONVERSATION_TTL]?.N) - Date.now() / 1_000) / (24 * 60 * 60);
    expect(days).toBeGreaterThan(MAX_RETENTION_DAYS);
  });

  it('deletes each turn of a long one', async () => {
    const { id } = await begin('one');
    const [turn] = await items(id, 'primary');
    await writeAgain(turn);
    expect((await forget(id)).status).toBe(204);
    expect(await items(id, 'primary')).toHaveLength(1);
  });

  it('forgets what is on its way from the other region, or is written there meanwhile, as well', async () => {
    const { id } = await begin('one');
    await arrived();
    await running.fault({ target: 'replication', mode: 'cut' });
    await goOn(id, 'two', 'secondary');
    expect((await forget(id)).status).toBe(204);
    expect(await goOn(id, 'three', 'secondary')).toMatchObject({ status: 200, stored: true });
    await running.send('control', 'DELETE', '/faults');
    await arrived();
    for (const at of ['primary', 'secondary'] as const) expect((await goOn(id, 'four', at)).status).toBe(404);
    // Once more, and the texts that came late are gone, too.
    expect((await forget(id)).status).toBe(204);
    await arrived();
    expect([await texts(id, 'primary'), await texts(id, 'secondary')]).toEqual([[], []]);
  });

  it('says of another caller’s what it says of none', async () => {
    for (const id of [newConversationId('other'), 'x'.repeat(28), 'x']) {
      const { status, body } = await forget(id);
      expect([status, body.error]).toEqual([
        404,
        expect.objectContaining({ code: 'conversation_not_found' }),
      ]);
    }
  });

  it('is to be asked again where the table is away', async () => {
    const { id } = await begin('one');
    await running.fault({ target: 'dynamodb', mode: 'error' });
    const { status, body, headers } = await forget(id);
    expect([status, body.error, headers.get('retry-after')]).toEqual([
      503,
      expect.objectContaining({ code: 'service_unavailable' }),
      '30',
    ]);
    await running.send('control', 'DELETE', '/faults');
    expect((await forget(id)).status).toBe(204);
  });
});
