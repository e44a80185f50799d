import * as z from 'zod';
import { contextSchema, conversationSchema, errorAnswerSchema, usageSchema } from './api';

/*
 * What `POST /stream` sends as server-sent events. A stream without `end` or `error` is not whole, however it ended.
 */

const tier = z.enum(['primary', 'fallback', 'degraded']);
const model = z.string().nullable().describe('null where no model speaks.');
const reason = z.string().describe('Why the model before fell silent, or why its text may not be shown.');
const text = z.string();

/** Each event by its name; its data is JSON. */
export const STREAM_EVENTS = {
  start: z
    .object({ requestId: z.string(), region: z.string(), tier, model })
    .describe('The first event: who speaks.'),
  delta: z.object({ text }).describe('The next part of the answer.'),
  restart: z
    .object({ reason, tier, model })
    .describe('Drop all that was shown: the answer begins anew, by who is named here.'),
  continue: z
    .object({ reason, tier, model })
    .describe('The model fell silent, and the one named here goes on from what was shown.'),
  end: z
    .object({
      complete: z.literal(true),
      tier,
      model,
      degraded: z.boolean(),
      stopReason: z.string().nullable().describe('As in the answer of `POST /`.'),
      usage: usageSchema,
      context: contextSchema.exactOptional(),
      conversation: conversationSchema.exactOptional(),
      reason: z.string().exactOptional().describe('Where it is degraded: why no model answered.'),
      retryAfterSeconds: z.int().exactOptional().describe('Where it is degraded: when to try again.'),
    })
    .describe(
      'The last event of an answer: what was shown since the start, or the last restart, is all of it.',
    ),
  error: errorAnswerSchema.describe('The last event where no answer comes: drop what was shown.'),
} as const;

export type StreamEventName = keyof typeof STREAM_EVENTS;

export type StreamEvent<Name extends StreamEventName> = Readonly<z.infer<(typeof STREAM_EVENTS)[Name]>>;
