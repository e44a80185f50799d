import * as z from 'zod';
import { contextSchema } from './api';

/*
 * OpenAI's chat completions, as far as they are served. The OpenAPI document is made of these schemas; the functions
 * know their types alone.
 * https://platform.openai.com/docs/api-reference/chat
 */

/** Whether a caller's system messages follow the rule's own system prompt, or are refused. */
export const SYSTEM_MESSAGES = ['append', 'refuse'] as const;

export type SystemMessages = (typeof SYSTEM_MESSAGES)[number];

const text = z.string().min(1);
const limit = z.int().min(1).nullable().optional();

export const chatRequestSchema = z
  .looseObject({
    model: z.string().meta({
      description: 'A request type, as `GET /v1/models` lists them.',
      examples: ['general'],
    }),
    messages: z
      .array(
        z.looseObject({
          role: z.enum(['system', 'developer', 'user', 'assistant']),
          content: z.union([text, z.array(z.looseObject({ type: z.literal('text'), text })).min(1)]),
        }),
      )
      .min(1)
      .describe('The last one is of the role `user`.'),
    stream: z.boolean().nullable().optional(),
    stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullable().optional(),
    max_completion_tokens: limit,
    max_tokens: limit,
  })
  .describe('Further parameters are ignored or refused by name: docs/openai.md.');

const count = z.int().min(0);

const usageSchema = z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count });

export type ChatUsage = z.infer<typeof usageSchema>;

const finishReason = z.enum(['stop', 'length', 'content_filter']);

export type FinishReason = z.infer<typeof finishReason>;

/** What the protocol has no word for. */
const extensionSchema = z
  .object({
    tier: z.enum(['primary', 'fallback', 'degraded']),
    degraded: z.boolean(),
    region: z.string(),
    requestId: z.string(),
    stopReason: z.string().nullable().describe('As `POST /` has it.'),
    reason: z.string().exactOptional().describe('Why no model answered.'),
    context: contextSchema.exactOptional(),
    ignored: z
      .array(z.string())
      .exactOptional()
      .describe('Parameters of the request that are the operator’s to set.'),
  })
  .describe('What the protocol has no word for.');

export type Extension = z.infer<typeof extensionSchema>;

const head = {
  id: z.string(),
  created: z.int().describe('Seconds since 1970.'),
  model: z.string().describe('The model that answered; the one that was asked for, where none did.'),
};

export const chatCompletionSchema = z.object({
  ...head,
  object: z.literal('chat.completion'),
  choices: z.tuple([
    z.object({
      index: z.literal(0),
      message: z.object({ role: z.literal('assistant'), content: z.string(), refusal: z.null() }),
      logprobs: z.null(),
      finish_reason: finishReason,
    }),
  ]),
  usage: usageSchema,
  assistant: extensionSchema,
});

export type ChatCompletion = z.infer<typeof chatCompletionSchema>;

/** One event of a stream. */
export interface ChatChunk {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly object: 'chat.completion.chunk';
  readonly choices: readonly [] | readonly [ChunkChoice];
  /** Null but in the last chunk, where it is asked for; left out where it is not. */
  readonly usage?: ChatUsage | null;
  readonly assistant?: Extension;
}

interface ChunkChoice {
  readonly index: 0;
  readonly delta: { readonly role?: 'assistant'; readonly content?: string };
  readonly logprobs: null;
  readonly finish_reason: FinishReason | null;
}

export const chatErrorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    param: z.string().nullable().describe('The parameter at fault.'),
    code: z.string().nullable(),
  }),
  requestId: z.string(),
});

/** Every answer of a function that is not 200, and the last event of a stream that broke off. */
export type ChatError = z.infer<typeof chatErrorSchema>;

export const modelSchema = z.object({
  id: z.string(),
  object: z.literal('model'),
  created: z.int().describe('0: a rule has no date.'),
  owned_by: z.string(),
});

export type Model = z.infer<typeof modelSchema>;

export const modelListSchema = z.object({ object: z.literal('list'), data: z.array(modelSchema) });

export type ModelList = z.infer<typeof modelListSchema>;
