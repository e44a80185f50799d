import type { StopReason } from '@aws-sdk/client-bedrock-runtime';
import { AwsError } from '../../platform/http/aws-error';
import { BEDROCK_MODES } from '../../platform/faults/bedrock-modes';
import type { Answerer } from './answerer';
import type { Draw } from './behaviour/draw';
import { scheduleOf, type Schedule } from './behaviour/schedule';
import { sleepUntil } from './behaviour/sleep-until';
import { parseConverseRequest } from './converse-request';
import { resolveModel, tunedFrom, type ModelSetting } from './model-id';
import { inputTokens, requireModelAccepts } from './model-limits';
import { estimateTokens } from './tokens';

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
}

/** What the model says to one request, and when. */
export interface Turn {
  readonly text: string;
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
  const request = parseConverseRequest(body);
  requireModelAccepts(model, request);
  const drawn = call.draw();
  const schedule = scheduleOf(call.startsAt ?? call.arrivedAt, drawn);
  if (drawn) await failAsDrawn(drawn, schedule, signal);
  const base = tunedFrom(modelId, call);
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
  return { text, stopReason, usage: { ...usage, totalTokens }, schedule };
}

async function failAsDrawn({ outcome }: Draw, schedule: Schedule, signal: AbortSignal): Promise<void> {
  if (outcome === 'answer') return;
  if (outcome === 'error') await sleepUntil(schedule.said(1), signal);
  const { status, type, message } = BEDROCK_MODES[outcome];
  throw new AwsError(status, type, message);
}

/** What Bedrock reports as `latencyMs`: whole milliseconds since the request's arrival. */
export const latencyMs = ({ arrivedAt }: ConverseCall): number => Math.round(performance.now() - arrivedAt);
