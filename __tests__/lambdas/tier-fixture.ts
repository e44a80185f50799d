import { untouched, type Circuit } from '../../contract/circuit';
import type { ModelConfig } from '../../contract/model-config';
import type { TierEvent, TierOutcome } from '../../contract/workflow';
import { createLog } from '../../lambdas/adapters/log';
import { createMetrics } from '../../lambdas/adapters/metrics';
import type { WorkflowTier } from '../../lambdas/tier/answer-with-model';
import { CircuitBreaker } from '../../lambdas/tier/circuit/circuit-breaker';
import { Conversations } from '../../lambdas/tier/conversations';
import type { Bedrock } from '../../lambdas/tier/converse';
import { SETTINGS } from './circuit/settings';
import { MemoryStore } from './circuit/memory-store';
import { counts, says, stops } from './scripted-bedrock';

/** Must appear in no line of the log. */
export const QUESTION = 'canary-of-the-question';
export const ANSWER = 'canary-of-the-answer';

export const PRIMARY = 'us.anthropic.primary';
export const FALLBACK = 'us.amazon.fallback';

const rule = {
  systemPrompt: 'Be brief.',
  maxTokens: 100,
  primary: { modelId: PRIMARY, contextTokens: 200 },
  fallback: { modelId: FALLBACK, contextTokens: 1_000 },
};

export const RULES: ModelConfig = { maintenanceMessage: 'Back at noon.', default: rule, types: {} };

export const event = (changes: Partial<TierEvent> = {}): TierEvent => ({
  source: 'caller',
  caller: 'shop',
  tokensPerDay: '',
  requestId: 'request-1',
  startedAt: new Date().toISOString(),
  body: JSON.stringify({ question: QUESTION }),
  bodyTooLarge: false,
  ...changes,
});

/** A model that answers. */
export const ANSWERING = [says(ANSWER), stops('end_turn'), counts(7, 3)];

export type Line = Readonly<Record<string, unknown>>;

/** A tier with everything but Bedrock, AppConfig and DynamoDB real; `lines` is its log. */
export function setUpTier(bedrock: Bedrock, changes: Partial<WorkflowTier> = {}) {
  const written: string[] = [];
  const write = (line: string) => written.push(line);
  const store = new MemoryStore();
  const [log, metrics] = [createLog(write), createMetrics('assistant', write)];
  const tier: WorkflowTier = {
    tier: 'primary',
    region: 'us-east-1',
    deadlineMs: 5_000,
    lastDeadlineMs: 9_000,
    circuits: new CircuitBreaker({
      store,
      settings: SETTINGS,
      onTransition: (of, _, to) => {
        metrics.countTransition(of, to);
      },
      onStoreFailure: () => undefined,
    }),
    budget: { secondsToWait: () => Promise.resolve(undefined), count: () => Promise.resolve(true) },
    conversations: new Conversations({ store: undefined, onStoreFailure: () => undefined }),
    bedrock,
    unstreamed: new Set(),
    guardrail: undefined,
    maxRetryAfterMs: 2_000,
    leastMs: changes.deadlineMs ?? 5_000,
    log,
    metrics,
    rules: { current: () => Promise.resolve({ config: RULES, source: 'appconfig', version: 'v1' }) },
    ...changes,
  };
  return {
    tier,
    store,
    written,
    lines: () => written.map((line) => JSON.parse(line) as Line),
    /** The circuit's failures that all instances know of. */
    circuitOf: (of: string): Circuit => store.items.get(of) ?? untouched(of),
  };
}

/** What the caller reads, where a tier has the response. */
export const bodyOf = (outcome: TierOutcome): unknown =>
  'response' in outcome ? JSON.parse(outcome.response.body) : undefined;

/** Embedded metrics, without what CloudWatch's format adds around them. */
export const metricsIn = (lines: readonly Line[], name: string) => lines.filter((line) => name in line);
