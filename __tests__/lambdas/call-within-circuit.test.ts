import { untouched } from '../../contract/circuit';
import { answerWithModel } from '../../lambdas/tier/answer-with-model';
import { REACTIONS } from '../../lambdas/tier/reactions';
import { exception, THROWN } from './failures';
import { failing, scripted } from './scripted-bedrock';
import { ANSWER, bodyOf, event, metricsIn, PRIMARY, QUESTION, RULES, setUpTier } from './tier-fixture';
import { skipTime } from '../support/skip-time';

skipTime();

/** What is said to the caller as an answer is no failure of the tier. */
const UNANSWERED = THROWN.filter(([row]) => REACTIONS[row].then !== 'answer');

const TOO_LONG = exception('ValidationException', 'Input is too long for requested model.');

describe('a failure of a model', () => {
  it.each(UNANSWERED)('%s (%s) is met as the table says', async (failure, _, error) => {
    const reaction = REACTIONS[failure];
    const { tier, lines } = setUpTier(failing(error), { deadlineMs: 1_500 });
    expect(await answerWithModel(tier, event())).toEqual({
      unanswered: {
        reason: failure,
        maintenanceMessage: RULES.maintenanceMessage,
        secondsLeft: expect.any(Number) as number,
      },
    });
    const attempts = lines().filter(({ message }) => message === 'model_call_failed');
    expect(attempts).toHaveLength(1 + reaction.retries);
    for (const line of attempts)
      expect(line).toMatchObject({
        level: reaction.alarms ? 'ERROR' : 'WARN',
        failure,
        model: PRIMARY,
        circuit: 'closed',
      });
    expect(metricsIn(lines(), 'Retries')).toHaveLength(reaction.retries);
    const isOfModel = reaction.cause === 'service' || reaction.cause === 'configuration';
    const alarmed = reaction.alarms ? 1 + reaction.retries : 0;
    expect(metricsIn(lines(), 'ModelNeedsAttention')).toHaveLength(isOfModel ? alarmed : 0);
    expect(metricsIn(lines(), 'QuestionsNeedAttention')).toHaveLength(isOfModel ? 0 : alarmed);
    expect(metricsIn(lines(), 'FallbackReasons')).toMatchObject([{ tier: 'primary', reason: failure }]);
    expect(lines().at(-2)).toMatchObject({
      level: 'WARN',
      message: 'tier_unanswered',
      caller: 'shop',
      failure,
    });
  });

  it.each(THROWN)('%s (%s) opens the circuit only where it counts', async (failure, _, error) => {
    const { tier, circuitOf } = setUpTier(failing(error), { deadlineMs: 600 });
    for (let calls = 0; calls < 3; calls += 1) await answerWithModel(tier, event());
    expect(circuitOf(PRIMARY).state).toBe(REACTIONS[failure].counts === 'bad' ? 'open' : 'closed');
  });

  it('is logged with the number of its attempt, and with how long that took', async () => {
    const throttled = exception('ThrottlingException');
    const { tier, lines } = setUpTier(scripted([30, throttled], [70, throttled]));
    await answerWithModel(tier, event());
    expect(lines().filter(({ message }) => message === 'model_call_failed')).toMatchObject([
      { attempt: 1, durationMs: 30 },
      { attempt: 2, durationMs: 70 },
    ]);
  });

  it.each([
    ['its name', exception('NewException', 'It quotes what it likes.'), 'NewException'],
    ['the longest name', exception('E'.repeat(64)), 'E'.repeat(64)],
    ['no name that is longer', exception('E'.repeat(65)), 'unknown'],
    ['no name that is a text', exception('Not known'), 'unknown'],
    ['no name that is none', { name: true }, 'unknown'],
    ['no name where nothing was thrown', undefined, 'unknown'],
  ])('that nobody knows is logged with %s', async (_, error, expected) => {
    const { tier, lines } = setUpTier(failing(error));
    await answerWithModel(tier, event());
    const { failure, error: logged } = lines()[0] ?? {};
    expect([failure, logged]).toEqual(['unknown', expected]);
  });

  it('that is known is logged without: its row says all of it', async () => {
    const { tier, lines } = setUpTier(failing(exception('AccessDeniedException')));
    await answerWithModel(tier, event());
    expect(lines()[0]).toMatchObject({ failure: 'access_denied' });
    expect(lines()[0]).not.toHaveProperty('error');
  });

  it.each([
    ['twice while the circuit is closed', 'closed', 'caller', 2],
    ['once by a probe', 'half_open', 'caller', 1],
    ['once by a canary’s probe', 'half_open', 'canary', 1],
  ] as const)('that may pass is met %s', async (_, phase, source, calls) => {
    const bedrock = scripted([exception('ThrottlingException')]);
    const { tier, store } = setUpTier(bedrock);
    if (phase === 'half_open') store.items.set(PRIMARY, { ...untouched(PRIMARY), version: 1, state: 'open' });
    await answerWithModel(tier, event({ source }));
    expect(bedrock.calls).toHaveLength(calls);
  });

  it('is not even met while the circuit is open: the next tier is due at once', async () => {
    const { tier, store, lines } = setUpTier(failing(new Error('was asked')));
    const openUntil = Date.now() + 60_000;
    store.items.set(PRIMARY, { ...untouched(PRIMARY), version: 1, state: 'open', openUntil });
    expect(await answerWithModel(tier, event())).toMatchObject({ unanswered: { reason: 'circuit_open' } });
    expect(lines()).toMatchObject([
      { message: 'tier_unanswered', failure: 'circuit_open', circuit: 'open' },
      { reason: 'circuit_open', FallbackReasons: 1 },
    ]);
  });

  it('is the caller’s, with 400, where the question is too long for the larger model as well', async () => {
    const primary = setUpTier(failing(TOO_LONG));
    expect(await answerWithModel(primary.tier, event())).toMatchObject({
      unanswered: { reason: 'input_too_long' },
    });
    const fallback = setUpTier(failing(TOO_LONG), { tier: 'fallback' });
    expect(bodyOf(await answerWithModel(fallback.tier, event()))).toMatchObject({
      error: { code: 'invalid_request', field: 'question' },
    });
  });

  it('of a question that is too long goes to a model that only the catalogue knows to be larger', async () => {
    const askedBefore = async (modelId: string) => {
      const primary = { modelId: 'us.amazon.nova-micro-v1:0' };
      const config = { ...RULES, default: { ...RULES.default, primary, fallback: { modelId } } };
      const current = () => Promise.resolve({ config, source: 'appconfig', version: 'v1' } as const);
      const { tier } = setUpTier(failing(TOO_LONG), { rules: { current } });
      return answerWithModel(tier, event());
    };
    expect(await askedBefore('us.amazon.nova-2-lite-v1:0')).toMatchObject({
      unanswered: { reason: 'input_too_long' },
    });
    expect(await askedBefore('us.amazon.unknown')).toMatchObject({ response: { status: 400 } });
  });

  it('never brings a word of the question or of the answer into the log', async () => {
    const quoting = (name: string) => Object.assign(new Error(`${QUESTION} ${ANSWER}`), { name });
    for (const name of ['ValidationException', 'ThrottlingException', 'Unheard', 'SyntaxError', QUESTION]) {
      const { tier, written } = setUpTier(failing(quoting(name)), { deadlineMs: 600 });
      await answerWithModel(tier, event());
      await answerWithModel(tier, event({ body: `{"question":7,"${QUESTION}":1}` }));
      await answerWithModel(tier, event({ body: QUESTION }));
      expect(written.length).toBeGreaterThan(3);
      expect(written.join()).not.toMatch(/canary/);
    }
  });
});
