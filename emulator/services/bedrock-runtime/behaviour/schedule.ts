import type { Draw } from './draw';

/** When the tokens of an answer are due; times are those of `performance.now()`. */
export interface Schedule {
  /** @param count how many tokens have been said by then, 1 or more */
  said(count: number): number;
  /** The end of an answer of so many tokens. */
  end(count: number): number;
  /** undefined where all of them come at once */
  readonly tokensPerSecond: number | undefined;
}

/**
 * The first token comes after the time to first token, the others at the drawn rate, and the end when one more would
 * have come: an answer of n tokens takes `timeToFirstTokenMs + n / tokensPerSecond`.
 * @param startedAt when the request had arrived
 */
export function scheduleOf(startedAt: number, drawn: Draw | undefined): Schedule {
  const { timeToFirstTokenMs = 0, tokensPerSecond } = drawn ?? {};
  const first = startedAt + timeToFirstTokenMs;
  const msPerToken = tokensPerSecond === undefined ? 0 : 1000 / tokensPerSecond;
  return {
    tokensPerSecond,
    said: (count) => first + (count - 1) * msPerToken,
    end: (count) => first + count * msPerToken,
  };
}
