/** What a fault does to a request that it hits. */
export type FaultEffect =
  | { readonly kind: 'error'; readonly status: number; readonly type: string; readonly message: string }
  /** accepts the request and never answers */
  | { readonly kind: 'silence' }
  /** resets the connection (RST) before any byte of an answer */
  | { readonly kind: 'reset' }
  /** answers as usual, the fault's `ms` later */
  | { readonly kind: 'delay' };

const error = (status: number, type: string, message: string): FaultEffect => ({
  kind: 'error',
  status,
  type,
  message,
});

/** What a model that AWS has retired answers; a real retirement and an injected one read the same. */
export const END_OF_LIFE_MESSAGE =
  'This model version has reached the end of its life. Please refer to the AWS documentation for more details.';

/** The modes of each target. A new target or mode is a new row here. */
export const FAULT_MODES = {
  bedrock: {
    error: error(
      500,
      'InternalServerException',
      'The system encountered an unexpected error during processing. Try your request again.',
    ),
    throttle: error(429, 'ThrottlingException', 'Too many requests, please wait before trying again.'),
    unavailable: error(503, 'ServiceUnavailableException', 'Bedrock is unable to process your request.'),
    eol: error(404, 'ResourceNotFoundException', END_OF_LIFE_MESSAGE),
    denied: error(
      403,
      'AccessDeniedException',
      "You don't have access to the model with the specified model ID.",
    ),
    validation: error(
      400,
      'ValidationException',
      'Malformed input request, please reformat your input and try again.',
    ),
    timeout: { kind: 'silence' },
    reset: { kind: 'reset' },
    slow: { kind: 'delay' },
  },
} as const satisfies Record<string, Record<string, FaultEffect>>;

export type FaultTarget = keyof typeof FAULT_MODES;
export type FaultMode = { [Target in FaultTarget]: keyof (typeof FAULT_MODES)[Target] }[FaultTarget];

/** The effect of a mode on a target; undefined when the target knows no such mode. */
export function effectOf(target: FaultTarget, mode: string): FaultEffect | undefined {
  const modes: Readonly<Record<string, FaultEffect>> = FAULT_MODES[target];
  return Object.hasOwn(modes, mode) ? modes[mode] : undefined;
}
