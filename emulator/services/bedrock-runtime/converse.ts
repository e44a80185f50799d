import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import type { StopReason } from '@aws-sdk/client-bedrock-runtime';
import { FAULT_MODES } from '../../platform/faults/modes';
import { AwsError } from '../../platform/http/aws-error';
import type { Reply } from '../../platform/http/server';
import { type Answerer, estimateTokens } from './answerer';
import {
  type ConverseRequest,
  inputTokens,
  parseConverseRequest,
  requireModelAccepts,
} from './converse-request';
import type { Guardrail, GuardrailReference, Verdict } from './guardrail';
import type { Draw } from './model-behaviours';
import { type ModelSetting, resolveModel, tunedFrom } from './model-id';

/**
 * Answers one Converse request.
 * @returns 200 with Converse's output
 * @throws AwsError what Bedrock refuses, or the answerer's failure
 */
export async function converse(call: ConverseCall, answer: Answerer): Promise<Reply> {
  const { text, stopReason, usage, schedule } = await takeTurn(call, answer);
  await sleepUntil(schedule.end(estimateTokens(text)), call.signal);
  return {
    status: 200,
    body: {
      // A model that says nothing is answered for without a content block.
      output: { message: { role: 'assistant', content: text === '' ? [] : [{ text }] } },
      stopReason,
      usage,
      metrics: { latencyMs: latencyMs(call) },
    },
  };
}

export interface ConverseCall extends ModelSetting {
  readonly modelId: string;
  /** the request's parsed JSON */
  readonly body: unknown;
  readonly signal: AbortSignal;
  /** when the request had arrived, on the clock of `performance.now()` */
  readonly arrivedAt: number;
  /** from when on the model works, on the same clock; default: the arrival */
  readonly startsAt?: number;
  /** how this call is to go; called once it is valid */
  readonly draw: () => Draw | undefined;
  /** @throws AwsError where there is none such, or the caller may not apply it */
  readonly guardrail: (named: GuardrailReference) => Guardrail;
}

/** What the model says to one request, and when. */
export interface Turn {
  readonly text: string;
  /** What a stream has said before a guardrail stopped it; the text is its message then. */
  readonly passed?: string;
  readonly stopReason: StopReason;
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly totalTokens: number;
  };
  /** by estimated tokens of the text, which are the stand-in's own */
  readonly schedule: Schedule;
}

/** @throws AwsError what Bedrock refuses, what the call was drawn to fail with, or the answerer's failure */
export async function takeTurn(call: ConverseCall, answer: Answerer): Promise<Turn> {
  const { modelId, region, body, signal } = call;
  const model = resolveModel(modelId, call);
  // Of what is served when the call arrives.
  const base = tunedFrom(modelId, call);
  const parsed = parseConverseRequest(body);
  requireModelAccepts(model, parsed);
  const guardrail = parsed.guardrailConfig && call.guardrail(parsed.guardrailConfig);
  const { request, verdict: ofInput } = judgeInput(parsed, guardrail);
  if (ofInput?.kind === 'blocked') {
    const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 };
    const schedule = scheduleOf(call.startsAt ?? call.arrivedAt, undefined);
    return { text: ofInput.message, stopReason: 'guardrail_intervened', usage, schedule };
  }
  const drawn = call.draw();
  const schedule = scheduleOf(call.startsAt ?? call.arrivedAt, drawn);
  if (drawn) await failAsDrawn(drawn, schedule, signal);
  const question = {
    ...request,
    modelId,
    region,
    ...(base !== undefined && { base }),
    ...(drawn?.outputTokens !== undefined && { outputTokens: drawn.outputTokens }),
  };
  const { text, stopReason = 'end_turn', ...counted } = await answer(question, signal);
  const usage = {
    inputTokens: counted.inputTokens ?? inputTokens(request),
    outputTokens: counted.outputTokens ?? estimateTokens(text),
  };
  const totalTokens = usage.inputTokens + usage.outputTokens;
  const turn = { text, stopReason, usage: { ...usage, totalTokens }, schedule };
  return { ...turn, ...judgedOutput(text, guardrail, ofInput) };
}

