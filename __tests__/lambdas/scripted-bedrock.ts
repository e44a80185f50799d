import type { ConverseCommandInput, ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { setTimeout as sleep } from '../support/timers-promises';
import type { Bedrock } from '../../lambdas/tier/converse';

/** An event, a pause in milliseconds, or what the stream throws. */
export type Step = ConverseStreamOutput | number | Error;

const delta = (content: object) =>
  ({ contentBlockDelta: { contentBlockIndex: 0, delta: content } }) as ConverseStreamOutput;

export const start: Step = { messageStart: { role: 'assistant' } };
export const says = (text: string): Step => delta({ text });
export const thinks = (text: string): Step => delta({ reasoningContent: { text } });
export const stops = (stopReason: string): Step =>
  ({ messageStop: { stopReason } }) as unknown as ConverseStreamOutput;
export const counts = (inputTokens: number, outputTokens: number): Step => ({
  metadata: {
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: undefined,
  },
});

/** Ends with the signal, as the SDK's streams do. */
async function* play(steps: readonly Step[], signal: AbortSignal): AsyncGenerator<ConverseStreamOutput> {
  for (const step of steps) {
    if (typeof step === 'number') await sleep(step, undefined, { signal });
    else if (step instanceof Error) throw step;
    else yield step;
  }
}

export interface ScriptedBedrock extends Bedrock {
  /** What it was asked, by the call that was used. */
  readonly calls: (readonly [call: 'converse' | 'converseStream', input: ConverseCommandInput])[];
}

/**
 * A Bedrock whose models do as each call's script says, the last one for all further calls; a script that begins with
 * an error fails the call itself.
 */
export function scripted(...scripts: readonly (readonly Step[])[]): ScriptedBedrock {
  const left = [...scripts];
  const next = () => (left.length > 1 ? left.shift() : left[0]) ?? [];
  const calls: ScriptedBedrock['calls'] = [];
  const silence = (steps: readonly Step[], signal: AbortSignal) =>
    typeof steps[0] === 'number' ? sleep(steps[0], undefined, { signal }) : Promise.resolve();
  return {
    calls,
    async converseStream(input, signal) {
      calls.push(['converseStream', input]);
      const steps = next();
      if (steps[0] instanceof Error) throw steps[0];
      await silence(steps, signal);
      return play(typeof steps[0] === 'number' ? steps.slice(1) : steps, signal);
    },
    async converse(input, signal) {
      calls.push(['converse', input]);
      let text = '';
      let stopReason: string | undefined;
      const steps = next();
      for await (const event of play(steps, signal)) {
        text += event.contentBlockDelta?.delta?.text ?? '';
        stopReason = event.messageStop?.stopReason ?? stopReason;
      }
      const message = { role: 'assistant', content: [{ text }] } as const;
      const usage = { inputTokens: 7, outputTokens: 3, totalTokens: 10 };
      return {
        output: { message: { ...message, content: [...message.content] } },
        stopReason: stopReason as never,
        usage,
        metrics: { latencyMs: 1 },
        $metadata: {},
      };
    },
  };
}

/** A Bedrock that fails each call like this. */
export function failing(error: unknown) {
  const bedrock = scripted([]);
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what the SDK threw, or nothing at all
  bedrock.converseStream = () => Promise.reject(error);
  return bedrock;
}
