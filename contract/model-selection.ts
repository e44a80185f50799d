/** What each region's stack calls its parts in AppConfig; operators' commands find them by these names. */
export const MODEL_SELECTION = {
  application: 'ModelSelectionApp',
  profile: 'ModelConfig',
  /** Deployment strategies: for emergencies and what is known to be good, and for everything else. */
  atOnce: 'ModelSelection.AllAtOnceNoBake',
  gradual: 'ModelSelection.Gradual',
} as const;

/** A function's rules are old after so many poll intervals; a request then waits for newer ones. */
export const STALE_INTERVALS = 2;
