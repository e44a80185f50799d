import { z } from 'zod';
import { apiSchema, planSchema } from './plan';

/** Raised when a reader of the previous version would misread a file. */
export const SCHEMA_VERSION = 1;

const milliseconds = z.number().nonnegative();
const tokens = z.int().nonnegative();
const usd = z.number().nonnegative();
/** ISO 8601. */
const time = z.iso.datetime();

const callFields = {
  /** Place in the plan's order; a resumed run warms up again, so only measured calls have it once. */
  index: z.int().nonnegative(),
  model: z.string(),
  region: z.string(),
  api: apiSchema,
  questionId: z.string(),
  /** The question's request type: `general`, `finance_deep`, ... */
  type: z.string(),
  /** Counting from 1. */
  run: z.int().positive(),
};

/** One call that was sent and not interrupted. */
export const callSchema = z.object({
  ...callFields,
  /** Warm-up calls are in no statistic but the spend. */
  warmup: z.boolean(),
  startedAt: time,
  outcome: z.enum(['answered', 'throttled', 'error']),
  /**
   * Name of the exception or code of the connection's failure; `DeadlineExceeded` for the plan's own deadline,
   * `NoAnswer` for one that says nothing, or is malformed.
   */
  errorName: z.string().optional(),
  /** HTTP status, where there was one. */
  status: z.int().optional(),
  /** As Bedrock said it. */
  stopReason: z.string().optional(),
  /** From the sending of the request to the first piece of text; of answered streams that had any. */
  ttftMs: milliseconds.optional(),
  /** From the sending of the request to the last byte of the response, or to the failure. */
  totalMs: milliseconds,
  /** As Bedrock reported them. */
  inputTokens: tokens.optional(),
  outputTokens: tokens.optional(),
  /** Not among the input tokens; left out where there were none. */
  cacheReadTokens: tokens.optional(),
  cacheWriteTokens: tokens.optional(),
  /** By reported tokens and listed prices; 0 for what was refused unread; null where either is unknown. */
  costUsd: usd.nullable(),
  /** The most that it could have cost, had it used up its tokens; where a price is known. */
  worstUsd: usd.optional(),
  /** The answer, which quality is judged by. */
  text: z.string().optional(),
});
export type Call = z.infer<typeof callSchema>;

const skippedSchema = z.object({
  ...callFields,
  /** `no-such-model`: Bedrock does not call it there for these credentials. */
  reason: z.enum(['spend-cap', 'interrupted', 'no-such-model']),
});
/** A measured call of the plan that was not made. */
export type SkippedCall = z.infer<typeof skippedSchema>;

/** US dollars per million tokens; a cache's, where they are known. */
export const priceSchema = z.object({
  input: usd,
  output: usd,
  cacheRead: usd.optional(),
  cacheWrite: usd.optional(),
});
export type Price = z.infer<typeof priceSchema>;

export const pricesUsedSchema = z.object({
  /** The day on which the file's prices were looked up. */
  date: z.iso.date(),
  source: z.string(),
  /** By the plan's model; null: not known. `given` on the command line, or from the `file`. */
  entries: z.record(z.string(), priceSchema.extend({ from: z.enum(['file', 'given']) }).nullable()),
});
export type PricesUsed = z.infer<typeof pricesUsedSchema>;

const machineSchema = z.object({ node: z.string(), os: z.string(), cpu: z.string() });

/** What `results/benchmark-<id>.json` holds at least. It contains the models' answers. */
export const benchmarkResultSchema = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  startedAt: time,
  /** null: interrupted; `skipped` says what is missing. */
  finishedAt: time.nullable(),
  plan: planSchema,
  machine: machineSchema,
  prices: pricesUsedSchema,
  spend: z.object({
    /** Charged so far: reported costs, and the worst case of calls whose usage is not known. */
    spentUsd: usd,
    /** The part of it that is worst cases. */
    assumedUsd: usd,
  }),
  /** How late this process's event loop was, which is in the measured times; null where nothing was measured. */
  eventLoopDelayP99Ms: milliseconds.nullable(),
  /** What a reader of the figures has to know. */
  warnings: z.array(z.string()),
  /** In the order in which they ended. */
  calls: z.array(callSchema),
  skipped: z.array(skippedSchema),
});
export type BenchmarkResult = z.infer<typeof benchmarkResultSchema>;
