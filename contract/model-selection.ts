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

/** The description of Terraform's own version, by which it is told from operators': numbers do not tell, once one is deleted. */
export const FIRST_VERSION = 'The rules that the assistant is shipped with';

/** A function's rules are old after so many poll intervals; a request then waits for newer ones. */
export const STALE_INTERVALS = 2;
