import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { answeredWhole, asked, costOf, CUT, failed, heard, takeEvents, type Turn } from './chat';
import { isMark, milliseconds, MARKS, Model, Outcome, type Mark } from './parts';
import { askAssistant, picture, tools } from './store';
import { words } from './requests';

/** Neither in the address nor in storage: closed with the page. */
const turns = signal<readonly Turn[]>([]);
const type = signal('general');
const key = signal<string | undefined>(undefined);
const draft = signal('');
const converses = signal(false);

const MAX_TURNS = 50;

const keyOf = () => key.value ?? tools.value?.demoKey ?? '';

const statusOf = ({ headers }: Response): number => Number(headers.get('x-assistant-status'));

const put = (turn: Turn): void => {
  turns.value = [...turns.value.filter(({ id }) => id !== turn.id), turn]
    .sort((a, b) => a.id - b.id)
    .slice(-MAX_TURNS);
};

/** Asks as a caller's own program would, and shows what comes as it comes. */
export async function ask(question: string): Promise<void> {
  let turn = asked((turns.value.at(-1)?.id ?? 0) + 1, question, type.value);
  const conversationId = turns.value.findLast((each) => each.conversationId !== undefined)?.conversationId;
  const conversation = conversationId === undefined ? { conversation: 'new' } : { conversationId };
  put(turn);
  const began = performance.now();
  const ms = () => performance.now() - began;
  try {
    const body = { question, type: type.value, ...(converses.value && conversation) };
    const response = await askAssistant('/stream', keyOf(), body);
    if (response.headers.get('content-type') !== 'text/event-stream' || response.body === null) {
      put(answeredWhole(turn, statusOf(response), (await response.json()) as Record<string, unknown>, ms()));
      return;
    }
    let received = '';
    for await (const part of response.body.pipeThrough(
      new TextDecoderStream(),
    ) as unknown as AsyncIterable<string>) {
      const { events, rest } = takeEvents(received + part);
      received = rest;
      for (const event of events) turn = heard(turn, event, ms());
      put(turn);
    }
    if (turn.state === 'speaking' || turn.state === 'asking') put(failed(turn, CUT, ms()));
  } catch {
    put(failed(turn, turn.state === 'speaking' ? CUT : 'There was no answer.', ms()));
  }
}

export function Ask() {
  const log = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const shown = turns.value;
  useEffect(() => {
    if (isAtEnd.current) log.current?.scrollTo({ top: log.current.scrollHeight });
  }, [shown]);
  const send = () => {
    const question = draft.value.trim();
    if (question === '') return;
    draft.value = '';
    isAtEnd.current = true;
    void ask(question);
  };
  return (
    <section class="card ask" aria-labelledby="ask-title">
      <h2 id="ask-title">Ask</h2>
      <KeepAsking />
      <div
        ref={log}
        class="turns"
        role="log"
        aria-label="Questions and answers"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          isAtEnd.current = scrollTop + clientHeight > scrollHeight - 24;
        }}
      >
        <ol>
          {shown.length === 0 && (
            <li class="empty muted">
              Ask what a customer might. The answer says who gave it: which tier, which model, which region.
            </li>
          )}
          {shown.map((turn) => (
            <Exchange key={turn.id} turn={turn} />
          ))}
        </ol>
      </div>
      <Composer send={send} />
    </section>
  );
}

