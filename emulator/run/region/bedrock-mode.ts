/** Who answers the functions' calls of models. */
export type BedrockMode =
  /** A stand-in that says so in every answer. */
  | { readonly kind: 'stand-in' }
  /** The caller's credentials and real Bedrock, which costs money. */
  | { readonly kind: 'aws' }
  /** An OpenAI-compatible server, such as a local one. */
  | { readonly kind: 'openai'; readonly url: string; readonly model: string }
  /** An endpoint that speaks Bedrock's protocol, e.g. a proxy or a fake. */
  | { readonly kind: 'endpoint'; readonly url: string };

/** Whether calls go through this run's own endpoint, where faults can be injected. */
export const canInjectFaults = ({ kind }: BedrockMode): boolean => kind === 'stand-in' || kind === 'openai';
