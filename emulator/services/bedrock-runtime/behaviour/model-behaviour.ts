import { z } from 'zod';
import { distributionSchema } from './distribution';

const rate = z.number().min(0).max(1).default(0);

/** How a model's stand-in behaves. Times are the machine's own, however fast acted-out time runs. */
export const modelBehaviourSchema = z
  .strictObject({
    /** model ID as the caller writes it, or `*` for every model */
    model: z.string().min(1),
    region: z.enum(['primary', 'secondary', 'both']).default('both'),
    /** milliseconds from the request's arrival to the first token of a stream */
    timeToFirstTokenMs: distributionSchema.default({ kind: 'fixed', value: 0 }),
    /** a call takes `timeToFirstTokenMs` and `outputTokens / tokensPerSecond`; the whole text at once when left out */
    tokensPerSecond: distributionSchema.optional(),
    /** how long answers are, of four characters a token; the stand-in's one sentence when left out */
    outputTokens: distributionSchema.optional(),
    /** share of the calls that are refused at once: 429 ThrottlingException */
    throttleRate: rate,
    /** share of the calls that fail after their time to first token: 500 InternalServerException */
    errorRate: rate,
  })
  .refine(({ throttleRate, errorRate }) => throttleRate + errorRate <= 1, {
    path: ['errorRate'],
    message: 'must not be above 1 together with throttleRate',
  });

export type ModelBehaviour = z.infer<typeof modelBehaviourSchema>;

/** The behaviours of all models. */
export const behaviourSettingsSchema = z.strictObject({
  /** the same seed draws the same sequence for each model and region, call by call */
  seed: z.int().default(1),
  /** the last one that names a call's model and region applies; calls that none names are answered at once */
  models: z.array(modelBehaviourSchema),
});

export type BehaviourSettings = z.infer<typeof behaviourSettingsSchema>;
