import type { GuardrailConfig } from '../../constructs/config/guardrail-config';
import { defaultModelConfig } from '../../contract/default-model-config';
import { METRIC_SERVICE, METRICS } from '../../contract/metrics';
import { PORTS } from '@assistant/emulator';
import { readChunks } from '../lambdas/openai/kept-response';
import {
  CONTINUING,
  CLOSED_CIRCUITS,
  JSON_TYPE,
  startSystem,
  WITH_KEY,
  withContinuing,
  type RunningSystem,
} from '../support/local-system';
import { followContract, namesOf, parseEvents } from '../support/read-stream';
import { shippedConfig, synthesize } from '../support/synthesize';

const CARD = '4111 1111 1111 1111';
const messages = { input: 'I cannot take that.', output: 'I cannot say that.' };
const INTERVENED = 'guardrail_intervened';

/** The stand-in repeats the question: what a question may hold, its answer holds, too. */
const GUARDRAIL: GuardrailConfig = {
  messages,
  topics: [{ name: 'Legal advice', definition: 'Advice on the law.' }],
  words: ['acme'],
  pii: [
    { type: 'CREDIT_DEBIT_CARD_NUMBER', output: 'block' },
    { type: 'US_SOCIAL_SECURITY_NUMBER', input: 'block', output: 'block' },
    { type: 'EMAIL', output: 'anonymize' },
    { type: 'IP_ADDRESS', input: 'anonymize' },
  ],
};
const SECRETS = [CARD, '123-45-6789', 'jane@example.com', '203.0.113.7'];

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem({ ...CLOSED_CIRCUITS(), guardrail: GUARDRAIL });
  await withContinuing(running);
});
afterAll(() => running.stop());
afterEach(() => running.send('control', 'DELETE', '/faults'));

const { general } = defaultModelConfig.types;
/** All that a stream sends. */
const stream = async (path: '/stream' | '/v1/chat/completions', body: object) => {
  const response = await fetch(`http://127.0.0.1:${running.portBase + PORTS.primary}${path}`, {
    method: 'POST',
    headers: { ...WITH_KEY, ...JSON_TYPE },
    body: JSON.stringify(body),
  });
  return response.text();
};

const withoutPrimary = () => running.fault({ mode: 'error', model: general?.primary.modelId });

describe.each(['primary', 'fallback'])('in the tier %s', (tier) => {
  beforeEach(async () => {
    if (tier === 'fallback') await withoutPrimary();
  });

  it.each([
    ['a word', 'Is Acme better?', messages.input],
    ['a number that is stopped in a question', 'I am 123-45-6789', messages.input],
    ['a number that is stopped in an answer', `Is ${CARD} mine?`, messages.output],
    ['what is masked in an answer', 'I am jane@example.com', /You asked: I am \{EMAIL\}$/],
    ['what is masked in a question', 'I am 203.0.113.7', /You asked: I am \{IP_ADDRESS\}$/],
  ])('%s is answered by what the guardrail leaves', async (_, question, answer) => {
    for (const at of ['primary', 'secondary'] as const) {
      const { status, body } = await running.ask({ question }, at);
      expect([status, body.tier, body.degraded, body.stopReason]).toEqual([200, tier, false, INTERVENED]);
      expect(body.answer).toEqual(typeof answer === 'string' ? answer : expect.stringMatching(answer));
    }
  });

  it('what it stops in a question, it stops in what was said before, whoever said it', async () => {
    const said = (...texts: readonly string[]) =>
      texts.map((text, index) => ({ role: index === 0 ? 'user' : 'assistant', text }));
    for (const history of [said('Is Acme better?', 'No.'), said('Which is better?', 'Acme.')]) {
      const { body } = await running.ask({ question: 'Why?', history }, 'primary');
      expect([body.tier, body.answer, body.stopReason]).toEqual([tier, messages.input, INTERVENED]);
    }
  });

  it('what it stops in a question, it stops in what a caller tells the model of its own', async () => {
    const saying = (system: string) => [
      { role: 'system', content: system },
      { role: 'user', content: 'Why?' },
    ];
    const ask = async (system: string) => {
      const body = JSON.stringify({ model: 'general', messages: saying(system) });
      const answer = await running.send('primary', 'POST', '/v1/chat/completions', body, JSON_TYPE);
      return (answer.body as { choices: readonly { finish_reason: string; message: { content: string } }[] })
        .choices[0];
    };
    expect(await ask('Say that Acme is better.')).toMatchObject({
      finish_reason: 'content_filter',
      message: { content: messages.input },
    });
    expect(await ask('Be kind.')).toMatchObject({ finish_reason: 'stop' });
  });

  it('what it stops in the middle of a stream is taken back, and its message stands alone', async () => {
    const { events } = parseEvents(await stream('/stream', { question: `Is ${CARD} mine?` }));
    expect(namesOf(events)).toEqual(['start', 'delta', 'restart', 'delta', 'end']);
    const { text, whole } = followContract(events);
    expect([text, whole?.tier, whole?.stopReason]).toEqual([messages.output, tier, INTERVENED]);
  });

  it('what it stops where nothing can be taken back ends with a filter’s reason, and is whole', async () => {
    const content = `Is ${CARD} mine?`;
    const asked = { model: 'general', stream: true, messages: [{ role: 'user', content }] };
    const chunks = readChunks(await stream('/v1/chat/completions', asked));
    const choices = chunks.flatMap((chunk) => (chunk === '[DONE]' ? [] : (chunk.choices ?? [])));
    expect(choices.map(({ delta }) => delta.content ?? '').join('')).toMatch(
      /You asked: Is (?!4).*I cannot say that\.$/,
    );
    expect([choices.at(-1)?.finish_reason, chunks.at(-1)]).toEqual(['content_filter', '[DONE]']);
  });

  it('what is harmless is answered as ever', async () => {
    const { body } = await running.ask({ question: 'What is inflation?' }, 'primary');
    expect([body.tier, body.stopReason]).toEqual([tier, 'end_turn']);
  });
});

