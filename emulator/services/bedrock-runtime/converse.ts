import type { Reply } from '../../platform/http/server';
import type { Answerer } from './answerer';
import { sleepUntil } from './behaviour/sleep-until';
import { estimateTokens } from './tokens';
import { latencyMs, takeTurn, type ConverseCall } from './turn';

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
