import type { TierTime } from '../contract/environment';
import type { AssistantConfig } from './config/assistant-config';

/** Whole seconds after which the state machine gives up on a task, and Lambda ends the function behind it. */
interface Limits {
  readonly taskSeconds: number;
  readonly functionSeconds: number;
}

/** The answer waits for a count, and is worth more. */
const COUNT_TASK_SECONDS = 1;

const DEGRADATION_FUNCTION_SECONDS = 3;

/** Route 53 waits 2 s for a health check's response; a start that came too late serves the next one. */
const HEALTH: Limits = { taskSeconds: 2, functionSeconds: 5 };

/** Longer than an issuer may take to send its keys: lambdas/adapters/jwt.ts. */
const AUTHORIZER_FUNCTION_SECONDS = 5;

/** Beside the time that a streamed answer may take, for what an instance does before and after. */
const STREAM_MARGIN_SECONDS = 5;

/**
 * When all ends that waits for something, from what is configured. Each waits for longer than what it waits for: a tier
 * ends itself at its deadline, a second later the state machine gives up on it, and another second later Lambda ends it.
 * API Gateway waits for 29 s, more than `budget.totalMs` can be.
 */
export function deadlines({ budget, streaming }: Pick<AssistantConfig, 'budget' | 'streaming'>) {
  const { totalMs, primaryMs, reserveMs } = budget;
  const lastDeadlineMs = totalMs - reserveMs;
  const primary = tier({ deadlineMs: primaryMs, leastMs: primaryMs });
  const fallback = tier({ deadlineMs: lastDeadlineMs, leastMs: lastDeadlineMs - primaryMs });
  const degradation: Limits = {
    taskSeconds: Math.ceil(reserveMs / 1_000),
    functionSeconds: DEGRADATION_FUNCTION_SECONDS,
  };
  const longestMs = streaming.maxSeconds * 1_000;
  // A primary model that dies at the end of its time leaves the fallback model its own, once: lambdas/chat/converse.ts.
  const streamMs = Math.max(longestMs, primaryMs) + totalMs - primaryMs;
  return {
    lastDeadlineMs,
    primary,
    fallback: {
      ...fallback,
      /** After a primary function on which the state machine has given up. */
      afterTimeoutSeconds: Math.max(1, fallback.taskSeconds - primary.taskSeconds),
    },
    degradation,
    health: HEALTH,
    authorizer: { functionSeconds: AUTHORIZER_FUNCTION_SECONDS },
    count: { taskSeconds: COUNT_TASK_SECONDS },
    // Longer than a caller is kept waiting: where every function hangs, the canary that found it is counted.
    execution: { seconds: fallback.taskSeconds + degradation.taskSeconds + COUNT_TASK_SECONDS + 1 },
    stream: { longestMs, functionSeconds: Math.ceil(streamMs / 1_000) + STREAM_MARGIN_SECONDS },
  };
}

const tier = (time: TierTime): Limits & { readonly time: TierTime } => {
  const seconds = Math.ceil(time.deadlineMs / 1_000);
  return { time, taskSeconds: seconds + 1, functionSeconds: seconds + 2 };
};
