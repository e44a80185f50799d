import { z } from 'zod';
import { planSchema } from '../../result/plan';
import { callSchema, pricesUsedSchema, SCHEMA_VERSION } from '../../result/result';

const usd = z.number().nonnegative();
const reservation = z.int().positive();

/** The first line of a journal. */
export const headerSchema = z.object({
  kind: z.literal('benchmark'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  startedAt: z.iso.datetime(),
  plan: planSchema,
  prices: pricesUsedSchema,
});
export type JournalHeader = z.infer<typeof headerSchema>;

/** Every further line: money first, then the call that it was spent on. */
export const entrySchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('reserved'), reservation, usd }),
  z.object({ kind: z.literal('settled'), reservation, usd, assumed: z.boolean() }),
  z.object({ kind: z.literal('call'), call: callSchema }),
]);
export type JournalEntry = z.infer<typeof entrySchema>;
