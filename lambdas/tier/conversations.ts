import type { ModelAnswer } from '../../contract/api';
import { isConversationOf, newConversationId, type Turn } from '../../contract/conversation';
import { READ_WAIT_MS, within } from './bounded-wait';
import type { ModelReply } from './converse';
import type { AssistantRequest, Refusal } from './parse-request';
import { STOP_REASONS } from './reactions';

/** The conversations that are kept; all reject where the table cannot say, or cannot be written. */
export interface ConversationStore {
  /** @returns the newest turns, the oldest of them first; or that the conversation was forgotten */
  read(caller: string, id: string): Promise<readonly Turn[] | 'forgotten'>;
  /** @returns whether it stands: nothing is added to what was forgotten meanwhile */
  add(caller: string, id: string, said: Said): Promise<boolean>;
}

/** A turn, and what is unique of it. */
export interface Said extends Turn {
  /** ISO 8601 time at which it was asked. */
  readonly at: string;
  readonly requestId: string;
}

/** What was said before a question, by whoever told it. */
export interface Before {
  readonly turns: readonly Turn[];
  /** Of the conversation that is kept here. */
  readonly id?: string;
  /** The conversation could not be read. */
  readonly unavailable?: true;
}

export interface ConversationsOptions {
  /** Left out where none are kept. */
  readonly store: ConversationStore | undefined;
  /** A question was answered without what was said before it, or was not kept. */
  readonly onStoreFailure: (error: unknown) => void;
}

/**
 * After an instance's first read, which may have to make a connection. An answer that does not know what it is about is
 * worse than one that comes a little later: unlike circuits and ceilings, each request waits, whatever became of the one
 * before.
 */
const RECALL_WAIT_MS = 300;

/** The answer waits for its turn to be kept, since Lambda freezes an instance that has answered. */
const KEEP_WAIT_MS = 250;

/** Whether it never was, is another caller's, or was forgotten, nobody is told. */
export const CONVERSATION_NOT_FOUND = {
  code: 'conversation_not_found',
  message: 'You have no such conversation. Begin one by "conversation": "new".',
  field: 'conversationId',
} as const;

const NOT_FOUND: Refusal = { status: 404, error: CONVERSATION_NOT_FOUND };

const keptNowhere = (field: string): Refusal => ({
  status: 400,
  error: {
    code: 'invalid_request',
    message: 'No conversations are kept here: send what was said before as "history".',
    field,
  },
});

/**
 * What was said before, in this region's replica. Nobody retries: a table that is not there, away or slow keeps no answer
 * from its caller, who is told.
 */
export class Conversations {
  private readWaitMs = READ_WAIT_MS;

  constructor(private readonly options: ConversationsOptions) {}

  /** @returns undefined where the request has nothing before it. Never rejects. */
  async before(
    { history, conversation }: Pick<AssistantRequest, 'history' | 'conversation'>,
    caller: string,
  ): Promise<Before | Refusal | undefined> {
    if (conversation === undefined) return history && { turns: history };
    const { store } = this.options;
    if (store === undefined) return keptNowhere(conversation === 'new' ? 'conversation' : 'conversationId');
    if (conversation === 'new') return { turns: [], id: newConversationId(caller) };
    const { id } = conversation;
    if (!isConversationOf(caller, id)) return NOT_FOUND;
    const waitMs = this.readWaitMs;
    this.readWaitMs = RECALL_WAIT_MS;
    const turns = await this.ask(waitMs, () => store.read(caller, id));
    if (turns === 'forgotten') return NOT_FOUND;
    return turns === undefined ? { turns: [], id, unavailable: true } : { turns, id };
  }

  /**
   * Keeps a turn before its answer is sent. What a filter stepped in on is not kept, nor what the model refused: it would
   * be judged again with each question that follows, and may be just what is to be kept nowhere.
   * @returns undefined where the question is in no conversation that is kept. Never rejects.
   */
  async keep(
    before: Before | undefined,
    caller: string,
    { stopReason, ...said }: Said & Pick<ModelReply, 'stopReason'>,
  ): Promise<ModelAnswer['conversation']> {
    const { store } = this.options;
    const id = before?.id;
    if (id === undefined || store === undefined) return undefined;
    if (STOP_REASONS[stopReason] === 'filtered') return { id, stored: false };
    const isKept = await this.ask(KEEP_WAIT_MS, () => store.add(caller, id, said));
    return { id, stored: isKept ?? false };
  }

  private async ask<T>(waitMs: number, call: () => Promise<T>): Promise<T | undefined> {
    const asked = call().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    const late = { error: new DOMException('The table is late.', 'TimeoutError') };
    const said = await within(asked, waitMs, late);
    if ('value' in said) return said.value;
    this.options.onStoreFailure(said.error);
    return undefined;
  }
}
