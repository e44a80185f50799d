import type { Value } from './values';

/** The `$context` variables acted out; also those of header mappings (`context.requestId`). */
export const CONTEXT_VARIABLES = [
  'apiId',
  'httpMethod',
  'identity.sourceIp',
  'path',
  'requestId',
  'requestTimeEpoch',
  'resourcePath',
  'stage',
] as const;

export type ContextVariable = (typeof CONTEXT_VARIABLES)[number];
export type RequestContext = Readonly<Record<ContextVariable, string | number>>;

export const isContextVariable = (name: string): name is ContextVariable =>
  (CONTEXT_VARIABLES as readonly string[]).includes(name);

/** `$context.responseOverride`: what a response template sets besides the body. */
export interface ResponseOverride {
  status?: Value;
  readonly headers: Map<string, Value>;
}

/** What a template sees while it is rendered. */
export interface Environment {
  /** `$input.body`: the payload, which API Gateway shows as `{}` where there is none. */
  readonly body: string;
  readonly context: RequestContext;
  readonly stageVariables: Readonly<Record<string, string>>;
  readonly responseOverride: ResponseOverride;
}
