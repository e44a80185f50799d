const UNIT_MS = { minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;

const RATE = /^rate\((\d+) (minute|hour|day)(s?)\)$/;

/**
 * Milliseconds between two runs of an expression such as `rate(5 minutes)`.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#rate-based
 *
 * @returns undefined for what is no rate; `rate(1 minutes)` and `rate(5 minute)` are none
 */
export function parseRate(expression: string): number | undefined {
  const [, digits, unit, plural] = RATE.exec(expression) ?? [];
  const count = Number(digits);
  if (!Number.isSafeInteger(count) || count < 1 || (count === 1) !== (plural === '')) return undefined;
  return count * UNIT_MS[unit as keyof typeof UNIT_MS];
}
