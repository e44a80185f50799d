import { text } from 'node:stream/consumers';
import type { TurnSeen } from './drill-log';
import { nothing, outcomeOf, parse, post, type Ask, type Asker, type Body, type Outcome } from './traffic';

/** Conversations that take turns: at five requests a second of one second each, a quarter of them are at work. */
const CONVERSATIONS = 20;

/** Of a longer one, a model is told the latest turns alone. */
const MAX_TURNS = 40;

/** Few tokens in; of what it is told, a stand-in repeats what was asked. */
const QUESTION = 'Reply with the word OK.';

/** Why a stream without its last event is no answer. */
export const CUT_STREAM = 'stream cut';

/** One conversation, a turn at a time. */
class Conversation {
  private id: string | undefined;
  private turns = 0;

  /** @param number by which the log knows it */
  constructor(
    private readonly number: number,
    private readonly streams: boolean,
  ) {}

  get isOver(): boolean {
    return this.turns >= MAX_TURNS;
  }

  /** The next turn; again and again, where there was no answer. */
  readonly ask: Ask = async (url) => {
    const path = this.streams ? 'stream' : '';
    const conversation = this.id === undefined ? { conversation: 'new' } : { conversationId: this.id };
    const { outcome, body } = await said(new URL(path, url), { question: QUESTION, ...conversation });
    if (body === undefined || !('conversation' in body)) return outcome;
    const { id, stored } = body.conversation;
    this.id = id;
    this.turns += 1;
    const { turns: told, trimmed } = body.context ?? { turns: 0, trimmed: 0 };
    const turn: TurnSeen = { conversation: this.number, told: told + trimmed, stored };
    return { ...outcome, turn };
  };
}

/** Clients that hold conversations, by `POST /` and `POST /stream` by turns. */
export class Conversations {
  private readonly idle: Conversation[] = [];
  private begun = 0;

  /** @returns who asks the next turn of a conversation that waits for no answer */
  next(): Asker {
    const conversation = (this.begun < CONVERSATIONS ? undefined : this.idle.shift()) ?? this.begin();
    const done = () => {
      if (!conversation.isOver) this.idle.push(conversation);
    };
    return { ask: conversation.ask, done };
  }

  private begin(): Conversation {
    this.begun += 1;
    return new Conversation(this.begun, this.begun % 2 === 0);
  }
}

async function said(url: URL, request: object): Promise<{ readonly outcome: Outcome; readonly body?: Body }> {
  try {
    const response = await post(url, JSON.stringify(request));
    const isStream = response.headers['content-type'] === 'text/event-stream';
    const whole = text(response).catch((error: unknown) => {
      throw isStream ? new Error(CUT_STREAM) : error;
    });
    const body = (isStream ? readStream : parse)(await whole);
    return { outcome: outcomeOf(response.statusCode ?? 0, body), ...(body && { body }) };
  } catch (error) {
    return { outcome: nothing(error) };
  }
}

/**
 * @returns the answer of `POST /`, without its text
 * @throws Error where it ends without its last event: then it is no answer, whatever was said of it
 */
function readStream(stream: string): Body {
  const events = stream.split('\n\n').flatMap((event) => {
    const [, name, data = '{}'] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
    return name === undefined ? [] : [{ name, data: JSON.parse(data) as Body }];
  });
  const last = events.at(-1);
  if (last?.name === 'error') return last.data;
  if (last?.name !== 'end') throw new Error(CUT_STREAM);
  // Its first event says which region speaks.
  return { ...events[0]?.data, ...last.data };
}
