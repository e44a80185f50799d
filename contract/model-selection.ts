/** What each region's stack calls its parts in AppConfig; operators' commands find them by these names. */
export const MODEL_SELECTION = {
  application: 'ModelSelectionApp',
  profile: 'ModelConfig',
  strategy: 'ModelSelection.AllAtOnceNoBake',
} as const;

/** A function's rules are old after so many poll intervals; a request then waits for newer ones. */
export const STALE_INTERVALS = 2;
