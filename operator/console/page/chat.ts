/** One question and what came of it. */
export interface Turn {
  readonly id: number;
  readonly question: string;
  readonly type: string;
  readonly state: 'asking' | 'speaking' | 'answered' | 'failed';
  readonly text: string;
  readonly tier?: string;
  readonly model?: string | null;
  readonly region?: string;
  readonly requestId?: string;
  /** What was shown and had to be dropped, or was gone on from. */
  readonly breaks: readonly {
    readonly kind: 'restart' | 'continue';
    readonly reason: string;
    readonly dropped: string;
  }[];
  /** Milliseconds from the question to the first word, and to the end. */
  readonly firstMs?: number;
  readonly totalMs?: number;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  readonly stopReason?: string | null;
  /** Why no model answered, or why there is no answer at all. */
  readonly reason?: string;
  readonly conversationId?: string;
  readonly contextTurns?: number;
}

export const asked = (id: number, question: string, type: string): Turn => ({
  ...{ id, question, type, state: 'asking', text: '', breaks: [] },
});

interface StreamedEvent {
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Takes whole events off the front of what has come. */
export function takeEvents(received: string): {
  readonly events: readonly StreamedEvent[];
  readonly rest: string;
} {
  const blocks = received.split('\n\n');
  const rest = blocks.pop() ?? '';
  const events = blocks.flatMap((block) => {
    const [, name = '', data = '{}'] = /^event: (\w+)\ndata: (.*)$/m.exec(block) ?? [];
    return name === '' ? [] : [{ name, data: JSON.parse(data) as StreamedEvent['data'] }];
  });
  return { events, rest };
}

/** @param ms since the question */
export function heard(turn: Turn, { name, data }: StreamedEvent, ms: number): Turn {
  switch (name) {
    case 'start':
      return { ...turn, ...speaker(data), state: 'speaking' };
    case 'delta':
      return { ...turn, firstMs: turn.firstMs ?? ms, text: turn.text + String(data.text) };
    case 'restart':
    case 'continue': {
      const dropped = name === 'restart' ? turn.text : '';
      const breaks = [...turn.breaks, { kind: name, reason: String(data.reason), dropped } as const];
      return { ...turn, ...speaker(data), breaks, text: name === 'restart' ? '' : turn.text };
    }
    case 'end':
      return { ...turn, ...answered(data), state: 'answered', totalMs: ms };
    case 'error':
      return failed(turn, errorOf(data), ms);
    default:
      return turn;
  }
}

/** What `POST /` answered, or what came in place of a stream. */
export function answeredWhole(turn: Turn, status: number, data: StreamedEvent['data'], ms: number): Turn {
  if (status !== 200) return failed(turn, errorOf(data), ms);
  return {
    ...turn,
    ...answered(data),
    text: String(data.answer),
    state: 'answered',
    firstMs: ms,
    totalMs: ms,
  };
}

/** A stream that ends without its last event is no answer, whatever was shown of it. */
export const failed = (turn: Turn, reason: string, ms: number): Turn => ({
  ...turn,
  state: 'failed',
  reason,
  totalMs: ms,
});

export const CUT = 'The answer broke off: the stream ended without its last event.';

function errorOf({ error }: StreamedEvent['data']): string {
  const { code = 'no_answer', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return `${message} (${code})`;
}

const speaker = ({ tier, model, region, requestId }: StreamedEvent['data']): Partial<Turn> =>
  ({
    ...{ tier, model },
    ...(region !== undefined && { region }),
    ...(requestId !== undefined && { requestId }),
  }) as Partial<Turn>;

function answered(data: StreamedEvent['data']): Partial<Turn> {
  const { usage, stopReason, reason, conversation, context } = data as {
    readonly usage: NonNullable<Turn['usage']>;
    readonly stopReason: string | null;
    readonly reason?: string;
    readonly conversation?: { readonly id: string };
    readonly context?: { readonly turns: number };
  };
  return {
    ...speaker(data),
    ...{ usage, stopReason },
    ...(reason !== undefined && { reason }),
    ...(conversation && { conversationId: conversation.id }),
    ...(context && { contextTurns: context.turns }),
  };
}

interface Prices {
  readonly models: Readonly<Record<string, { readonly input: number; readonly output: number }>>;
}

/** @returns US dollars, as Bedrock's price list has it; undefined for a model that is not in it */
export function costOf({ model, usage }: Turn, { models }: Prices): number | undefined {
  if (model === undefined || model === null || usage === undefined) return undefined;
  const price = models[model] ?? models[model.replace(/^[a-z-]+\.(?=[a-z]+\.)/, '')];
  return price && (usage.inputTokens * price.input + usage.outputTokens * price.output) / 1e6;
}
