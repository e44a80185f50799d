import type { ErrorAnswer } from '../../contract/api';
import { isConversationOf } from '../../contract/conversation';
import { CONVERSATION_NOT_FOUND } from '../tier/conversations';
import type { Log } from '../tier/telemetry';
import { logRefusal, respondError, type Route } from './http';

export interface Forgetting {
  /** Rejects where the table is away, or too busy: asked again, it goes on. Left out where none are kept. */
  readonly forget: ((caller: string, id: string) => Promise<void>) | undefined;
  readonly log: Log;
  readonly onStoreFailure: (error: unknown) => void;
  readonly retryAfterSeconds: number;
}

const UNAVAILABLE: ErrorAnswer['error'] = {
  code: 'service_unavailable',
  message: 'The conversation is not forgotten yet. Try again later.',
};

/** `DELETE /conversations/{id}`: 204 as well where there is nothing to forget any more. */
export const forgetRoute =
  ({ forget, log, onStoreFailure, retryAfterSeconds }: Forgetting): Route =>
  async ({ asker: { caller, requestId }, pathParameters: { id = '' } }, response) => {
    if (forget === undefined || !isConversationOf(caller, id)) {
      const { field: _, ...error } = CONVERSATION_NOT_FOUND;
      logRefusal(log, requestId, 404, error.code);
      respondError(response, 404, { error, requestId });
      return;
    }
    try {
      await forget(caller, id);
    } catch (error) {
      onStoreFailure(error);
      respondError(response, 503, { error: UNAVAILABLE, requestId }, retryAfterSeconds);
      return;
    }
    log('INFO', 'conversation_forgotten', { requestId, caller });
    response.begin(204, {});
    // The status goes out with the first write.
    void response.write('');
  };
