import { z } from 'zod';

/** Converse gives the answer at once, ConverseStream as it is made. */
export const apiSchema = z.enum(['converse', 'converse-stream']);
export type Api = z.infer<typeof apiSchema>;

/** What one model is sent besides its rule's; what is left out is not sent, as some models refuse it. */
const inferenceSchema = z.object({
  temperature: z.number().min(0).max(1).optional(),
  topP: z.number().min(0).max(1).optional(),
  stopSequences: z.array(z.string().min(1)).max(4).optional(),
  /** In place of the rule's: what a model thinks counts, too. */
  maxTokens: z.int().min(1).optional(),
  /** E.g. an effort. */
  additionalModelRequestFields: z.record(z.string(), z.json()).optional(),
});
export type Inference = z.infer<typeof inferenceSchema>;

const unique = (items: readonly string[]): boolean => new Set(items).size === items.length;
const names = z.array(z.string().min(1)).min(1).refine(unique, 'names something twice');
const perSecond = z.number().positive().nullable();

/** What was to be measured, and under which conditions. */
export const planSchema = z.object({
  /** Model ids, inference profile ids or ARNs, as Converse takes them. */
  models: names,
  /** AWS regions, e.g. `us-east-1`. */
  regions: names,
  apis: z.array(apiSchema).min(1).refine(unique, 'names something twice'),
  questions: z.object({
    /** SHA-256, in hex, of all that is sent for the questions. */
    digest: z.string().regex(/^[0-9a-f]{64}$/),
    ids: names,
  }),
  /** By model, what is configured for it. */
  inference: z.record(z.string(), inferenceSchema).default({}),
  /** Measured calls for each question, model, region and API. */
  runs: z.int().min(1).max(10_000),
  /** Callers, each of which waits for its answer before it asks again: a closed loop. */
  concurrency: z.int().min(1).max(1_000),
  /** Unmeasured calls for each model, region and API before the first measured one. */
  warmup: z.int().min(0).max(1_000),
  /** Seed of the order of calls, and of the resampling behind the intervals. */
  seed: z.int().min(0).max(0xffffffff),
  /** Requests per second, of all models together and of each model; null: no limit. */
  rate: z.object({ total: perSecond, perModel: perSecond }),
  /** US dollars that the calls never cost more than; null: no limit. */
  maxCostUsd: z.number().positive().nullable(),
  /** Milliseconds after which a call is ended and counts as an error. */
  deadlineMs: z.int().min(1).max(3_600_000),
});
export type Plan = z.infer<typeof planSchema>;
