import { isBlank } from '../../contract/question';
import { classifyFailure, isStreamingRefused, type FailureClass } from '../../contract/bedrock-failures';
import type { Turn } from '../../contract/conversation';
import type { Guardrail } from '../../contract/guardrail';
import { mayThink } from '../../contract/model-catalogue';
import type { ModelChoice } from '../../contract/model-config';
import {
  CallFailure,
  converseInput,
  filteredReply,
  HALF_CHARACTER,
  heardAtOnce,
  isLongRead,
  isQuestionStopped,
  listen,
  readReply,
  tokensRead,
  tokensUsed,
  type AskedRule,
  type Bedrock,
  type Heard,
  type ModelReply,
} from './converse';
import { REACTIONS } from './reactions';
import { Watchdog } from './watchdog';

export type CallResult =
  | {
      readonly reply: ModelReply;
      /** The failure that is said to the caller as an answer. */
      readonly failure?: FailureClass;
    }
  | { readonly failure: FailureClass };

/** A caller to whom an answer is shown while it is said. */
export interface Reader {
  /**
   * Told what is said from the first visible character on, as it comes: what has been shown cannot be taken back here.
   * @returns a promise, where the caller takes no more for the moment
   */
  readonly onText: (text: string) => Promise<void> | undefined;
  /** Aborted when the caller has left, or the model is not listened to any more. */
  readonly left: AbortSignal;
  /** Aborted with it where that is no doing of the caller's. */
  readonly unheard?: AbortSignal;
  /** Epoch milliseconds until which an answer may go on that has begun in time. */
  readonly speakUntil: number;
}

export interface CallOptions {
  readonly bedrock: Bedrock;
  /** Ids of models that said of themselves that they do not stream; kept by the instance. */
  readonly unstreamed: Set<string>;
  readonly model: ModelChoice;
  readonly rule: AskedRule;
  readonly question: string;
  /** What was said before it. @default - nothing */
  readonly turns?: readonly Turn[];
  /** What the caller has been shown of an answer that broke off, to go on from. @default - nothing */
  readonly said?: string | undefined;
  /** What the question and the answer are held against. @default - nothing */
  readonly guardrail?: Guardrail | undefined;
  /** Epoch milliseconds at which the call must have ended, retries included. */
  readonly deadline: number;
  /** Milliseconds that the tier has at the least. */
  readonly leastMs: number;
  /** The longest that is waited where a model asks for it; beyond, the next tier is due. */
  readonly maxRetryAfterMs: number;
  /** @default - as many as the table of reactions says */
  readonly maxRetries?: number;
  readonly onAttempt?: (attempt: number) => void;
  /** Told of the first event of a stream: the model serves. */
  readonly onSign?: () => void;
  /** A caller who reads along. @default - the answer is told when it is whole */
  readonly reader?: Reader | undefined;
  /** Told how many tokens an attempt has used, whatever became of it. */
  readonly onUsage: (tokens: number) => void;
  /** Told of each attempt that failed, `attempt` counting from 1, and of what was thrown. */
  readonly onFailure: (failure: FailureClass, attempt: number, error: unknown) => void;
  /** In [0, 1): the jitter of a back-off. */
  readonly random?: () => number;
}

/**
 * Milliseconds to the first event of a model's stream. A healthy model begins within two seconds, one of a busy
 * region within three or four; a model that is silent for five is away, and two thirds of the primary tier's time
 * need not be waited for.
 */
const FIRST_SIGN_MS = 5_000;

/** Milliseconds between two events of the stream: tokens come tens of milliseconds apart. */
const GAP_MS = 5_000;

/**
 * The same before the first word of a model that may think without showing it, as Claude's newer ones do unless told
 * otherwise: some 500 tokens of thoughts, as assumed of a low effort. One that thinks for longer has too little left of a
 * tier's 15 s to say it. How hard a question is, a caller decides: its silence says nothing of the model.
 * https://github.com/anthropics/claude-agent-sdk-python/issues/831
 */
const THOUGHT_MS = 8_000;

/**
 * What a guardrail may add to each of them, since it judges a question before a model is asked, and holds back what the
 * model says until that is judged. By how much at a time, AWS does not say. Assumed is the unit that it is paid by, 1,000
 * characters: some 250 tokens, for which a slow model has seven of the eight seconds, and a judgement one.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-streaming.html
 */
