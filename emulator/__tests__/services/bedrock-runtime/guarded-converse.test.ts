import { Guardrails } from '../../../services/bedrock-runtime/guardrail';
import { HAIKU, Rig } from './fixture';
import { ARN, CARD, drawn, pii, version, words } from './guardrail-fixture';

describe('Converse and ConverseStream with a guardrail', () => {
  let rig: Rig;
  let isPermitted = true;
  beforeAll(async () => {
    const policies = {
      ...pii(
        ['CREDIT_DEBIT_CARD_NUMBER', { action: 'BLOCK', input_enabled: false }],
        ['EMAIL', { action: 'ANONYMIZE', output_enabled: false }],
        ['IP_ADDRESS', { action: 'ANONYMIZE', input_enabled: false }],
      ),
      ...words('acme'),
    };
    rig = await Rig.start({
      guardrails: new Guardrails([drawn(policies), version('1')]),
      authorizeGuardrail: () => {
        if (!isPermitted) throw Object.assign(new Error('No.'), { name: 'AccessDeniedException' });
      },
    });
  });
  afterAll(() => rig.stop());

  const guardrailConfig = { guardrailIdentifier: ARN, guardrailVersion: '1' };
  const asked = (text: string, changes: object = {}) => ({
    messages: [{ role: 'user' as const, content: [{ guardContent: { text: { text } } }] }],
    guardrailConfig: { ...guardrailConfig, ...changes },
  });
  const whole = async (text: string) => {
    const { output, stopReason, usage } = await rig.converse(asked(text));
    return { text: output?.message?.content?.[0]?.text ?? '', stopReason, tokens: usage?.outputTokens };
  };
  const streamed = async (text: string) => {
    let [heard, stopReason, tokens] = ['', '', -1];
    for await (const event of rig.stream(asked(text))) {
      heard += event.contentBlockDelta?.delta?.text ?? '';
      stopReason = event.messageStop?.stopReason ?? stopReason;
      tokens = event.metadata?.usage?.outputTokens ?? tokens;
    }
    return { text: heard, stopReason, tokens };
  };

  const INTERVENED = 'guardrail_intervened';
  describe.each([
    ['Converse', whole],
    ['ConverseStream', streamed],
  ])('%s', (_, converse) => {
    it.each([
      ['lets pass what is harmless', 'Hi?', 'end_turn', /You asked: Hi\?$/],
      ['keeps a question from the model', 'Is acme better?', INTERVENED, /^Not asked\.$/],
      ['masks a question for the model', 'I am a@b.com', INTERVENED, /You asked: I am \{EMAIL\}$/],
      ['masks an answer', 'At 10.0.0.1?', INTERVENED, /You asked: At \{IP_ADDRESS\}\?$/],
      ['stops an answer', `Is ${CARD} mine?`, INTERVENED, /Not said\.$/],
    ])('%s', async (__, question, stopReason, text) => {
      expect(await converse(question)).toMatchObject({
        stopReason,
        text: expect.stringMatching(text) as unknown,
      });
    });

    it('has asked no model where it stopped the question, and one where it stopped the answer', async () => {
      expect((await converse('acme')).tokens).toBe(0);
      expect((await converse(CARD)).tokens).toBeGreaterThan(0);
    });
  });

  it('has said in a stream, before it stops an answer, what came before', async () => {
    expect((await whole(`Is ${CARD} mine?`)).text).toBe('Not said.');
    const { text } = await streamed(`Is ${CARD} mine?`);
    expect(text).toMatch(/You asked: Is Not said\.$/);
    expect(text).not.toContain('1111');
  });

  it.each([
    ['another version', { guardrailVersion: '2' }, 'ValidationException', /does not exist/],
    ['another guardrail', { guardrailIdentifier: 'zyxwvutsrqpo' }, 'ValidationException', /does not exist/],
    ['a trace', { trace: 'enabled' }, 'NotImplementedException', /trace enabled/],
    ['an asynchronous stream', { streamProcessingMode: 'async' }, 'NotImplementedException', /async/],
  ])('is refused with %s', async (_, changes, name, message) => {
    await expect(rig.stream(asked('Hi?', changes)).next()).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('judges the messages that are marked for it, or all where none is', async () => {
    const [question] = asked('Hi?').messages;
    const ask = async (said: object) => {
      const earlier = [
        { role: 'user' as const, content: [{ text: 'Is acme better?' }] },
        { role: 'assistant' as const, content: [{ text: 'No.' }] },
      ];
      const messages = [...earlier, { role: 'user' as const, content: [{ text: 'Hi?' }], ...said }];
      const { output } = await rig.converse({ modelId: HAIKU, messages, guardrailConfig });
      return output?.message?.content?.[0]?.text;
    };
    // The stand-in, which is asked, repeats what was said before.
    expect(await ask({ ...question })).toBe('Not said.');
    expect(await ask({})).toBe('Not asked.');
  });

  it('is refused where part of a message is marked for it', async () => {
    const [marked] = asked('Hi?').messages;
    const content = [...(marked?.content ?? []), { text: 'Hi?' }];
    const mixed = { modelId: HAIKU, messages: [{ role: 'user' as const, content }], guardrailConfig };
    await expect(rig.converse(mixed)).rejects.toThrow('guardContent beside text');
  });

  it('is refused whom no policy allows to apply it', async () => {
    isPermitted = false;
    await expect(rig.converse(asked('Hi?'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    isPermitted = true;
  });
});
