/** What one look before a job found. */
export interface Check {
  readonly name: string;
  /** `unknown`: it could not be looked at; that stops nobody. */
  readonly verdict: 'good' | 'bad' | 'unknown';
  readonly detail: string;
  /** What to do about it; of a bad one always. */
  readonly todo?: string;
}

export const good = (name: string, detail: string): Check => ({ name, verdict: 'good', detail });
export const bad = (name: string, detail: string, todo: string): Check => ({
  name,
  verdict: 'bad',
  detail,
  todo,
});
export const unknown = (name: string, detail: string): Check => ({ name, verdict: 'unknown', detail });

const MARKS = { good: '✓', bad: '✗', unknown: '?' } as const;

/** A line for each check, and one more for what to do. */
export const describeChecks = (checks: readonly Check[]): readonly string[] =>
  checks.flatMap(({ name, verdict, detail, todo }) => [
    `  ${MARKS[verdict]} ${name}: ${detail}`,
    ...(todo === undefined ? [] : [`      → ${todo}`]),
  ]);

export const areGood = (checks: readonly Check[]): boolean =>
  checks.every(({ verdict }) => verdict !== 'bad');
