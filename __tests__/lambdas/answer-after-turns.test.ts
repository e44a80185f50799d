import { newConversationId } from '../../contract/conversation';
import { answerWithModel } from '../../lambdas/tier/answer-with-model';
import { Conversations, type ConversationStore } from '../../lambdas/tier/conversations';
import { counts, failing, says, scripted, stops } from './scripted-bedrock';
import { ANSWER, ANSWERING, bodyOf, event, QUESTION, setUpTier } from './tier-fixture';
import { skipTime } from '../support/skip-time';

skipTime();

describe('an answer after a history', () => {
  const turn = (id: number, length = 0) => [
    { role: 'user', text: `question ${id}${'.'.repeat(length)}` },
    { role: 'assistant', text: `answer ${id}` },
  ];
  const asked = (...history: readonly object[]) =>
    event({ body: JSON.stringify({ question: QUESTION, history }) });

  it('is of a model that was told it, by its roles', async () => {
    const bedrock = scripted(ANSWERING);
    const outcome = await answerWithModel(setUpTier(bedrock).tier, asked(...turn(1)));
    expect(bodyOf(outcome)).toMatchObject({ answer: ANSWER, context: { turns: 1, trimmed: 0 } });
    const messages = [
      { role: 'user', content: [{ text: 'question 1' }] },
      { role: 'assistant', content: [{ text: 'answer 1' }] },
      { role: 'user', content: [{ text: QUESTION }] },
    ];
    expect(bedrock.calls).toEqual([['converseStream', expect.objectContaining({ messages })]]);
  });

  it('says what of it there was no room for; a larger model is told more', async () => {
    const history = [...turn(1, 200), ...turn(2)];
    const contexts = await Promise.all(
      (['primary', 'fallback'] as const).map(async (tier) =>
        bodyOf(await answerWithModel(setUpTier(scripted(ANSWERING), { tier }).tier, asked(...history))),
      ),
    );
    expect(contexts).toEqual([
      expect.objectContaining({ context: { turns: 1, trimmed: 1 } }),
      expect.objectContaining({ context: { turns: 2, trimmed: 0 } }),
    ]);
  });

  it('is refused with the history’s name where the model finds it too long all the same', async () => {
    const tooLong = Object.assign(new Error('Input is too long for requested model.'), {
      name: 'ValidationException',
    });
    const { tier } = setUpTier(failing(tooLong), { tier: 'fallback' });
    expect(bodyOf(await answerWithModel(tier, asked(...turn(1))))).toMatchObject({
      error: { code: 'invalid_request', field: 'history' },
    });
    expect(bodyOf(await answerWithModel(tier, asked()))).toMatchObject({ error: { field: 'question' } });
  });

  it('is held against a guardrail with all of it, whoever is said to have said it', async () => {
    const guardrail = { guardrailIdentifier: 'abc', guardrailVersion: '3', outputMessage: 'Not said.' };
    const bedrock = scripted(ANSWERING);
    await answerWithModel(setUpTier(bedrock, { guardrail }).tier, asked(...turn(1)));
    const marked = (role: string, text: string) => ({
      role,
      content: [{ guardContent: { text: { text } } }],
    });
    const messages = [
      marked('user', 'question 1'),
      marked('assistant', 'answer 1'),
      marked('user', QUESTION),
    ];
    expect(bedrock.calls).toEqual([['converseStream', expect.objectContaining({ messages })]]);
  });
});

describe('an answer in a conversation that is kept', () => {
  const turn = { question: 'question 1', answer: 'answer 1' };
  const kept: unknown[] = [];
  const store = (changes: Partial<ConversationStore> = {}) => ({
    conversations: new Conversations({
      store: {
        read: () => Promise.resolve([turn]),
        add: (...said) => {
          kept.push(said);
          return Promise.resolve(true);
        },
        ...changes,
      },
      onStoreFailure: () => undefined,
    }),
  });
  const id = newConversationId('shop');
  const asked = (changes = {}) =>
    event({ body: JSON.stringify({ question: QUESTION, conversationId: id }), ...changes });
  beforeEach(() => kept.splice(0));

  it('is of a model that was told its turns, and is kept as one more', async () => {
    const bedrock = scripted(ANSWERING);
    const request = asked();
    const outcome = await answerWithModel(setUpTier(bedrock, store()).tier, request);
    expect(bodyOf(outcome)).toMatchObject({
      context: { turns: 1, trimmed: 0 },
      conversation: { id, stored: true },
    });
    expect((bedrock.calls[0]?.[1] as { messages: unknown[] }).messages).toHaveLength(3);
    const { startedAt: at, requestId } = request;
    expect(kept).toEqual([['shop', id, { question: QUESTION, answer: ANSWER, at, requestId }]]);
  });

  it.each(['content_filtered', 'guardrail_intervened', 'refusal'])(
    'is not kept where it ended with %s',
    async (stopReason) => {
      const bedrock = scripted([says(ANSWER), stops(stopReason), counts(7, 3)]);
      const outcome = await answerWithModel(setUpTier(bedrock, store()).tier, asked());
      expect(bodyOf(outcome)).toMatchObject({ stopReason, conversation: { id, stored: false } });
      expect(kept).toEqual([]);
    },
  );

  it('comes without them where the table is away, and says so', async () => {
    const away = () => Promise.reject(new Error('away'));
    const { tier } = setUpTier(scripted(ANSWERING), store({ read: away, add: away }));
    expect(bodyOf(await answerWithModel(tier, asked()))).toMatchObject({
      answer: ANSWER,
      context: { turns: 0, trimmed: 0, unavailable: true },
      conversation: { id, stored: false },
    });
  });

  it('is counted at once by no more than a model is told, however much is kept', async () => {
    const counted: number[] = [];
    const budget = {
      secondsToWait: () => Promise.resolve(undefined),
      count: (_: unknown, tokens: number) => Promise.resolve(counted.push(tokens) > 0),
    };
    const read = () =>
      Promise.resolve(Array.from({ length: 50 }, () => ({ ...turn, answer: 'a'.repeat(20_000) })));
    await answerWithModel(setUpTier(scripted(ANSWERING), { ...store({ read }), budget }).tier, asked());
    expect(counted).toEqual([40_000, 10 - 40_000]);
  });

  it('is another caller’s for nobody else, and no model is asked', async () => {
    const bedrock = scripted(ANSWERING);
    const { tier, lines } = setUpTier(bedrock, store());
    expect(bodyOf(await answerWithModel(tier, asked({ caller: 'other' })))).toMatchObject({
      error: { code: 'conversation_not_found', field: 'conversationId' },
    });
    expect(bedrock.calls).toEqual([]);
    expect(lines()).toEqual([expect.objectContaining({ message: 'request_refused', status: 404 })]);
  });

  it('is not kept where no model answers', async () => {
    const { tier } = setUpTier(failing(new Error('away')), store());
    expect(await answerWithModel(tier, asked())).toHaveProperty('unanswered');
    expect(kept).toEqual([]);
  });

  it('is refused by its id where the model finds it too long', async () => {
    const tooLong = Object.assign(new Error('Input is too long for requested model.'), {
      name: 'ValidationException',
    });
    const { tier } = setUpTier(failing(tooLong), { tier: 'fallback', ...store() });
    expect(bodyOf(await answerWithModel(tier, asked()))).toMatchObject({
      error: { field: 'conversationId' },
    });
  });
});
