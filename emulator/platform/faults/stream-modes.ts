import type { FaultEffect, StreamFate } from './effects';

/** The beginning of the message and some of its text. */
const EVENTS = 3;

const after = <Fate extends StreamFate>(fate: Fate) => ({ kind: 'stream', events: EVENTS, fate }) as const;

/**
 * The ways in which a stream of Bedrock fails that has begun well; they leave Converse alone. Exceptions are those of
 * the Bedrock API reference (`API_runtime_ConverseStreamOutput`).
 */
export const STREAM_MODES = {
  stream_error: after({
    type: 'modelStreamErrorException',
    message: 'An error occurred while streaming the response. Retry your request.',
  }),
  stream_internal_error: after({
    type: 'internalServerException',
    message: 'The system encountered an unexpected error during processing. Try your request again.',
  }),
  stream_throttle: after({
    type: 'throttlingException',
    message: 'Too many requests, please wait before trying again.',
  }),
  stream_unavailable: after({
    type: 'serviceUnavailableException',
    message: 'Bedrock is unable to process your request.',
  }),
  stream_validation: after({
    type: 'validationException',
    message: 'Malformed input request, please reformat your input and try again.',
  }),
  stream_silence: after('silence'),
  stream_end: after('end'),
  stream_corrupt: after('corrupt'),
} as const satisfies Record<string, FaultEffect>;
