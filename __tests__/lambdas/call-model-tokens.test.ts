import { call, LONG_MS, MODEL, rule } from './call-model-fixture';
import { exception } from './failures';
import { counts, says, scripted, start, stops, thinks, type Step } from './scripted-bedrock';
import { skipTime } from '../support/skip-time';

skipTime();

/** The system prompt and the question as they are sent, and with the longest answer. */
const SENT = Buffer.byteLength(
  JSON.stringify([[{ text: rule.systemPrompt }], [{ role: 'user', content: [{ text: 'Why?' }] }]]),
);
const MOST = SENT + rule.maxTokens;
/** About as many as were sent. */
const READ = Math.ceil(SENT / 4);
const LONG = 'Hm. '.repeat(rule.maxTokens);

describe('the tokens that a call has used', () => {
  it.each<[string, readonly number[], readonly (readonly Step[])[], object?]>([
    ['as Bedrock counted them', [10], [[start, says('Hello'), stops('end_turn'), counts(7, 3)]]],
    ['those of no answer', [10], [[start, stops('end_turn'), counts(7, 3)]]],
    [
      'those of a call without a stream',
      [10],
      [[says('Hello'), stops('end_turn'), counts(7, 3)]],
      { streams: false },
    ],
    [
      'at most what one without a stream can be that was not there in time',
      [MOST],
      [[LONG_MS]],
      { streams: false },
    ],
    ['at most what a cut answer can be', [MOST], [[start, says('Hel'), LONG_MS]], { gapMs: LONG_MS }],
    [
      'at most what thoughts can be that have no end in time',
      [MOST],
      [[start, thinks('Hm.'), LONG_MS]],
      { modelId: 'us.anthropic.claude-sonnet-5-5', gapMs: LONG_MS },
    ],
    [
      'a quarter of the bytes that were sent and heard of one that stalled',
      [READ + 2],
      [[start, says('Hello'), LONG_MS]],
    ],
    ['the same of one that ended early, its thoughts too', [READ + 2], [[thinks('Hm.'), says('Hello')]]],
    [
      'what was sent and heard of one that broke off after its end',
      [SENT + 5],
      [[start, says('Hello'), stops('end_turn'), exception('ModelStreamErrorException')]],
    ],
    ['no more than maxTokens of a long one', [READ + rule.maxTokens], [[says(LONG)]]],
    [
      'the same of one that the service broke off',
      [READ + 2],
      [[start, says('Hello'), exception('ModelStreamErrorException')]],
    ],
    [
      'a quarter of the bytes that were sent, of a question that a guardrail stopped',
      [READ],
      [[says('No.'), stops('guardrail_intervened'), counts(0, 0)]],
    ],
    [
      'as Bedrock counted them, of an answer that a guardrail stopped',
      [10],
      [[says('No.'), stops('guardrail_intervened'), counts(7, 3)]],
    ],
    ['none of a silent model', [], [[LONG_MS]]],
    ['none of a refused call', [], [[exception('ThrottlingException')]]],
    [
      'those of each attempt',
      [MOST, 10],
      [
        [start, says('Hel'), exception('ThrottlingException')],
        [start, says('Hello'), stops('end_turn'), counts(7, 3)],
      ],
    ],
  ])('are %s', async (_, expected, scripts, model = {}) => {
    const used: number[] = [];
    const onUsage = (tokens: number) => used.push(tokens);
    await call(scripted(...scripts), { onUsage, budgetMs: 600, model: { ...MODEL, ...model } });
    expect(used).toEqual(expected);
  });

  it.each([
    ['', [LONG_MS]],
    [', once it had begun', [start, LONG_MS]],
  ])(
    'are a quarter of the bytes of a long conversation over which a model was silent%s',
    async (_, script) => {
      const used: number[] = [];
      const turns = [{ question: 'Hi?', answer: 'x'.repeat(40_000) }];
      const { result } = await call(scripted(script), { onUsage: (tokens) => used.push(tokens), turns });
      expect(result).toEqual({ failure: 'out_of_time' });
      expect(used[0]).toBeGreaterThan(10_000);
      expect(used[0]).toBeLessThan(10_200);
      expect(used).toHaveLength(1);
    },
  );
});

it('none are used of a model whose caller has left before it is asked', async () => {
  const used: number[] = [];
  const { result, calls } = await call(scripted([start, says('Hello'), stops('end_turn')]), {
    onUsage: (tokens) => used.push(tokens),
    reader: { onText: () => undefined, left: AbortSignal.abort(), speakUntil: Infinity },
  });
  expect([result, calls, used]).toEqual([{ failure: 'abandoned' }, [], []]);
});
