import type { ChatChunk, ChatError } from '../../../contract/openai';
import type { ChatResponse } from '../../../lambdas/chat/http';

/** A response that is kept, for a caller who does not leave. */
export function keep() {
  const kept = { status: 0, headers: {} as Readonly<Record<string, string>>, text: '' };
  const response: ChatResponse = {
    get hasBegun() {
      return kept.status > 0;
    },
    left: new AbortController().signal,
    begin: (status, headers) => {
      if (kept.status > 0) throw new Error('As on Lambda: it is too late for a status.');
      Object.assign(kept, { status, headers });
    },
    write: (text) => {
      kept.text += text;
      return undefined;
    },
  };
  return { kept, response };
}

type Event = '[DONE]' | (Partial<ChatChunk> & Partial<ChatError>);

/** A stream's events as a client reads them. */
export const readChunks = (text: string): readonly Event[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .map((event) => event.replace(/^data: /, ''))
    .map((data) => (data === '[DONE]' ? data : (JSON.parse(data) as Event)));
