import * as z from 'zod';
import { MAX_HISTORY_CHARACTERS, MAX_HISTORY_TURNS } from './conversation';
import { DEFAULT_REQUEST_TYPE, MAX_QUESTION_CHARACTERS, REQUEST_TYPE_PATTERN } from './question';

/*
 * What callers send and receive. The OpenAPI document is made of these schemas; the functions know their types alone,
 * so that none of this is in a bundle.
 */

export const questionSchema = z.strictObject({
  question: z
    .string()
    .min(1)
    .max(MAX_QUESTION_CHARACTERS)
    .meta({
      description: 'At least one visible character; valid Unicode.',
      examples: ['What is the inflation rate?'],
    }),
  type: z
    .string()
    .regex(REQUEST_TYPE_PATTERN)
    .default(DEFAULT_REQUEST_TYPE)
    .describe('Chooses the model; one without a rule of its own gets the default rule.'),
  history: z
    .array(z.strictObject({ role: z.enum(['user', 'assistant']), text: z.string().min(1) }))
    .max(2 * MAX_HISTORY_TURNS)
    .optional()
    .describe(
      'What was said before, the oldest first: questions (`user`) and their answers (`assistant`) by turns, of at ' +
        `most ${MAX_HISTORY_CHARACTERS} characters together.`,
    ),
  conversation: z
    .literal('new')
    .optional()
    .describe('Begins a conversation that is kept here; the answer has its `id`. Not with `history`.'),
  conversationId: z
    .string()
    .optional()
    .describe('Goes on with the caller’s own conversation. Not with `history` or `conversation`.'),
});

export type Tier = 'primary' | 'fallback' | 'degraded';

const tokens = z.int().min(0);

export const usageSchema = z
  .object({ inputTokens: tokens, outputTokens: tokens })
  .describe('Tokens as Bedrock counted them; 0 where an answer was cut before it said so.');

export type Usage = Readonly<z.infer<typeof usageSchema>>;

export const contextSchema = z
  .object({
    turns: z.int().min(0).describe('Turns that the model was told.'),
    trimmed: z
      .int()
      .min(0)
      .describe(
        'The oldest, left out because its context window has no room for them. Of a conversation that is kept here, ' +
          `the latest ${MAX_HISTORY_TURNS} are looked at.`,
      ),
    unavailable: z
      .literal(true)
      .exactOptional()
      .describe('The conversation could not be read: the model was told nothing of it.'),
  })
  .describe('Of what was said before; there where the request has such.');

export type Context = Readonly<z.infer<typeof contextSchema>>;

export const conversationSchema = z
  .object({
    id: z.string(),
    stored: z
      .boolean()
      .describe(
        'Whether this turn is known to be kept. What a filter or the guardrail stepped in on is not.',
      ),
  })
  .describe('There where the conversation is kept here.');

const region = z.string().meta({ description: 'The AWS region that answered.', examples: ['us-east-1'] });
const requestId = z.string().describe('What the logs know the request by.');

export const modelAnswerSchema = z
  .object({
    answer: z.string(),
    model: z.string().meta({ examples: ['us.anthropic.claude-haiku-5-5'] }),
    tier: z.enum(['primary', 'fallback']),
    degraded: z.literal(false),
    region,
    requestId,
    stopReason: z
      .string()
      .describe(
        'As Bedrock says it, where `max_tokens` means that the answer was cut, and `guardrail_intervened` that the ' +
          'guardrail stopped the question or the answer, whose place its message takes, or masked some of it; or ' +
          '`deadline`, cut because the time was up, and `size_limit`, cut because Step Functions carries no more.',
      ),
    usage: usageSchema,
    context: contextSchema.exactOptional(),
    conversation: conversationSchema.exactOptional(),
  })
  .describe('The words of a model.');

/** HTTP 200 with the words of a model. */
export type ModelAnswer = Readonly<z.infer<typeof modelAnswerSchema>>;

export const degradedAnswerSchema = z
  .object({
    answer: z.string().describe('The maintenance message.'),
    model: z.null(),
    tier: z.literal('degraded'),
    degraded: z.literal(true),
    region,
    requestId,
    stopReason: z.null(),
    usage: usageSchema,
    reason: z.string().describe('Why no model answered.'),
  })
  .describe('No model could answer.');

/** HTTP 200 without a model: the maintenance message, and why. */
export type DegradedAnswer = Readonly<z.infer<typeof degradedAnswerSchema>>;

const errorCodeSchema = z.enum([
  'invalid_request',
  'not_found',
  'conversation_not_found',
  'method_not_allowed',
  'body_too_large',
  'unsupported_media_type',
  'too_many_requests',
  'daily_tokens_spent',
  'unauthorized',
  'forbidden',
  'internal_error',
  'service_unavailable',
  'timeout',
]);

export type ErrorCode = z.infer<typeof errorCodeSchema>;

export const errorAnswerSchema = z.object({
  error: z.object({
    code: errorCodeSchema,
    message: z.string(),
    field: z.string().exactOptional().describe('What of the body is at fault.'),
  }),
  requestId,
});

/** Every answer that is not 200. */
export type ErrorAnswer = Readonly<z.infer<typeof errorAnswerSchema>>;

export const healthAnswerSchema = z.object({
  status: z.enum(['ok', 'unavailable']),
  region,
  requestId,
  configuration: z
    .object({ source: z.string(), version: z.string() })
    .exactOptional()
    .describe('Which model rules would answer, and where they came from.'),
});

/** `GET /health`: 200 when this region can serve, else 503. */
export type HealthAnswer = Readonly<z.infer<typeof healthAnswerSchema>>;