const JUDGING_MS = 3_000;

/** A silence of so much of a tier's least time is telling, where that is shorter than FIRST_SIGN_MS; the rest is its start. */
const TELLING_SHARE = 0.5;

const NO_LIMITS = { firstSignMs: Infinity, gapMs: Infinity, thoughtMs: Infinity } as const;

/** Back-off before the second attempt, spread over its whole length. */
const BACKOFF_MS = 400;

/** With less time than this left, a call is not worth starting. */
const USEFUL_CALL_MS = 300;

/** Calls a model within a deadline. The system's only retries of a model happen here, as the table says. */
export async function callModel(options: CallOptions): Promise<CallResult> {
  const { deadline, maxRetryAfterMs, onFailure, maxRetries = Infinity, random = Math.random } = options;
  const { reader } = options;
  const heard = { isShown: false };
  const shown = reader && {
    ...reader,
    onText: (text: string) => {
      heard.isShown = true;
      return reader.onText(text);
    },
  };
  if (deadline - Date.now() < USEFUL_CALL_MS) return { failure: 'out_of_time' };
  for (let count = 1; ; count += 1) {
    if (reader?.left.aborted === true) return { failure: 'abandoned' };
    options.onAttempt?.(count);
    try {
      const reply = await attempt({ ...options, reader: shown });
      return isQuestionStopped(reply) ? { reply, failure: 'guardrail_intervened' } : { reply };
    } catch (error) {
      const failure = blamed(error, options.rule);
      if (failure === 'abandoned') return { failure };
      onFailure(failure, count, error);
      if (REACTIONS[failure].then === 'answer') return { reply: filteredReply, failure };
      const asked = retryAfterMs(error, Date.now());
      const delay = asked ?? BACKOFF_MS * random();
      const isBearable = (asked ?? 0) <= maxRetryAfterMs && Date.now() + delay + USEFUL_CALL_MS <= deadline;
      // A model that has been heard in mid-answer has had its time.
      if (heard.isShown || !isBearable || count > Math.min(REACTIONS[failure].retries, maxRetries))
        return { failure };
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

/** A limit, or a system prompt, that a model does not take is the rule's fault, unless a caller has had a part in it. */
function blamed(error: unknown, { isLowered = false, callerPrompt }: AskedRule): FailureClass {
  const failure = failureOf(error);
  if (failure === 'budget_spent' && isLowered) return 'no_answer';
  if (failure !== 'misconfigured') return failure;
  const isOfCaller = callerPrompt !== undefined && /system/i.test((error as Error).message);
  return isLowered || isOfCaller ? 'request_rejected' : failure;
}

const failureOf = (error: unknown): FailureClass =>
  error instanceof CallFailure ? error.failure : classifyFailure(error);

async function attempt(options: CallOptions): Promise<ModelReply> {
  const { bedrock, unstreamed, model, rule, question, guardrail, turns, said, reader } = options;
  const input = converseInput(rule, model, question, guardrail, turns, said);
  if (model.streams !== false && !unstreamed.has(model.modelId)) {
    try {
      return readReply(await streamed(options, input), guardrail);
    } catch (error) {
      if (!isStreamingRefused(error)) throw error;
      unstreamed.add(model.modelId);
    }
  }
  const watchdog = new Watchdog({ ...NO_LIMITS, deadline: options.deadline, left: reader?.left });
  try {
    const heard = heardAtOnce(await bedrock.converse(input, watchdog.signal));
    options.onUsage(tokensUsed(heard, input));
    return readReply(heard, guardrail);
  } catch (error) {
    if (watchdog.expiry === undefined) throw error;
    // How long it writes, its caller decides.
    options.onUsage(tokensUsed({ text: '', bytes: 0 }, input));
    throw new CallFailure(watchdog.expiry === 'abandoned' ? 'abandoned' : 'out_of_time');
  } finally {
    watchdog.stop();
  }
}

async function streamed(options: CallOptions, input: ReturnType<typeof converseInput>): Promise<Heard> {
  const { deadline, onUsage, reader } = options;
  const { speakUntil, left } = reader ?? {};
  const watchdog = new Watchdog({ ...silencesOf(options), deadline, speakUntil, left });
  const heard: Heard = { text: '', bytes: 0 };
  let failure: FailureClass | undefined;
  try {
    await hear(options, input, heard, watchdog);
  } catch (error) {
    failure = failureOf(error);
    throw error;
  } finally {
    watchdog.stop();
    const byService = failure !== undefined && REACTIONS[failure].cause === 'service';
    const isEstimated = byService || reader?.unheard?.aborted === true;
    // What was silent to its end has told nothing, and may have cost nothing; but its end is not the caller's to choose.
    const isOver = watchdog.hasSign || watchdog.expiry === 'abandoned';
    if (failure === 'out_of_time' && isLongRead(input)) onUsage(tokensRead(input));
    else if (isOver) onUsage(tokensUsed(heard, input, isEstimated));
  }
  return heard;
}

/** How long a model may be silent: its rule's word goes. */
function silencesOf({ model, guardrail }: Pick<CallOptions, 'model' | 'guardrail'>) {
  const judgingMs = guardrail === undefined ? 0 : JUDGING_MS;
  const { firstSignMs = FIRST_SIGN_MS + judgingMs, gapMs = GAP_MS + judgingMs } = model;
  const thoughtMs = model.gapMs === undefined && mayThink(model) ? THOUGHT_MS + judgingMs : gapMs;
  return { firstSignMs, gapMs, thoughtMs };
}

async function hear(
  options: CallOptions,
  input: ReturnType<typeof converseInput>,
  heard: Heard,
  watchdog: Watchdog,
): Promise<void> {
  const { bedrock, model, onSign, reader } = options;
  try {
    const stream = await bedrock.converseStream(input, watchdog.signal);
    let untold = '';
    await listen(stream, heard, (text) => {
      if (!watchdog.hasSign) onSign?.();
      watchdog.sign(watchdog.hasSpoken || !isBlank(text));
      if (reader === undefined) return undefined;
      untold += text;
      const whole = untold.replace(HALF_CHARACTER, '');
      if (whole === '' || !watchdog.hasSpoken) return undefined;
      untold = untold.slice(whole.length);
      const taking = reader.onText(whole);
      return taking && watchdog.pauseWhile(taking);
    });
    if (heard.stopReason === 'size_limit') watchdog.hangUp();
  } catch (error) {
    // With its stop reason, the answer was complete, whatever came after.
    if (heard.stopReason !== undefined) return;
    if (watchdog.expiry === undefined) {
      // Nobody can expect a service to wait for longer than it is waited for.
      throw watchdog.longestPauseMs > (model.gapMs ?? GAP_MS) ? new CallFailure('unfinished') : error;
    }
    const failure = failureInTime(options, input, watchdog);
    if (failure !== undefined) throw new CallFailure(failure);
    heard.stopReason = 'deadline';
  }
}

/**
 * What it comes to that a call was ended before its model was, by how far that had come.
 * @returns undefined where what it has said is an answer, if a cut one
 */
function failureInTime(
  { model, rule, leastMs, guardrail }: CallOptions,
  input: ReturnType<typeof converseInput>,
  { expiry, hasSign, hasSpoken, silentMs }: Watchdog,
): FailureClass | undefined {
  if (expiry === 'abandoned') return 'abandoned';
  if (hasSpoken) {
    if (expiry === 'stalled') return 'stalled';
    return rule.atDeadline === 'next_tier' ? 'unfinished' : undefined;
  }
  if (hasSign) {
    if (expiry === 'deadline' || mayThink(model)) return 'unfinished';
    // Its first event may come before it has read what it is to answer.
    return isLongRead(input) ? 'out_of_time' : 'stalled';
  }
  // Less silence than that says nothing: an attempt may have begun late.
  const { firstSignMs } = silencesOf({ model, guardrail });
  const enoughMs = model.firstSignMs ?? Math.min(firstSignMs, leastMs * TELLING_SHARE);
  return silentMs >= enoughMs && !isLongRead(input) ? 'timeout' : 'out_of_time';
}

/** @returns milliseconds that the service asks to wait, where its answer says so in seconds or as a date */
export function retryAfterMs(error: unknown, now: number): number | undefined {
  const headers = (error as { $response?: { headers?: Record<string, string> } } | undefined)?.$response
    ?.headers;
  const value = headers?.['retry-after'];
  if (value === undefined || value.trim() === '') return undefined;
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
