import { randomFrom } from '../../statistics/shuffle';
import type { JudgedResult } from '../../benchmark/result-file';
import type { Call } from '../../benchmark/result/result';

export const SONNET = 'us.anthropic.claude-sonnet-5';
export const NOVA = 'us.amazon.nova-2-lite-v1:0';
export const HAIKU = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

/** How a model behaves in a made-up result. */
export interface Behaviour {
  readonly medianMs: number;
  /** On average; null: no price is known. */
  readonly costUsd: number | null;
  /** Whether it is the same for each answer, which takes no resampling. */
  readonly isFlat?: boolean;
  /** Expectations met of 4, by question number. */
  readonly met: (question: number) => number;
  readonly throttled?: number;
  readonly errors?: number;
}

export interface SampleOptions {
  readonly models: Readonly<Record<string, Behaviour>>;
  readonly types?: readonly string[];
  readonly regions?: readonly string[];
  readonly apis?: JudgedResult['plan']['apis'];
  readonly questionsPerType?: number;
  readonly runs?: number;
  readonly seed?: number;
}

const EXPECTATIONS = 4;

/** A result as a benchmark would have written it, of models that behave as told. */
export function sampleResult(options: SampleOptions): JudgedResult {
  const { models, types = ['general'], regions = ['us-east-1'], apis = ['converse'] } = options;
  const { questionsPerType = 12, runs = 10, seed = 1 } = options;
  const random = randomFrom(seed);
  const questions = types.flatMap((type) =>
    Array.from({ length: questionsPerType }, (_, number) => ({ type, number, id: `${type}-${number + 1}` })),
  );
  const calls: Call[] = [];
  const scores: JudgedResult['quality']['scores'] = [];
  for (let run = 1; run <= runs; run += 1) {
    for (const { id, type, number } of questions) {
      for (const [model, behaviour] of Object.entries(models)) {
        for (const region of regions) {
          for (const api of apis) {
            const index = calls.length;
            const ended = ending(behaviour, api, random);
            const startedAt = '2026-11-22T10:00:00.000Z';
            const call = { index, model, region, api, questionId: id, type, run, warmup: false, startedAt };
            calls.push(Object.assign(ended, call));
            if (ended.outcome !== 'answered') continue;
            const met = behaviour.met(number);
            const unmet = met < EXPECTATIONS ? ['mustContain: refund'] : [];
            scores.push({ index, met, of: EXPECTATIONS, unmet, undecided: [] });
          }
        }
      }
    }
  }
  return {
    schemaVersion: 1,
    startedAt: '2026-11-22T10:00:00.000Z',
    finishedAt: '2026-11-22T10:10:00.000Z',
    plan: {
      ...{ models: Object.keys(models), regions: [...regions], apis, inference: {}, runs, seed },
      questions: { digest: 'a'.repeat(64), ids: questions.map(({ id }) => id) },
      ...{
        concurrency: 4,
        warmup: 0,
        rate: { total: null, perModel: null },
        maxCostUsd: 5,
        deadlineMs: 60_000,
      },
    },
    machine: { node: 'v20', os: 'Linux', cpu: 'cpu' },
    prices: { date: '2026-11-22', source: 'a price list', entries: {} },
    spend: { spentUsd: 1.25, assumedUsd: 0 },
    eventLoopDelayP99Ms: 0.4,
    warnings: [],
    calls,
    skipped: [],
    quality: { expectationsDigest: 'b'.repeat(64), scores, judge: null, warnings: [] },
  };
}

type Ending = Pick<Call, 'outcome' | 'totalMs' | 'costUsd'> & Partial<Call>;

function ending(behaviour: Behaviour, api: Call['api'], random: () => number): Ending {
  const { medianMs, costUsd, isFlat, throttled = 0, errors = 0 } = behaviour;
  // Normal by Box and Muller: latencies are log-normal.
  const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const totalMs = medianMs * Math.exp(0.35 * normal);
  const fate = random();
  if (fate < throttled)
    return { outcome: 'throttled', errorName: 'ThrottlingException', totalMs: 20, costUsd: 0 };
  if (fate < throttled + errors) {
    return { outcome: 'error', errorName: 'ModelErrorException', totalMs: 300, costUsd: null };
  }
  const tokens = { inputTokens: 60, outputTokens: 100 + Math.floor(random() * 101) };
  const text = 'Your refund is on its way.';
  const stream = api === 'converse-stream' ? { ttftMs: totalMs / 4 } : {};
  const cost = costUsd === null || isFlat ? costUsd : (costUsd * tokens.outputTokens) / 150;
  return { outcome: 'answered', stopReason: 'end_turn', totalMs, costUsd: cost, text, ...tokens, ...stream };
}
