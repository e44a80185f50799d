/** What a process ends with. */
export const EXIT = {
  done: 0,
  /** Nothing could be measured, an option is wrong, or no model fulfils the constraints. */
  failed: 1,
  /** The cap on the cost left calls out; what was measured is written. */
  incomplete: 2,
  /** What a shell expects after Ctrl-C; what was measured is written. */
  interrupted: 130,
} as const;
