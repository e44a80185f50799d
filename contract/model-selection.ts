/** What each region's stack calls its parts in AppConfig; operators' commands find them by these names. */
export const MODEL_SELECTION = {
  application: 'ModelSelectionApp',
  profile: 'ModelConfig',
  strategy: 'ModelSelection.AllAtOnceNoBake',
} as const;
