import type { Usage } from '../../contract/api';
import type { ChatChunk, ChatCompletion, ChatUsage, Extension, FinishReason } from '../../contract/openai';
import { EventStream } from '../chat/event-stream';
import { respondJson, type ChatResponse } from '../chat/http';
import { STOP_REASONS, type StopReading } from '../tier/reactions';
import { INTERRUPTION } from './errors';

type Headers = Readonly<Record<string, string>>;

/** How an answer has ended. */
export interface Ending {
  readonly model: string;
  readonly usage: Usage;
  readonly assistant: Extension;
}

/** One of the two ways to be answered. */
export interface AnswerWriter {
  /** Whether what was said can be taken back. */
  readonly restarts: boolean;
  /** @returns a promise, where the caller takes no more for the moment */
  say(model: string, text: string, headers: Headers): Promise<void> | undefined;
  /** What was said is void; where it cannot be taken back, nothing more is said. */
  restart(): void;
  end(ending: Ending, headers: Headers): void;
  close(): void;
}

const FINISH_REASONS: Readonly<Record<StopReading, FinishReason>> = {
  answer: 'stop',
  cut: 'length',
  filtered: 'content_filter',
  no_answer: 'length',
};

/** Of a reason that nobody knows, it is not said that the answer is whole. The maintenance message has none, and is. */
export const finishReason = (stopReason: string | null): FinishReason =>
  stopReason === null ? 'stop' : FINISH_REASONS[STOP_REASONS[stopReason] ?? 'cut'];

const chatUsage = ({ inputTokens, outputTokens }: Usage): ChatUsage => ({
  prompt_tokens: inputTokens,
  completion_tokens: outputTokens,
  total_tokens: inputTokens + outputTokens,
});

/** What all parts of one answer have in common. */
const head = (requestId: string) => ({
  id: `chatcmpl-${requestId}`,
  created: Math.floor(Date.now() / 1_000),
});

/** One JSON, when all has been said. */
export class WholeAnswer implements AnswerWriter {
  readonly restarts = true;
  private text = '';

  constructor(
    private readonly response: ChatResponse,
    private readonly requestId: string,
  ) {}

  say(_model: string, text: string): undefined {
    this.text += text;
  }

  restart(): void {
    this.text = '';
  }

  end({ model, usage, assistant }: Ending, headers: Headers): void {
    const completion: ChatCompletion = {
      ...head(this.requestId),
      object: 'chat.completion',
      model,
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: this.text, refusal: null },
          logprobs: null,
          finish_reason: finishReason(assistant.stopReason),
        },
      ],
      usage: chatUsage(usage),
      assistant,
    };
    respondJson(this.response, 200, completion, headers);
  }

  close(): void {
    // Nothing is open.
  }
}

/** Chunks, while it is said; `[DONE]` says that all of it was. */
export class StreamedAnswer implements AnswerWriter {
  readonly restarts = false;
  private readonly head: ReturnType<typeof head>;
  private events: EventStream | undefined;
  private isOver = false;

  constructor(
    private readonly response: ChatResponse,
    requestId: string,
    private readonly includeUsage: boolean,
  ) {
    this.head = head(requestId);
  }

  say(model: string, text: string, headers: Headers): Promise<void> | undefined {
    if (this.isOver) return undefined;
    if (this.events === undefined) {
      // The status waits for the first text: until then, what fails is said by a status of its own.
      this.events = new EventStream(this.response, headers);
      void this.send(this.choice(model, { role: 'assistant', content: '' }));
    }
    return this.send(this.choice(model, { content: text }));
  }

  restart(): void {
    this.isOver = true;
  }

  end({ model, usage, assistant }: Ending): void {
    const reason = finishReason(assistant.stopReason);
    if (this.isOver && reason !== 'content_filter') {
      void this.response.write(INTERRUPTION);
      return;
    }
    void this.send({ ...this.choice(model, {}, reason), assistant });
    if (this.includeUsage) void this.send({ ...this.chunk(model), choices: [], usage: chatUsage(usage) });
    void this.events?.send('[DONE]');
  }

  close(): void {
    this.events?.close();
  }

  private choice(
    model: string,
    delta: { readonly role?: 'assistant'; readonly content?: string },
    reason: FinishReason | null = null,
  ): ChatChunk {
    return {
      ...this.chunk(model),
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
      ...(this.includeUsage && { usage: null }),
    };
  }

  private chunk(model: string) {
    return { ...this.head, object: 'chat.completion.chunk', model } as const;
  }

  private send(chunk: ChatChunk): Promise<void> | undefined {
    return this.events?.send(JSON.stringify(chunk));
  }
}
