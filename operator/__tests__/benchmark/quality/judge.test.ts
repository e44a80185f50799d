import fc from 'fast-check';
import type { CallOutcome, ModelRequest } from '../../../benchmark/measure/caller/model-caller';
import { Spend } from '../../../benchmark/measure/spend/spend';
import type { AnswerPair } from '../../../benchmark/quality/answer-pairs';
import { judgePairs, RUBRIC, type JudgeOptions } from '../../../benchmark/quality/judge';

const questions = [{ id: 'q', type: 'general', question: 'Where is it?', reference: 'On its way.' }];
const pair: AnswerPair = {
  ...{ questionId: 'q', type: 'general', region: 'us-east-1' },
  ...{ models: ['good', 'bad'], answers: ['GOOD answer', 'BAD answer'] },
};
const timing = { sentAt: 0, endedAt: 1 };
const usage = { inputTokens: 100, outputTokens: 10 };
const says = (text: string): CallOutcome => ({
  outcome: 'answered',
  text,
  stopReason: 'end_turn',
  usage,
  timing,
});
const verdict = (preferred: string): CallOutcome =>
  says(JSON.stringify({ verdict: preferred, reason: 'because' }));

/** What a judge is told of the two answers. */
interface Material {
  readonly question: string;
  readonly reference: string;
  readonly answerA: string;
  readonly answerB: string;
}

function judge(answer: (material: Material, call: number) => CallOutcome, capUsd: number | null = null) {
  const requests: ModelRequest[] = [];
  const waits: number[] = [];
  const spend = new Spend({ capUsd });
  const options: JudgeOptions = {
    ...{ model: 'judge', region: 'us-east-1', price: { input: 1, output: 10 }, spend },
    ...{ concurrency: 2, deadlineMs: 60_000, signal: new AbortController().signal },
    clock: {
      now: () => 0,
      epoch: () => 0,
      after: (ms, run) => {
        waits.push(ms);
        setImmediate(run);
        return () => undefined;
      },
    },
    caller: (request) => {
      requests.push(request);
      return Promise.resolve(answer(JSON.parse(request.question) as Material, requests.length));
    },
  };
  return { requests, waits, spend, judged: judgePairs([pair], questions, options) };
}

describe('a judge', () => {
  it('is asked in both orders, with the rubric and the reference', async () => {
    const { requests, judged } = judge(({ answerA }) => verdict(answerA.startsWith('GOOD') ? 'A' : 'B'));
    const reason = 'because';
    expect(await judged).toEqual([
      {
        ...{ questionId: 'q', type: 'general', region: 'us-east-1', models: ['good', 'bad'], verdict: 'one' },
        orders: [
          { preferred: 'one', reason },
          { preferred: 'one', reason },
        ],
      },
    ]);
    expect(requests.map(({ system }) => system)).toEqual([RUBRIC, RUBRIC]);
    const material = { question: 'Where is it?', reference: 'On its way.' };
    expect(requests.map(({ question }) => JSON.parse(question) as Material)).toEqual([
      { ...material, answerA: 'GOOD answer', answerB: 'BAD answer' },
      { ...material, answerA: 'BAD answer', answerB: 'GOOD answer' },
    ]);
  });

  it('is quoted with 500 characters of its reason at the most', async () => {
    const reason = 'because '.repeat(100);
    const [quoted] = await judge(() => says(JSON.stringify({ verdict: 'tie', reason }))).judged;
    expect(quoted?.orders).toMatchObject([
      { reason: reason.slice(0, 500) },
      { reason: reason.slice(0, 500) },
    ]);
  });

  it('that always prefers the same place has decided nothing', async () => {
    expect(await judge(() => verdict('A')).judged).toMatchObject([
      { verdict: 'tie', orders: [{ preferred: 'one' }, { preferred: 'two' }] },
    ]);
  });

  it.each([
    ['no JSON', 'Answer A is better.'],
    ['another verdict', '{"verdict":"both"}'],
    ['JSON with words around', 'Sure: {"verdict":"A"}'],
  ])('that answers with %s has its answers counted, not guessed', async (_, text) => {
    expect(await judge(() => says(text)).judged).toMatchObject([
      { verdict: null, orders: [{ preferred: 'malformed' }, { preferred: 'malformed' }] },
    ]);
  });

  it('is asked again after a throttle, but not after an error', async () => {
    const failed = (outcome: 'throttled' | 'error'): CallOutcome => ({
      ...{ outcome, errorName: 'Exception', refused: true, timing },
    });
    const { requests, judged } = judge((_, call) => (call === 1 ? failed('throttled') : failed('error')));
    expect(await judged).toMatchObject([
      { verdict: null, orders: [{ preferred: 'failed' }, { preferred: 'failed' }] },
    ]);
    expect(requests).toHaveLength(3);
  });

  it('is given up after four throttles, each of which is waited for longer, and costs nothing', async () => {
    const throttled = {
      outcome: 'throttled',
      errorName: 'ThrottlingException',
      refused: true,
      timing,
    } as const;
    const { requests, waits, spend, judged } = judge(() => throttled);
    expect(await judged).toMatchObject([{ orders: [{ preferred: 'failed' }, { preferred: 'failed' }] }]);
    expect(requests).toHaveLength(8);
    expect(waits.slice(0, 3)).toEqual([500, 1_000, 2_000]);
    expect(spend.spentUsd).toBe(0);
  });

  it('never spends more than the cap: what does not fit is skipped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.000001, max: 0.1, noNaN: true }), async (cap) => {
        const { spend, judged, requests } = judge(() => verdict('tie'), cap);
        const [result] = await judged;
        expect(spend.spentUsd).toBeLessThanOrEqual(cap);
        expect(result?.orders.filter(({ preferred }) => preferred === 'skipped')).toHaveLength(
          2 - requests.length,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('costs what its tokens cost', async () => {
    const { spend, judged } = judge(() => verdict('tie'));
    await judged;
    expect(spend.spentUsd).toBeCloseTo(2 * (100 * 1e-6 + 10 * 1e-5), 9);
  });
});
