import { MAX_ESCAPED_BODY } from '../../contract/question';
import type { StreamEvent, StreamEventName } from '../../contract/stream';
import { isRefusal, parseRequest } from '../tier/parse-request';
import { converse, type Assistant } from './converse';
import type { ChatEvent, Sink } from './telling';
import { EventStream } from './event-stream';
import { logRefusal, respondError, type ChatResponse, type Route } from './http';

/** `POST /stream`: the answer of `POST /`, as it is said. */
export const streamRoute =
  (assistant: Assistant): Route =>
  async ({ asker, body }, response) => {
    const { requestId } = asker;
    const request = parseRequest({ body, bodyTooLarge: Buffer.byteLength(body) > MAX_ESCAPED_BODY });
    if (isRefusal(request)) {
      const { status, error } = request;
      logRefusal(assistant.log, requestId, status, error.code);
      respondError(response, status, { error, requestId });
      return;
    }
    const events = new StreamEvents(response, { requestId, region: assistant.region });
    try {
      await converse(assistant, asker, request, events);
    } finally {
      events.close();
    }
  };

/** Writes what becomes of a request as the contract's events; what fails before the first of them is plain JSON. */
class StreamEvents implements Sink {
  private readonly events: EventStream;

  constructor(
    private readonly response: ChatResponse,
    private readonly of: { readonly requestId: string; readonly region: string },
  ) {
    this.events = new EventStream(response);
  }

  readonly restarts = true;

  get left(): AbortSignal {
    return this.response.left;
  }

  send(event: ChatEvent): Promise<void> | undefined {
    switch (event.type) {
      case 'start':
        return this.write('start', { ...this.of, ...event.from });
      case 'delta':
        return this.write('delta', { text: event.text });
      case 'restart':
      case 'continue':
        return this.write(event.type, { reason: event.reason, ...event.from });
      case 'end': {
        const { from, stopReason, usage, context, conversation, degraded } = event;
        const told = { ...(context && { context }), ...(conversation && { conversation }) };
        const said = { complete: true, ...from, stopReason, usage, ...told } as const;
        return this.write('end', { ...said, degraded: degraded !== undefined, ...degraded });
      }
      case 'error': {
        const answer = { error: event.error, requestId: this.of.requestId };
        if (this.response.hasBegun) return this.write('error', answer);
        respondError(this.response, event.status, answer, event.retryAfterSeconds);
        return undefined;
      }
    }
  }

  close(): void {
    this.events.close();
  }

  private write<Name extends StreamEventName>(
    name: Name,
    data: StreamEvent<Name>,
  ): Promise<void> | undefined {
    return this.events.send(JSON.stringify(data), name);
  }
}
