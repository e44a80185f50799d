import * as z from 'zod/mini';
import { isBlank } from './question';

/** Only what is configured is sent: some models reject parameters that others need. */
const inferenceSchema = z.strictObject({
  temperature: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  topP: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  stopSequences: z.optional(z.array(z.string().check(z.minLength(1))).check(z.maxLength(4))),
});

const milliseconds = z.int().check(z.minimum(100), z.maximum(30_000));
const maxTokens = z.int().check(z.minimum(1), z.maximum(8_192));

const modelSchema = z.strictObject({
  /** Model id, inference profile id, or the ARN of a profile or a deployed custom model. */
  modelId: z.string().check(z.regex(/^[A-Za-z0-9_:./-]{1,2048}$/)),
  /**
   * Size of the model's context window: input too long for one model goes only to a model with a larger one.
   * @default - as the catalogue has it
   */
  contextTokens: z.optional(z.int().check(z.minimum(1))),
  inference: z.optional(inferenceSchema),
  /** In place of the rule's, where a model allows less, or needs more to think with. */
  maxTokens: z.optional(maxTokens),
  /** What the model takes beside Converse's own parameters, such as `thinking` or an effort; sent as it stands. */
  additionalModelRequestFields: z.optional(z.record(z.string(), z.json())),
  /** false: the model knows Converse alone, where silence cannot be told from a long answer. */
  streams: z.optional(z.boolean()),
  /** To the first event of its stream, and between two: lambdas/tier/call-model.ts has the defaults and their reasons. */
  firstSignMs: z.optional(milliseconds),
  gapMs: z.optional(milliseconds),
});

/**
 * A character that may be visible: what `isBlank` knows of the Basic Multilingual Plane, in a form that each dialect of
 * regular expressions reads alike.
 */
const VISIBLE =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- a text of controls is as blank as one of spaces
  /[^\u0000-\u0020\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]/;

/**
 * Bedrock refuses a text without a visible character. AppConfig's validator, a JSON Schema, refuses all but a text of
 * invisible characters beyond that plane, which the functions refuse. It counts characters, and so do they: not the units
 * of UTF-16, of which an emoji has two.
 */
const visible = (maxLength: number) =>
  z.string().check(
    z.regex(VISIBLE, { error: 'has no visible character', abort: true }),
    z.refine((text) => !isBlank(text), 'has no visible character'),
    z.refine(
      (text) => Array.from(text).length <= maxLength,
      `is too large, more than ${maxLength} characters`,
    ),
    z.meta({ maxLength }),
  );

const ruleFields = {
  systemPrompt: visible(8_000),
  /** Tokens the answer may have. Bedrock reserves quota on it, so it is never left out. */
  maxTokens,
  primary: modelSchema,
  fallback: modelSchema,
  /** What becomes of an answer that is still being written when the tier's time is up; `cut` where left out. */
  atDeadline: z.optional(z.enum(['cut', 'next_tier'])),
  /**
   * What becomes of a streamed answer whose model dies in its middle: the next one starts anew, or goes on from what was
   * said. Left out, it goes on where nothing can be taken back and no guardrail would judge the parts, else it starts anew.
   */
  onBreak: z.optional(z.enum(['restart', 'continue'])),
};

const ruleSchema = z.strictObject(ruleFields);
const partialRuleSchema = z.partial(z.strictObject(ruleFields));

/** What AppConfig's profile `ModelConfig` holds. One declaration: its JSON Schema validates a deployment. */
export const modelConfigSchema = z.strictObject({
  /** The answer of the degraded tier. */
  maintenanceMessage: visible(1_000),
  default: ruleSchema,
  types: z.record(z.string(), ruleSchema),
  /** Differences by region, e.g. for a tuned model that only one region can serve. */
  regions: z.optional(
    z.record(
      z.string(),
      z.strictObject({
        default: z.optional(partialRuleSchema),
        types: z.optional(z.record(z.string(), partialRuleSchema)),
      }),
    ),
  ),
});

export type ModelConfig = z.infer<typeof modelConfigSchema>;
export type ModelRule = z.infer<typeof ruleSchema>;
export type ModelChoice = z.infer<typeof modelSchema>;
