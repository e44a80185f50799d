/** Who answers the functions' calls of models. */
export type BedrockMode =
  /** A stand-in that says so in every answer. */
  | { readonly kind: 'stand-in' }
  /** Real Bedrock, asked with the person's own credentials, which costs money. */
  | { readonly kind: 'aws' }
  /** An OpenAI-compatible server, such as a local one. */
  | { readonly kind: 'openai'; readonly url: string; readonly model: string }
  /** An endpoint that speaks Bedrock's protocol, e.g. a proxy or a fake. */
  | { readonly kind: 'endpoint'; readonly url: string };

/** Whether this run answers itself, where faults can be injected. */
export const canInjectFaults = ({ kind }: BedrockMode): boolean => kind === 'stand-in' || kind === 'openai';