function Composer({ send }: { readonly send: () => void }) {
  const types =
    picture.value?.regions[0]?.rules.map((rule) => rule.type).filter((name) => name !== 'default') ?? [];
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="field">
        <span class="hidden">Your question</span>
        <textarea
          rows={2}
          maxLength={8_000}
          placeholder="What is the inflation rate?"
          value={draft.value}
          onInput={({ currentTarget }) => (draft.value = currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
      </label>
      <div class="settings">
        <label class="field">
          <span>Type</span>
          <select value={type.value} onChange={({ currentTarget }) => (type.value = currentTarget.value)}>
            {types.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label class="field key">
          <span>Caller’s key</span>
          <input
            value={keyOf()}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => (key.value = currentTarget.value)}
          />
        </label>
        <button type="submit" class="main">
          Ask
        </button>
      </div>
      <label class="check">
        <input
          type="checkbox"
          checked={converses.value}
          onChange={({ currentTarget }) => (converses.value = currentTarget.checked)}
        />
        It is one conversation, kept in both regions
      </label>
    </form>
  );
}

function Exchange({ turn }: { readonly turn: Turn }) {
  const { state, text, breaks, reason, tier } = turn;
  return (
    <li class={`turn ${state}`}>
      <p class="question">{turn.question}</p>
      {breaks.map(({ kind, reason: why, dropped }, index) => (
        <div key={index} class="break">
          {dropped !== '' && <del>{dropped}</del>}
          <p>
            {kind === 'restart'
              ? `The model died in mid-answer (${words(why)}): what it had said is void, and the answer begins anew.`
              : `The model fell silent (${words(why)}): the next one goes on from here.`}
          </p>
        </div>
      ))}
      <div class="answer" aria-busy={state === 'asking' || state === 'speaking'}>
        {state === 'failed' ? (
          <>
            {text !== '' && <del>{text}</del>}
            <p class="bad">No answer: {reason}</p>
          </>
        ) : (
          <p>{text === '' ? '…' : text}</p>
        )}
        {tier === 'degraded' && state === 'answered' && (
          <p class="muted">No model could answer ({words(reason ?? '')}): this is the maintenance message.</p>
        )}
      </div>
      <Facts turn={turn} />
    </li>
  );
}

function Facts({ turn }: { readonly turn: Turn }) {
  const { state, tier = '', model, region, usage, firstMs, totalMs, stopReason, contextTurns } = turn;
  const cost = tools.value && costOf(turn, tools.value.prices);
  const mark: Mark = state === 'failed' ? 'none' : isMark(tier) ? tier : 'refused';
  if (state === 'asking') return null;
  return (
    <p class="facts">
      <Outcome of={mark}>{state === 'failed' ? 'no answer' : tier}</Outcome>
      {model && <Model id={model} />}
      {region && <span>{region}</span>}
      {firstMs !== undefined && totalMs !== undefined && totalMs - firstMs > 1 && (
        <span>first word {milliseconds(firstMs)}</span>
      )}
      {totalMs !== undefined && <span>{milliseconds(totalMs)}</span>}
      {usage && usage.outputTokens > 0 && (
        <span>
          {usage.inputTokens} + {usage.outputTokens} tokens
        </span>
      )}
      {cost !== undefined && cost > 0 && (
        <span title={`On Bedrock, by its prices of ${tools.value?.prices.date ?? ''}; nothing is paid here.`}>
          {cost < 0.0001 ? '< 0.0001' : cost.toFixed(4)} USD
        </span>
      )}
      {stopReason && stopReason !== 'end_turn' && <span class="bad">{words(stopReason)}</span>}
      {contextTurns !== undefined && contextTurns > 0 && <span>told {contextTurns} turns</span>}
    </p>
  );
}

interface Tick {
  readonly id: number;
  readonly mark: Mark;
  readonly text: string;
}

const TICKS = 60;
const PROBE = 'What can you do for me?';
const ticks = signal<readonly Tick[]>([]);
const asking = signal(false);
let count = 0;

export const isAsking = (): boolean => asking.value;

/** What a caller sees who asks once a second: the measure of all that is done to the system. */
async function tick(): Promise<void> {
  const id = (count += 1);
  const add = (mark: Mark, text: string) =>
    (ticks.value = [...ticks.value, { id, mark, text }]
      .sort((one, other) => one.id - other.id)
      .slice(-TICKS));
  try {
    const response = await askAssistant('/', keyOf(), { question: PROBE });
    const { tier, region, error } = (await response.json()) as {
      readonly tier?: string;
      readonly region?: string;
      readonly error?: { readonly code: string };
    };
    if (tier !== undefined && isMark(tier)) add(tier, `${tier} in ${region ?? ''}`);
    else add('none', `no answer (${statusOf(response)} ${error?.code ?? ''})`);
  } catch {
    add('none', 'no answer');
  }
}

export function keepAsking(on: boolean): void {
  asking.value = on;
}

function KeepAsking() {
  const isOn = asking.value;
  useEffect(() => {
    if (!isOn) return undefined;
    void tick();
    const timer = setInterval(() => void tick(), 1_000);
    return () => {
      clearInterval(timer);
    };
  }, [isOn]);
  return (
    <div class="keep">
      <label class="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ currentTarget }) => {
            keepAsking(currentTarget.checked);
          }}
        />
        Keep asking, once a second
      </label>
      <Latest />
    </div>
  );
}

/** What became of the latest of those questions. */
export function Latest() {
  const list = ticks.value;
  const without = list.filter(({ mark }) => mark === 'none').length;
  if (list.length === 0) return null;
  return (
    <div class="latest">
      <p class="ticks" aria-hidden="true">
        {list.map(({ id, mark, text }) => (
          <span key={id} class={`outcome ${mark}`} title={text}>
            {MARKS[mark]}
          </span>
        ))}
      </p>
      <p class="muted small">
        Of the last {list.length}, {list.length - without} answered, {without} not. Latest:{' '}
        {list.at(-1)?.text}.
      </p>
    </div>
  );
}
