import type { Hangup, Reply } from '../../platform/http/server';
import type { FaultEffect } from '../../platform/faults/effects';
import { withEffect } from '../../platform/faults/with-effect';
import type { Answerer } from './answerer';
import { converse, type ConverseCall } from './converse';
import type { InvokeAction } from './model-id';
import { converseStream } from './converse-stream';
import { withStreamEffect } from './broken-stream';

/** One way to call a model. */
export interface Operation {
  readonly action: InvokeAction;
  readonly answer: (
    call: ConverseCall,
    answer: Answerer,
    effect: FaultEffect | undefined,
  ) => Promise<Reply | Hangup>;
}

/** Those emulated, by the last segment of their path. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    'converse',
    {
      action: 'bedrock:InvokeModel',
      answer: (call, answer, effect) => withEffect(effect, () => converse(call, answer), call.signal),
    },
  ],
  [
    'converse-stream',
    {
      action: 'bedrock:InvokeModelWithResponseStream',
      answer: (call, answer, effect) => {
        // A whole stream that is late, not one whose first tokens come in a heap.
        const startsAt = call.arrivedAt + (effect?.kind === 'delay' ? effect.ms : 0);
        return withStreamEffect(effect, () => converseStream({ ...call, startsAt }, answer), call.signal);
      },
    },
  ],
]);
