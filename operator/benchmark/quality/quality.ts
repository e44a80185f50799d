import { z } from 'zod';

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();

/** What one answer is worth by the expectations of its question. */
const answerScoreSchema = z.object({
  /** The call's place in the plan. */
  index: count,
  met: count,
  /** Expectations that could be decided. */
  of: count,
  /** Expectations that were not met, and those whose pattern did not come to an end. */
  unmet: z.array(z.string()),
  undecided: z.array(z.string()),
});
export type AnswerScore = z.infer<typeof answerScoreSchema>;

/** What a judge said of two answers in one order; `one` is the pair's first model, wherever its answer stood. */
const orderOutcomeSchema = z.discriminatedUnion('preferred', [
  z.object({ preferred: z.enum(['one', 'two', 'tie']), reason: z.string() }),
  /** `malformed`: not the object asked for; `failed`: no answer; `skipped`: the spend cap or an interruption. */
  z.object({ preferred: z.enum(['malformed', 'failed', 'skipped']) }),
]);
export type OrderOutcome = z.infer<typeof orderOutcomeSchema>;

const judgedPairSchema = z.object({
  questionId: z.string(),
  type: z.string(),
  region: z.string(),
  models: z.tuple([z.string(), z.string()]),
  /** With the first model's answer in place A, and with the second one's there. */
  orders: z.tuple([orderOutcomeSchema, orderOutcomeSchema]),
  /** What is said in both orders, else `tie`; null where either has no valid answer. */
  verdict: z.enum(['one', 'two', 'tie']).nullable(),
});
export type JudgedPair = z.infer<typeof judgedPairSchema>;

/** How far a judge agrees with itself when the answers change places. */
const agreementSchema = z.object({
  /** Pairs with a valid answer in both orders. */
  pairs: count,
  /** Share of them in which both orders said the same; null without any. */
  consistent: share.nullable(),
  /** Cohen's kappa of both orders: 1 is full agreement, 0 what chance gives; null where chance explains all. */
  kappa: z.number().nullable(),
  /** Share of the preferences, ties left out, that went to the answer that stood first; 0.5 is no bias. */
  firstPlace: share.nullable(),
  malformed: count,
  failed: count,
  skipped: count,
});
export type Agreement = z.infer<typeof agreementSchema>;

/** Quality, as it stands in a result file beside the calls. */
export const qualitySchema = z.object({
  /** SHA-256, in hex, of what was expected of the answers. */
  expectationsDigest: z.string(),
  scores: z.array(answerScoreSchema),
  judge: z
    .object({
      model: z.string(),
      /** What the judge was told. */
      rubric: z.string(),
      /** What judging has cost, in US dollars; it is part of the run's spend. */
      spentUsd: z.number().nonnegative(),
      pairs: z.array(judgedPairSchema),
      agreement: agreementSchema,
      /** Of answers set beside the same ones said twice, in both orders, those whose longer form was preferred. */
      length: z.object({ pairs: count, preferred: count }).default({ pairs: 0, preferred: 0 }),
    })
    .nullable(),
  warnings: z.array(z.string()),
});
export type Quality = z.infer<typeof qualitySchema>;
export type Judgement = NonNullable<Quality['judge']>;
