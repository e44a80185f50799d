import type { StopReason } from '@aws-sdk/client-bedrock-runtime';

/** What a fault does to a request that it hits. */
export type FaultEffect =
  | {
      readonly kind: 'error';
      readonly status: number;
      /** exception name, as the service's protocol writes it */
      readonly type: string;
      readonly message: string;
      /** seconds, sent as the header `Retry-After` */
      readonly retryAfter?: number | undefined;
    }
  /** accepts the request and never answers */
  | { readonly kind: 'silence' }
  /** resets the connection (RST) before any byte of an answer */
  | { readonly kind: 'reset' }
  /** resets it after the headers and the first half of a valid body */
  | { readonly kind: 'cut' }
  /** answers as usual, `ms` milliseconds later */
  | { readonly kind: 'delay'; readonly ms: number }
  /** sends headers and then a byte every `ms` milliseconds, without end */
  | { readonly kind: 'drip'; readonly ms: number }
  /** answers 200 with a body that is none of the service's */
  | { readonly kind: 'body'; readonly contentType: string; readonly body: string }
  /** a model that ends like this; without a text, on the first half of what it would have said */
  | { readonly kind: 'answer'; readonly stopReason: StopReason; readonly text?: string };

/** Numbers of an effect that a fault's request may set; only where the mode's row has them. */
export const EFFECT_FIELDS = ['ms', 'retryAfter'] as const;

export const error = (status: number, type: string, message: string) =>
  ({ kind: 'error', status, type, message }) as const;
