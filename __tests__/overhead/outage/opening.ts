import type { LogEvent } from '../system/log-event';

/**
 * When a circuit opened, by the earliest witness: an instance that Lambda freezes between its write and its log
 * line logs the transition at its next invocation.
 * @param events of one model, from its death on
 * @returns epoch milliseconds
 */
export const openingIn = (events: readonly LogEvent[]): number | undefined =>
  events
    .filter((event) => event.kind === 'refusal' || (event.kind === 'transition' && event.to === 'open'))
    .map(({ at }) => at)
    .sort((one, other) => one - other)[0];
