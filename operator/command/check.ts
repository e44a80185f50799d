/** What one look, before something is begun, found. */
export interface Check {
  readonly name: string;
  /** `warning`: it works, and will not for long, or not always. `unknown`: it could not be looked at. Both stop nobody. */
  readonly verdict: 'good' | 'warning' | 'bad' | 'unknown';
  readonly detail: string;
  /** What to do about it; of a warning and a bad one always. */
  readonly todo?: string;
}

export const good = (name: string, detail: string): Check => ({ name, verdict: 'good', detail });
export const bad = (name: string, detail: string, todo: string): Check => ({
  name,
  verdict: 'bad',
  detail,
  todo,
});
export const warning = (name: string, detail: string, todo: string): Check => ({
  name,
  verdict: 'warning',
  detail,
  todo,
});
export const unknown = (name: string, detail: string): Check => ({ name, verdict: 'unknown', detail });

export const MARKS = { good: '✓', warning: '!', bad: '✗', unknown: '?' } as const;

/** A line for each check, and one more for what to do. */
export const describeChecks = (checks: readonly Check[]): readonly string[] =>
  checks.flatMap(({ name, verdict, detail, todo }) => [
    `  ${MARKS[verdict]} ${name}: ${detail}`,
    ...(todo === undefined ? [] : [`    → ${todo}`]),
  ]);

export const areGood = (checks: readonly Check[]): boolean =>
  checks.every(({ verdict }) => verdict !== 'bad');
