import type { CallerRequest } from './observation';

/** @returns requests by who answered them */
export function countTiers(
  requests: readonly Pick<CallerRequest, 'tier'>[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { tier } of requests) counts[tier] = (counts[tier] ?? 0) + 1;
  return counts;
}