it('it is counted by tier, and not as a question that no model answered', () => {
  const hour = 3_600_000;
  const now = Math.floor(Date.now() / 60_000) * 60_000;
  const sumOf = (name: string, dimensions = {}) =>
    running.system.regions[0]?.metrics.statistics(
      { namespace: shippedConfig().project, name, dimensions: { service: METRIC_SERVICE, ...dimensions } },
      now - hour,
      now + hour,
    )?.sum;
  const interventions = (tier: string) => sumOf(METRICS.guardrailInterventions, { tier });
  expect([interventions('primary'), interventions('fallback')]).toEqual([10, 10]);
  expect(sumOf(METRICS.noModelAnswer)).toBe(0);
});

it('what it stops of a model that goes on takes back what another had said', async () => {
  await running.fault({ mode: 'stream_end', model: general?.primary.modelId, events: 8 });
  const asked = { question: `Is ${CARD} mine?`, type: CONTINUING };
  const { events } = parseEvents(await stream('/stream', asked));
  expect(namesOf(events)).toEqual(['start', 'delta', 'continue', 'delta', 'restart', 'delta', 'end']);
  const { text, whole } = followContract(events);
  expect([text, whole?.tier, whole?.stopReason]).toEqual([messages.output, 'fallback', INTERVENED]);
});

it('what it is to keep stands in no log, no status and no metric', async () => {
  const shown = [
    '/status',
    '/faults',
    ...['primary', 'secondary'].flatMap((of) => [`/logs?region=${of}`, `/metrics?region=${of}`]),
  ];
  const texts = await Promise.all(
    shown.map(async (path) => JSON.stringify((await running.send('control', 'GET', path)).body)),
  );
  const written = [...running.logs, ...texts].join('\n');
  expect(written).toContain('GuardrailInterventions');
  expect(SECRETS.filter((secret) => written.includes(secret))).toEqual([]);
});

it('no model is asked what is stopped in a question, and each is asked what is stopped in an answer', async () => {
  const calls = async (question: string) => {
    const { body } = await running.ask({ question }, 'primary');
    return (body.usage as { outputTokens: number }).outputTokens > 0;
  };
  expect([await calls('Acme?'), await calls(CARD)]).toEqual([false, true]);
});

describe('a guardrail that cannot be applied', () => {
  it.each(['guardrail_missing', 'guardrail_denied', 'guardrail_throttle'])(
    'lets no answer through: %s',
    async (mode) => {
      await running.fault({ mode });
      const { status, body } = await running.ask({ question: 'Hi?' }, 'primary');
      expect([status, body.tier]).toEqual([200, 'degraded']);
      expect(body.reason).toBe(
        mode === 'guardrail_throttle' ? 'guardrail_throttled' : 'guardrail_misconfigured',
      );
    },
  );
});

describe('a deployment', () => {
  it('of another guardrail is in force for the next question, and of none as well', async () => {
    const ask = async () => (await running.ask({ question: 'Is Rival better?' }, 'primary')).body.stopReason;
    expect(await ask()).toBe('end_turn');
    const changed = synthesize({ ...CLOSED_CIRCUITS(), guardrail: { ...GUARDRAIL, words: ['rival'] } });
    await running.system.deploy(changed.directory);
    expect(await ask()).toBe(INTERVENED);
    const none = synthesize(CLOSED_CIRCUITS());
    await running.system.deploy(none.directory);
    expect(await ask()).toBe('end_turn');
    changed.remove();
    none.remove();
  });
});

it('real Bedrock is not asked with an id that this run made up', async () => {
  await expect(startSystem({ guardrail: GUARDRAIL }, { kind: 'aws' })).rejects.toThrow(
    /aws_bedrock_guardrail\.assistant_guardrail.*real Bedrock/s,
  );
});
