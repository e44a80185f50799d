import type { Extension, SystemMessages } from '../../contract/openai';
import { requestTypes } from '../../contract/select-rule';
import { converse, type Assistant } from '../chat/converse';
import type { ChatEvent, Sink, Speaker } from '../chat/telling';
import { logRefusal, type ChatResponse, type Route } from '../chat/http';
import { FILTERED, INTERRUPTION, RefusedRequest, respondError, respondFailure, unknownModel } from './errors';
import { readCompletionRequest, type CompletionRequest } from './read-request';
import { StreamedAnswer, WholeAnswer, type AnswerWriter } from './write-answer';

/**
 * API Gateway ends a response that is silent for five minutes, as one is that comes whole, and a fallback model that is
 * due at the end has its least time.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html
 */
const LONGEST_SILENCE_MS = 270_000;

/** `POST /v1/chat/completions` */
export const completionsRoute =
  (assistant: Assistant, systemMessages: SystemMessages): Route =>
  async ({ asker, body }, response) => {
    const { requestId } = asker;
    const { region, log, rules, degradation } = assistant;
    let request: CompletionRequest;
    try {
      request = readCompletionRequest(body, systemMessages);
      const { config, source } = await rules.current();
      // Built-in rules do not know what the operators have named: then, all but these have the default rule.
      if (source === 'appconfig' && !requestTypes(config, region).includes(request.model))
        throw unknownModel(request.model);
    } catch (error) {
      if (!(error instanceof RefusedRequest)) throw error;
      logRefusal(log, requestId, error.status, error.code);
      respondError(response, requestId, error);
      return;
    }
    const { stream, includeUsage, model: type, question, history, dropped, system, maxTokens } = request;
    const writer = stream
      ? new StreamedAnswer(response, requestId, includeUsage)
      : new WholeAnswer(response, requestId);
    const { retryAfterSeconds } = degradation;
    const completion = new Completion(response, writer, { requestId, region, retryAfterSeconds, request });
    const before = history.length + dropped > 0 && { history };
    const longestMs = stream ? assistant.longestMs : Math.min(assistant.longestMs, LONGEST_SILENCE_MS);
    try {
      await converse(
        { ...assistant, longestMs },
        asker,
        { question, type, ...before, system, maxTokens },
        completion,
      );
    } finally {
      writer.close();
    }
  };

interface Answering {
  readonly requestId: string;
  readonly region: string;
  readonly retryAfterSeconds: number;
  readonly request: CompletionRequest;
}

type Event<Type extends ChatEvent['type']> = Extract<ChatEvent, { readonly type: Type }>;

/** What becomes of a request, as OpenAI's protocol says it. */
class Completion implements Sink {
  private from: Speaker = { tier: 'degraded', model: null };

  constructor(
    private readonly response: ChatResponse,
    private readonly writer: AnswerWriter,
    private readonly answering: Answering,
  ) {}

  get restarts(): boolean {
    return this.writer.restarts;
  }

  get left(): AbortSignal {
    return this.response.left;
  }

  send(event: ChatEvent): Promise<void> | undefined {
    switch (event.type) {
      case 'start':
      case 'continue':
        this.from = event.from;
        return undefined;
      case 'restart':
        this.from = event.from;
        this.writer.restart();
        return undefined;
      case 'delta':
        if (this.isRefused(event)) return undefined;
        return this.writer.say(this.model, event.text, this.headers);
      case 'end':
        this.end(event);
        return undefined;
      case 'error':
        if (!this.response.hasBegun) respondFailure(this.response, this.answering.requestId, event);
        else void this.response.write(INTERRUPTION);
        return undefined;
    }
  }

  /** A model's own filter has refused the question: as long as it can be said, that is an error and no answer. */
  private isRefused({ filter }: Event<'delta' | 'end'>): boolean {
    return filter === 'refused' && !this.response.hasBegun;
  }

  private end(event: Event<'end'>): void {
    const { from, stopReason, usage, context, degraded } = event;
    const { requestId, region, request } = this.answering;
    if (this.isRefused(event)) {
      respondError(this.response, requestId, FILTERED);
      return;
    }
    const { dropped, ignored } = request;
    const assistant: Extension = {
      tier: from.tier,
      degraded: degraded !== undefined,
      region,
      requestId,
      stopReason,
      ...(degraded && { reason: degraded.reason }),
      ...(context && { context: { turns: context.turns, trimmed: context.trimmed + dropped } }),
      ...(ignored.length > 0 && { ignored: [...ignored] }),
    };
    this.writer.end({ model: this.model, usage, assistant }, this.headers);
  }

  /** What was asked for, where no model speaks: the protocol's field is never null. */
  private get model(): string {
    return this.from.model ?? this.answering.request.model;
  }

  private get headers(): Readonly<Record<string, string>> {
    const { requestId, region, retryAfterSeconds } = this.answering;
    const { tier } = this.from;
    return {
      'x-request-id': requestId,
      'x-assistant-tier': tier,
      'x-assistant-region': region,
      ...(tier === 'degraded' && { 'Retry-After': String(retryAfterSeconds) }),
    };
  }
}
