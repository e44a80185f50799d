/** What was asked and answered before. */
export interface Turn {
  readonly question: string;
  readonly answer: string;
}

/** Turns that a caller may send as `history`; of a longer one, the oldest have little to say to a question. */
export const MAX_HISTORY_TURNS = 50;

/** Characters (Unicode code points) of all its texts. */
export const MAX_HISTORY_CHARACTERS = 100_000;
