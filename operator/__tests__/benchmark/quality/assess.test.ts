import type { ModelCaller } from '../../../benchmark/measure/caller/model-caller';
import { systemClock } from '../../../benchmark/measure/clock';
import { Spend } from '../../../benchmark/measure/spend/spend';
import { assess } from '../../../benchmark/quality/assess';
import { answerPairs } from '../../../benchmark/quality/answer-pairs';
import type { Question } from '../../../benchmark/questions/read-questions';
import { HAIKU, NOVA, sampleResult, SONNET } from '../sample-result';

const behaviour = { medianMs: 100, costUsd: 0.001, met: () => 4 };
const measured = sampleResult({
  models: { [SONNET]: behaviour, [NOVA]: { ...behaviour, errors: 0.5 } },
  ...{ questionsPerType: 2, runs: 3, apis: ['converse', 'converse-stream'] },
});
const questions: readonly Question[] = [
  { id: 'general-1', type: 'general', question: 'Where?', expect: { mustContain: ['refund', 'voucher'] } },
  { id: 'general-2', type: 'general', question: 'Why?' },
];

const judging = {
  ...{ model: 'us.meta.llama3-3-70b-instruct-v1:0', region: 'us-east-1', price: null },
  ...{ spend: new Spend({ capUsd: null }), clock: systemClock, concurrency: 1, deadlineMs: 1_000 },
};

describe('assessment', () => {
  it('scores answered calls of questions that expect something, and nothing else', async () => {
    const { scores } = await assess(measured, questions, null);
    const answered = measured.calls.filter(
      ({ outcome, questionId }) => outcome === 'answered' && questionId === 'general-1',
    );
    expect(answered.length).toBeGreaterThan(0);
    expect(scores).toEqual(
      answered.map(({ index }) => ({ index, met: 1, of: 2, unmet: ['mustContain: voucher'], undecided: [] })),
    );
  });

  it('says which expectations could not be decided', async () => {
    const endless = [{ ...questions[0], expect: { pattern: '^(\\w+\\s?)+$' } } as Question];
    const calls = measured.calls.slice(0, 1).map((call) => ({ ...call, text: `${'a'.repeat(60)}!` }));
    const quality = await assess({ ...measured, calls }, endless, null);
    expect(quality.scores).toMatchObject([{ met: 0, of: 0, undecided: ['pattern: ^(\\w+\\s?)+$'] }]);
    expect(quality.warnings.join()).toMatch('could not be decided in time');
  });

  it.each([
    [HAIKU, /same vendor as us\.anthropic\.claude-sonnet-5: /],
    ['arn:aws:bedrock:us-east-1:123456789012:custom-model-deployment/abcdefghij12', /vendor is not known/],
    ['us.meta.llama3-3-70b-instruct-v1:0', /^(?!.*vendor)/],
  ])('warns of the judge %s where it may prefer its own', async (model, warning) => {
    const quality = await assess(measured, questions, {
      ...{ ...judging, model, signal: AbortSignal.abort() },
      caller: () => Promise.reject(new Error('not asked once the run is interrupted')),
    });
    expect(quality.warnings.join('\n')).toMatch(warning);
    expect(quality.judge?.agreement.skipped).toBe(2 * answerPairs(measured.calls, [SONNET, NOVA]).length);
  });

  const many = sampleResult({
    models: { [SONNET]: behaviour, [NOVA]: behaviour },
    questionsPerType: 12,
    runs: 1,
  });
  it.each<[string, (answerA: string, answerB: string) => string, object, RegExp]>([
    [
      'prefers the longer answer',
      (a, b) => (a.length > b.length ? 'A' : b.length > a.length ? 'B' : 'tie'),
      { pairs: 8, preferred: 8 },
      /prefers length: of 8 answers/,
    ],
    [
      'prefers the shorter answer',
      (a, b) => (a.length < b.length ? 'A' : b.length < a.length ? 'B' : 'tie'),
      { pairs: 8, preferred: 0 },
      /^(?!.*length)/,
    ],
    ['prefers what stands first', () => 'A', { pairs: 8, preferred: 0 }, /hardly agrees with itself/],
  ])('of a judge that %s says so', async (_, verdictOn, length, warning) => {
    const caller: ModelCaller = ({ question }) => {
      const { answerA, answerB } = JSON.parse(question) as Record<'answerA' | 'answerB', string>;
      const text = JSON.stringify({ verdict: verdictOn(answerA, answerB) });
      const timing = { sentAt: 0, endedAt: 1 };
      return Promise.resolve({ outcome: 'answered', text, stopReason: 'end_turn', timing });
    };
    const quality = await assess(many, [], { ...judging, caller, signal: new AbortController().signal });
    expect(quality.judge?.length).toEqual(length);
    expect(quality.judge?.pairs).toHaveLength(12);
    expect(quality.warnings.join(' ')).toMatch(warning);
  });

  it('compares two models’ answers of the first run in which both answered, by one API', () => {
    const pairs = answerPairs(measured.calls, [SONNET, NOVA]);
    const answers = (id: string, model: string, run: number): boolean =>
      measured.calls.some(
        (call) =>
          call.questionId === id &&
          call.model === model &&
          call.run === run &&
          call.api === 'converse' &&
          call.outcome === 'answered',
      );
    const bothAnswered = ['general-1', 'general-2'].filter((id) =>
      [1, 2, 3].some((run) => answers(id, SONNET, run) && answers(id, NOVA, run)),
    );
    expect(bothAnswered.length).toBeGreaterThan(0);
    expect(pairs.map(({ questionId }) => questionId)).toEqual(bothAnswered);
  });
});
