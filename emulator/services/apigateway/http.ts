/** A request as API Gateway's edge hands it on. */
export interface ApiRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Default: the loopback address. */
  readonly sourceIp?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One service action behind an `AWS` integration, as HTTP: what API Gateway's service integration receives. */
export type ServiceAction = (call: {
  /** ARN of the role that the integration names. */
  readonly credentials: string;
  readonly body: string;
  /** Aborted at the integration's timeout. */
  readonly signal: AbortSignal;
}) => Promise<BackendResponse>;

export interface BackendResponse {
  readonly status: number;
  readonly body: string;
}

/** The media type without its parameters, which templates and models are chosen by. */
export const mediaTypeOf = (headers: ApiRequest['headers']): string =>
  // API Gateway takes a payload without Content-Type for JSON.
  (headers['content-type'] ?? 'application/json').split(';', 1).join().trim().toLowerCase();
