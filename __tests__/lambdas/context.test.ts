import fc from 'fast-check';
import { fitContext } from '../../lambdas/tier/context';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 400 });
const turns = fc.array(fc.record({ question: text, answer: text }), { maxLength: 60 });
const rule = { systemPrompt: 'Be brief.', maxTokens: 100 };

/** The most that a text can be, whichever way its tokens are counted: one has half of what it is estimated at. */
const bytes = (...texts: readonly string[]) => texts.reduce((sum, each) => sum + Buffer.byteLength(each), 0);

describe('the context of a question', () => {
  it('is the newest turns, whole and in their order, and all that there is room for', () => {
    fc.assert(
      fc.property(turns, text, fc.integer({ min: 1, max: 20_000 }), (history, question, contextTokens) => {
        const model = { modelId: 'any', contextTokens };
        const { turns: told, said } = fitContext({ turns: history }, rule, model, question);
        const { trimmed } = said;
        expect(said.turns).toBe(told.length);
        expect(told).toEqual(history.slice(trimmed));
        const used = (from: number) =>
          bytes(
            rule.systemPrompt,
            question,
            ...history.slice(from).flatMap((of) => [of.question, of.answer]),
          );
        if (told.length > 0) expect(used(trimmed) / 2 + rule.maxTokens).toBeLessThanOrEqual(contextTokens);
        // One turn more, with each text's rounding and what is added for its role, would not have had room.
        if (trimmed > 0) {
          const texts = 2 + 2 * (told.length + 1);
          expect(used(trimmed - 1) / 2 + 9 * texts + rule.maxTokens).toBeGreaterThan(contextTokens);
        }
      }),
    );
  });

  it.each([
    ['of the rules', { modelId: 'amazon.nova-micro-v1:0', contextTokens: 1_000 }, 0],
    ['of the catalogue', { modelId: 'us.amazon.nova-micro-v1:0' }, 7],
    ['of no one knows which model', { modelId: 'arn:aws:bedrock:us-east-1:1:custom-model-deployment/x' }, 3],
    ['less what the model may say', { modelId: 'amazon.nova-micro-v1:0', maxTokens: 80_000 }, 4],
  ])('has the window %s', (_, model, told) => {
    const turn = { question: 'x'.repeat(10_000), answer: 'y'.repeat(10_000) };
    expect(
      fitContext({ turns: Array.from({ length: 20 }, () => turn) }, rule, model, 'Why?').turns,
    ).toHaveLength(told);
  });

  it('is no more, with its question, than a caller may send', () => {
    const turn = { question: '長'.repeat(20_000), answer: 'y'.repeat(30_000) };
    const model = { modelId: 'any', contextTokens: 10_000_000 };
    const told = (question: string) =>
      fitContext({ turns: [turn, turn, turn], id: 'x' }, rule, model, question).said;
    expect(told('Why?')).toEqual({ turns: 1, trimmed: 2 });
    expect(told('長'.repeat(25_000))).toEqual({ turns: 0, trimmed: 3 });
  });

  it('that could not be had says so', () => {
    const before = { turns: [], id: 'x', unavailable: true } as const;
    const { said } = fitContext(before, rule, { modelId: 'any' }, 'Why?');
    expect(said).toEqual({ turns: 0, trimmed: 0, unavailable: true });
  });
});
