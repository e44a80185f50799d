import { isConversationOf, newConversationId } from '../../contract/conversation';
import { dynamoDbConversationStore } from '../../lambdas/adapters/conversation-table';
import { Conversations, type ConversationStore } from '../../lambdas/tier/conversations';

const TURN = { question: 'Who?', answer: 'Ann.' };
const SAID = { ...TURN, at: '2026-11-26T12:00:00.000Z', requestId: 'r' };
const REPLY = { ...SAID, stopReason: 'end_turn' };
const MINE = newConversationId('shop');

const never = () => new Promise<never>(() => undefined);
const working = { read: () => Promise.resolve([TURN]), add: () => Promise.resolve(true) };

function setUp(store: Partial<ConversationStore> = {}) {
  const failures: unknown[] = [];
  const conversations = new Conversations({
    store: { ...working, ...store },
    onStoreFailure: (error) => failures.push((error as Error).name),
  });
  return { conversations, failures };
}

const goOn = (id: string, store?: Partial<ConversationStore>) =>
  setUp(store).conversations.before({ conversation: { id } }, 'shop');
const notFound = { status: 404, error: { code: 'conversation_not_found', field: 'conversationId' } };

describe('what was said before a question', () => {
  it.each([
    ['nothing', {}, undefined],
    ['what its caller tells', { history: [TURN] }, { turns: [TURN] }],
    ['what is kept', { conversation: { id: MINE } }, { turns: [TURN], id: MINE }],
  ])('is %s', async (_, request, before) => {
    expect(await setUp().conversations.before(request, 'shop')).toEqual(before);
  });

  it('is nothing in a new conversation, whose id is its caller’s; no table is asked', async () => {
    const read = jest.fn(never);
    const before = await setUp({ read }).conversations.before({ conversation: 'new' }, 'shop');
    expect(before).toEqual({ turns: [], id: expect.any(String) as string });
    expect(isConversationOf('shop', (before as { id: string }).id)).toBe(true);
    expect(read).not.toHaveBeenCalled();
  });

  it.each([
    ['of another caller', newConversationId('other')],
    ['that nobody has made', 'x'],
  ])('is nobody’s business in a conversation %s; no table is asked', async (_, id) => {
    const read = jest.fn(never);
    expect(await goOn(id, { read })).toMatchObject(notFound);
    expect(read).not.toHaveBeenCalled();
  });

  it('is gone with a conversation that was forgotten', async () => {
    expect(await goOn(MINE, { read: () => Promise.resolve('forgotten') })).toMatchObject(notFound);
  });

  it('is no turn that was taken back in the other region, whose mark that it was forgotten is on its way', async () => {
    const expiresAt = { N: '9999999999' };
    const items = [{ expiresAt }, { question: { S: TURN.question }, answer: { S: TURN.answer }, expiresAt }];
    const store = dynamoDbConversationStore(
      { table: 'conversations', retentionDays: 30 },
      { query: () => Promise.resolve({ Items: items }) as never, put: never },
    );
    expect(await store.read('shop', MINE)).toEqual([TURN]);
  });

  it.each([
    ['conversation', { conversation: 'new' }],
    ['conversationId', { conversation: { id: MINE } }],
  ] as const)('is refused by the field %s where nothing is kept', async (field, request) => {
    const conversations = new Conversations({ store: undefined, onStoreFailure: () => undefined });
    expect(await conversations.before(request, 'shop')).toMatchObject({ status: 400, error: { field } });
    expect(await conversations.before({ history: [TURN] }, 'shop')).toEqual({ turns: [TURN] });
  });
});

describe('a table', () => {
  it.each([
    ['that fails', () => Promise.reject(new RangeError()), 'RangeError'],
    ['that is late', never, 'TimeoutError'],
  ] as const)('%s keeps no answer from its caller, who is told', async (_, call, failure) => {
    const { conversations, failures } = setUp({ read: call, add: call });
    const before = await conversations.before({ conversation: { id: MINE } }, 'shop');
    expect(before).toEqual({ turns: [], id: MINE, unavailable: true });
    expect(await conversations.keep({ turns: [], id: MINE }, 'shop', REPLY)).toEqual({
      id: MINE,
      stored: false,
    });
    expect(failures).toEqual([failure, failure]);
  });

  it('is told each turn once, with its caller and time', async () => {
    const add = jest.fn(() => Promise.resolve(true));
    const { conversations } = setUp({ add });
    expect(await conversations.keep({ turns: [], id: MINE }, 'shop', REPLY)).toEqual({
      id: MINE,
      stored: true,
    });
    expect(add.mock.calls).toEqual([['shop', MINE, SAID]]);
  });

  it.each([
    ['before which nothing was said', undefined, REPLY, undefined],
    ['whose caller keeps what was said', { turns: [TURN] }, REPLY, undefined],
    [
      'that a filter stepped in on',
      { turns: [], id: MINE },
      { ...REPLY, stopReason: 'guardrail_intervened' },
      { id: MINE, stored: false },
    ],
  ])('is told nothing of a question %s', async (_, before, reply, said) => {
    const add = jest.fn(() => Promise.resolve(true));
    expect(await setUp({ add }).conversations.keep(before, 'shop', reply)).toEqual(said);
    expect(add).not.toHaveBeenCalled();
  });
});
