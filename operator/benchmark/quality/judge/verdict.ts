import { z } from 'zod';
import type { OrderOutcome } from '../quality';

const answerSchema = z.object({ verdict: z.enum(['A', 'B', 'tie']), reason: z.string().optional() });

/** What a judge said of two answers in one order. */
export interface Verdict {
  readonly preferred: 'A' | 'B' | 'tie';
  readonly reason: string;
}

const FENCED = /^```[a-z]*\n([^`]*)```$/i;
const MAX_REASON = 500;

/** @returns null for anything but the one JSON object that the rubric asks for, alone or in a fenced code block */
export function parseVerdict(text: string): Verdict | null {
  const trimmed = text.trim();
  try {
    const { verdict, reason = '' } = answerSchema.parse(JSON.parse(FENCED.exec(trimmed)?.[1] ?? trimmed));
    return { preferred: verdict, reason: reason.slice(0, MAX_REASON) };
  } catch {
    return null;
  }
}

/** @param swapped whether the pair's second model stood in place A */
export function outcomeOf({ preferred, reason }: Verdict, swapped: boolean): OrderOutcome {
  if (preferred === 'tie') return { preferred, reason };
  return { preferred: (preferred === 'A') === swapped ? 'two' : 'one', reason };
}

/**
 * Only what a judge says in both orders is a verdict: a preference that moves with the place is one for the place.
 * @returns null where either order has no valid answer
 */
export function bothOrders(first: OrderOutcome, second: OrderOutcome): 'one' | 'two' | 'tie' | null {
  if (!isValid(first) || !isValid(second)) return null;
  return first.preferred === second.preferred ? first.preferred : 'tie';
}

export type ValidOutcome = Extract<OrderOutcome, { readonly reason: string }>;

export const isValid = (outcome: OrderOutcome): outcome is ValidOutcome => 'reason' in outcome;
