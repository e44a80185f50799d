/** What callers send and receive: the public contract of `POST /` and `GET /health`. */

/** Characters (Unicode code points) a question may have. */
export const MAX_QUESTION_CHARACTERS = 8_000;

/** Spaces, controls, and what has no picture of its own, such as a zero-width space or a direction mark. */
const INVISIBLE = /^[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * Whether a text has no visible character. Java and Python call some characters blank that JavaScript's `trim` keeps
 * (U+001C to U+001F), and Bedrock refuses a text of nothing else.
 */
export const isBlank = (text: string): boolean => INVISIBLE.test(text);

export type Tier = 'primary' | 'fallback' | 'degraded';

/** Tokens as Bedrock counted them; 0 where an answer was cut before it said so. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** HTTP 200 with the words of a model. */
export interface ModelAnswer {
  readonly answer: string;
  readonly model: string;
  readonly tier: 'primary' | 'fallback';
  readonly degraded: false;
  readonly region: string;
  readonly requestId: string;
  /**
   * As Bedrock says it, where `max_tokens` means that the answer was cut; or ours: `deadline`, cut because the tier's
   * time was up, and `size_limit`, cut because Step Functions carries no more.
   */
  readonly stopReason: string;
  readonly usage: Usage;
}

/** HTTP 200 without a model: the maintenance message, and why. */
export interface DegradedAnswer {
  readonly answer: string;
  readonly model: null;
  readonly tier: 'degraded';
  readonly degraded: true;
  readonly region: string;
  readonly requestId: string;
  readonly stopReason: null;
  readonly usage: Usage;
  readonly reason: string;
}

export type ErrorCode =
  | 'invalid_request'
  | 'not_found'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'forbidden'
  | 'internal_error'
  | 'service_unavailable'
  | 'timeout';

/** Every answer that is not 200. */
export interface ErrorAnswer {
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly field?: string };
  readonly requestId: string;
}

/** `GET /health`: 200 when this region can serve, else 503. */
export interface HealthAnswer {
  readonly status: 'ok' | 'unavailable';
  readonly region: string;
  readonly requestId: string;
  /** Which model rules would answer, and where they came from. */
  readonly configuration?: { readonly source: string; readonly version: string };
}
