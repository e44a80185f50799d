import type { ErrorAnswer } from '../../contract/api';

/** @returns the API's error shape as a mapping template or gateway response, which fills in the request's id */
export const errorBody = (error: ErrorAnswer['error']): string =>
  JSON.stringify({ error, requestId: '$context.requestId' } satisfies ErrorAnswer);
