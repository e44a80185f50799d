import type { StopReason } from '@aws-sdk/client-bedrock-runtime';

/** What becomes of a stream of events that has begun well. */
export type StreamFate =
  /** nothing more comes, and the connection stays open */
  | 'silence'
  /** it ends as if it were complete */
  | 'end'
  /** the next event's checksum is wrong */
  | 'corrupt'
  /** an exception in an event of its own, by its member's name in the service's model; the status, 200, is out */
  | { readonly type: string; readonly message: string };

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
  | { readonly kind: 'answer'; readonly stopReason: StopReason; readonly text?: string }
  /** a stream that goes wrong after so many events, or before its last; a reply in one piece comes as usual */
  | { readonly kind: 'stream'; readonly events: number; readonly fate: StreamFate }
  /** the request is answered as usual, and the job that it starts fails with this message */
  | { readonly kind: 'job'; readonly failureMessage: string };

/** A call that has reached a service, as far as faults tell calls apart. */
export interface InterceptedCall {
  /** model ID as the caller writes it */
  readonly model?: string;
}

/** What a service asks of each call that it receives: what is wrong with it, if anything. */
export type Intercept = (call?: InterceptedCall) => FaultEffect | undefined;

/** Numbers of an effect that a fault's request may set; only where the mode's row has them. */
export const EFFECT_FIELDS = ['ms', 'retryAfter', 'events'] as const;

export const error = (status: number, type: string, message: string) =>
  ({ kind: 'error', status, type, message }) as const;
