import { createPlan, type PlanSettings, type BenchmarkQuestion } from '../../../benchmark/measure/plan';
import type { Quality } from '../../../benchmark/quality/quality';
import type { Plan } from '../../../benchmark/result/plan';
import type { Call, PricesUsed } from '../../../benchmark/result/result';

export const questions = (count: number, maxTokens = 200): readonly BenchmarkQuestion[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `q${index + 1}`,
    type: index % 2 === 0 ? 'general' : 'finance_deep',
    question: `Question ${index + 1}?`,
    system: 'Be brief.',
    maxTokens,
  }));

export const SETTINGS: PlanSettings = {
  models: ['fast', 'slow'],
  regions: ['us-east-1'],
  apis: ['converse-stream'],
  runs: 1,
  concurrency: 1,
  warmup: 0,
  seed: 1,
  rate: { total: null, perModel: null },
  maxCostUsd: null,
  deadlineMs: 60_000,
};

export const planOf = (settings: Partial<PlanSettings>, asked: readonly BenchmarkQuestion[]): Plan =>
  createPlan({ ...SETTINGS, ...settings }, asked);

export const pricesOf = (entries: Record<string, { input: number; output: number } | null>): PricesUsed => ({
  date: '2026-11-22',
  source: 'a list',
  entries: Object.fromEntries(
    Object.entries(entries).map(([model, price]) => [model, price && { ...price, from: 'file' as const }]),
  ),
});

export const PRICES = pricesOf({ fast: { input: 1, output: 5 }, slow: { input: 3, output: 15 } });

/** Of answers of which nothing was expected. */
export const UNJUDGED: Quality = { expectationsDigest: '', scores: [], judge: null, warnings: [] };

/** An answered call, with what a test has to say about it. */
export const call = (fields: Partial<Call>): Call => ({
  index: 0,
  model: 'fast',
  region: 'us-east-1',
  api: 'converse-stream',
  questionId: 'q1',
  type: 'general',
  run: 1,
  warmup: false,
  startedAt: '2026-11-22T00:00:00.000Z',
  outcome: 'answered',
  stopReason: 'end_turn',
  totalMs: 100,
  costUsd: 0.001,
  ...fields,
});
