import type { PrimaryRow } from '../../../benchmark/compare/compare';
import { doubtsOf, pricesOf } from '../../../finetune/promote/evidence';
import { TrainedQuestions } from '../../../finetune/promote/held-out';

const row = (name: string, verdict: PrimaryRow['verdict']) =>
  ({ metric: { name, unit: 'share', better: 'higher' }, verdict }) as const;
const QUALITY = 'expectations met';
const COST = row('cost of 1,000 answers', 'within noise');

it.each<[string, readonly ReturnType<typeof row>[], readonly string[]]>([
  ['is shown better, and nowhere worse', [row('latency p50', 'within noise'), row(QUALITY, 'better')], []],
  ['is no better beyond noise', [row(QUALITY, 'within noise')], ['expectations met: within noise']],
  ['was asked too little', [row(QUALITY, 'too few answers')], ['expectations met: too few answers']],
  ['is worse', [row(QUALITY, 'worse')], ['expectations met is worse']],
  [
    'is better, and fails more often',
    [row(QUALITY, 'better'), row('throttled or failed', 'worse')],
    ['throttled or failed is worse'],
  ],
  [
    'was asked for nothing in particular',
    [row('latency p50', 'better')],
    ['no question says what is expected of its answer (expect)'],
  ],
])('a tuned model that %s', (_, rows, doubts) => {
  expect(doubtsOf([...rows, COST], true)).toEqual(doubts);
});

it('a tuned model of unknown cost is in doubt, and one that is paid by the hour is not', () => {
  const better = [row(QUALITY, 'better')];
  expect(doubtsOf(better, true)).toEqual([expect.stringContaining('cost is not known')]);
  expect(doubtsOf(better, false)).toEqual([]);
});

it.each([
  ['custom-model-deployment', expect.objectContaining({ input: 0.035, output: 0.14 }) as unknown],
  ['provisioned-model', null],
])('a %s has the price %j', (kind, price) => {
  const modelId = `arn:aws:bedrock:us-east-1:123456789012:${kind}/abc`;
  const tuned = { base: { modelId: 'us.amazon.nova-micro-v1:0' }, model: { modelId } };
  expect(pricesOf(tuned).entries[modelId]).toEqual(price);
});

describe('a held-out question', () => {
  const isTrained = (question: string, record: unknown): boolean => {
    const trained = new TrainedQuestions([{ id: 'q', question }]);
    trained.addRecord(record);
    return trained.ids.has('q');
  };
  const LLAMA = (prompt: string) => ({ prompt, completion: 'An answer.' });
  const NOVA = (...texts: readonly string[]) => ({
    messages: [{ role: 'user', content: texts.map((text) => ({ text })) }],
  });

  it.each([
    ['the same words', 'Where is my card?', NOVA('where is  my card')],
    ['a second block', 'Where is my card?', NOVA('Hello.', 'Where is my card?')],
    ['the end of a joined prompt', 'Help?', LLAMA('You are kind.\n\nHelp?')],
    ['within a template', 'Where is my card?', LLAMA('<|user|>\nWhere is my card?<|eot|>\n<|assistant|>')],
    ['after instructions', 'Where is my card?', LLAMA('Answer briefly. Where is my card?')],
    ['in a longer question', 'Hello there! Where is my card, please?', LLAMA('Where is my card')],
  ])('is none where it was trained on: %s', (_, question, record) => {
    expect(isTrained(question, record)).toBe(true);
  });

  it.each([
    ['another question', 'Where is my card?', NOVA('Where is my parcel?')],
    ['a part of a word', 'Is the art supplies box vegan', LLAMA('s the art supplies box vegan')],
    ['a few words in common', 'Where is it?', NOVA('Where is it that you deliver to?')],
    [
      'what the assistant said',
      'Where is my card?',
      { messages: [{ role: 'assistant', content: [{ text: 'Where is my card?' }] }] },
    ],
    ['no record', 'Where is my card?', 'Where is my card?'],
  ])('is one beside %s', (_, question, record) => {
    expect(isTrained(question, record)).toBe(false);
  });
});
