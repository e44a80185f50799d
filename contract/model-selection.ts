/** What each region's stack calls its parts in AppConfig; operators' commands find them by these names. */
export function modelSelectionNames({ environment }: { readonly environment?: string | undefined }) {
  const own = (name: string) => (environment === undefined ? name : `${name}-${environment}`);
  return {
    application: own('ModelSelectionApp'),
    profile: 'ModelConfig',
    /** Deployment strategies: for emergencies and what is known to be good, and for everything else. */
    atOnce: own('ModelSelection.AllAtOnceNoBake'),
    gradual: own('ModelSelection.Gradual'),
  };
}

/** A function's rules are old after so many poll intervals; a request then waits for newer ones. */
export const STALE_INTERVALS = 2;
