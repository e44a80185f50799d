import fc from 'fast-check';
import { endAt, estimateTokens, type Question, standIn } from '../../../services/bedrock-runtime/answerer';
import { parseConverseRequest } from '../../../services/bedrock-runtime/converse-request';
import { ask } from './fixture';

const question = (body: object = {}): Question => ({
  ...parseConverseRequest({ ...ask('Where?'), ...body }),
  modelId: 'm',
  region: 'us-east-1',
});
const patient = new AbortController().signal;

describe('the stand-in', () => {
  it('says that no model was called', async () => {
    expect(await standIn(question(), patient)).toEqual({
      text: '[stand-in for m in us-east-1; no model was called] You asked: Where?',
      stopReason: 'end_turn',
    });
  });

  it('names the tuned model and what it was made from, in as many tokens as that takes', async () => {
    const modelId = 'arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12';
    const base = await standIn({ ...question(), modelId: 'us.amazon.nova-lite-v1:0' }, patient);
    expect(await standIn({ ...question(), modelId, base: 'amazon.nova-lite-v1:0' }, patient)).toEqual({
      text: `[stand-in for the tuned model ${modelId}, made from amazon.nova-lite-v1:0, in us-east-1; no model was called] You asked: Where?`,
      stopReason: 'end_turn',
      outputTokens: estimateTokens(base.text),
    });
  });

  it.each([1, 2, 18, 500])('says as much as it is asked to: %s tokens', async (outputTokens) => {
    const { text } = await standIn({ ...question(), outputTokens }, patient);
    const { text: usual } = await standIn(question(), patient);
    expect(text).toHaveLength(outputTokens * 4);
    expect(text.startsWith(usual.slice(0, text.length))).toBe(true);
  });

  it('begins as it is asked to', async () => {
    const text = 'Go on.\n<begin_with>as the bank\nmeasures</begin_with>';
    const messages = [{ role: 'user' as const, content: [{ text }] }];
    expect((await standIn(question({ messages }), patient)).text).toMatch(/^as the bank\nmeasures\[stand-in/);
  });

  it('ends a long answer at maxTokens', async () => {
    const asked = { ...question({ inferenceConfig: { maxTokens: 9 } }), outputTokens: 100 };
    const { text, stopReason } = await standIn(asked, patient);
    expect([text.length, stopReason]).toEqual([36, 'max_tokens']);
  });

  it.each([
    ['abcdefgh', { maxTokens: 2 }, 'abcdefgh', 'end_turn'],
    ['abcdefghi', { maxTokens: 2 }, 'abcdefgh', 'max_tokens'],
    ['abc😀def', { maxTokens: 1 }, 'abc', 'max_tokens'],
    ['abc.def!', { stopSequences: ['!', '.'] }, 'abc', 'stop_sequence'],
    ['abcdefgh.', { maxTokens: 1, stopSequences: ['.'] }, 'abcd', 'max_tokens'],
    ['a.cdefgh', { maxTokens: 1, stopSequences: ['.'] }, 'a', 'stop_sequence'],
    ['abc', { stopSequences: ['x'] }, 'abc', 'end_turn'],
  ])('ends %s with %j at %s: %s', (text, limits, expected, stopReason) => {
    expect(endAt(text, limits)).toEqual({ text: expected, stopReason });
  });

  it('never gives more than maxTokens, and always the beginning of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, maxTokens) => {
        const answer = endAt(text, { maxTokens }).text;
        expect(answer.length).toBeLessThanOrEqual(maxTokens * 4);
        expect(text.startsWith(answer)).toBe(true);
      }),
    );
  });
});