/** The last message is the caller's question; what is masked in it, the model does not see. */
function judgeInput(request: ConverseRequest, guardrail: Guardrail | undefined) {
  const verdicts: (ReturnType<Guardrail['judge']> | undefined)[] = [];
  const judge = ({ text }: { readonly text: string }) => {
    const verdict = guardrail?.judge(text, 'input');
    verdicts.push(verdict);
    return { text: verdict?.kind === 'masked' ? verdict.text : text };
  };
  const messages = request.messages.map(({ role, content }, index) => ({
    role,
    content: request.isJudged[index] ? content.map(judge) : content,
  }));
  const system = request.system.map((block, index) => (request.isSystemMarked[index] ? judge(block) : block));
  const verdict =
    verdicts.find((each) => each?.kind === 'blocked') ?? verdicts.find((each) => each?.kind === 'masked');
  return { request: { ...request, messages, system }, verdict };
}

/**
 * What the guardrail leaves of an answer. That Converse says `guardrail_intervened` of what it only masks is not in its
 * documentation; ApplyGuardrail calls it an intervention.
 */
function judgedOutput(
  text: string,
  guardrail: Guardrail | undefined,
  ofInput: Verdict | undefined,
): Partial<Turn> {
  const verdict = guardrail?.judge(text, 'output') ?? { kind: 'passed' };
  const stopReason = 'guardrail_intervened';
  switch (verdict.kind) {
    case 'blocked':
      return { text: verdict.message, passed: text.slice(0, verdict.at), stopReason };
    case 'masked':
      return { text: verdict.text, stopReason };
    case 'passed':
      return ofInput?.kind === 'masked' ? { stopReason } : {};
  }
}

async function failAsDrawn({ outcome }: Draw, schedule: Schedule, signal: AbortSignal): Promise<void> {
  if (outcome === 'answer') return;
  if (outcome === 'error') await sleepUntil(schedule.said(1), signal);
  const { status, type, message } = FAULT_MODES.bedrock[outcome];
  throw new AwsError(status, type, message);
}

/** What Bedrock reports as `latencyMs`: whole milliseconds since the request's arrival. */
export const latencyMs = ({ arrivedAt }: ConverseCall): number => Math.round(performance.now() - arrivedAt);

/** When the tokens of an answer are due; times are those of `performance.now()`. */
interface Schedule {
  /** @param count how many tokens have been said by then, 1 or more */
  said(count: number): number;
  /** The end of an answer of so many tokens. */
  end(count: number): number;
  /** undefined where all of them come at once */
  readonly tokensPerSecond: number | undefined;
}

/**
 * The first token comes after the time to first token, the others at the drawn rate, and the end when one more would
 * have come: an answer of n tokens takes `timeToFirstTokenMs + n / tokensPerSecond`.
 * @param startedAt when the request had arrived
 */
export function scheduleOf(startedAt: number, drawn: Draw | undefined): Schedule {
  const { timeToFirstTokenMs = 0, tokensPerSecond } = drawn ?? {};
  const first = startedAt + timeToFirstTokenMs;
  const msPerToken = tokensPerSecond === undefined ? 0 : 1000 / tokensPerSecond;
  return {
    tokensPerSecond,
    said: (count) => first + (count - 1) * msPerToken,
    end: (count) => first + count * msPerToken,
  };
}

/** Timers fire up to about this much before or after their time. */
const TIMER_MS = 1;

/**
 * Waits until `performance.now()` has reached a deadline, never less. The last millisecond or two are waited out turn
 * by turn, because a timer alone is 0.6 ms late (median) or, rounded down, up to 1.8 ms early. Measured on two cores
 * under other load, at 1 to 50 calls at once: 0.01 to 0.13 ms late (median), for a third of a core at 50; what is
 * later than that (p95: 0.3 to 4 ms) is the machine's doing.
 * @throws AbortError
 */
export async function sleepUntil(deadline: number, signal: AbortSignal): Promise<void> {
  for (let rest = left(deadline); rest > 0; rest = left(deadline)) {
    const timed = Math.floor(rest) - TIMER_MS;
    if (timed >= 1) await pause(timed, signal);
    else await nextTurn(undefined, { signal });
  }
}

/**
 * Waits like `sleepUntil`, up to about 2 ms longer and without work for the processor: for the many steps of a stream
 * between its first token and its end.
 * @throws AbortError
 */
export async function sleepPast(deadline: number, signal: AbortSignal): Promise<void> {
  for (let rest = left(deadline); rest > 0; rest = left(deadline)) await pause(Math.ceil(rest), signal);
}

const left = (deadline: number): number => deadline - performance.now();

/** setTimeout takes anything longer for 1 ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  delay(Math.min(ms, LONGEST_TIMER_MS), undefined, { signal });
