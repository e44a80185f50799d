import type { CircuitSettings } from '../../contract/circuit';
import type { TierTime } from '../../contract/environment';
import { shippedModelConfig } from '../../contract/default-model-config';
import type { Guardrail } from '../../contract/guardrail';
import type { TierEvent, TierOutcome } from '../../contract/workflow';
import type { KeptConversations } from '../../contract/conversation';
import { createAppConfigClient } from '../adapters/appconfig';
import { createBedrock } from '../adapters/bedrock';
import { dynamoDbCircuitStore } from '../adapters/circuit-table';
import { dynamoDbConversationStore } from '../adapters/conversation-table';
import { createDynamoDb } from '../adapters/dynamodb';
import { copyEnvironment } from '../adapters/environment';
import { createLog } from '../adapters/log';
import { createMetrics } from '../adapters/metrics';
import { dynamoDbUsageStore } from '../adapters/usage-table';
import { createTracer } from '../adapters/xray';
import { answerWithModel, type WorkflowTier } from '../tier/answer-with-model';
import type { ModelTier } from '../tier/ask-tier';
import { CircuitBreaker } from '../tier/circuit/circuit-breaker';
import { Conversations } from '../tier/conversations';
import { ModelConfigSource } from '../tier/model-config-source';
import { nameOf } from '../tier/telemetry';
import { TokenBudget } from '../tier/token-budget';

/** A tier's handler. */
export function composeTier(tier: ModelTier['tier']): (event: TierEvent) => Promise<TierOutcome> {
  const { environment, access } = composeAccess();
  const model: WorkflowTier = {
    ...access,
    tier,
    ...(JSON.parse(environment('TIER_TIME')) as TierTime),
    lastDeadlineMs: Number(environment('LAST_DEADLINE_MS')),
  };
  return (event) => answerWithModel(model, event);
}

/** What every tier of this instance shares: its view of the region's rules and circuits, and the way to its models. */
export function composeAccess() {
  const environment = copyEnvironment();
  const log = createLog();
  const metrics = createMetrics(environment('METRIC_NAMESPACE'));
  const failing = (message: string, count?: () => void) => (error: unknown) => {
    log('WARN', message, { error: nameOf(error) });
    count?.();
  };
  const shipped = shippedModelConfig(environment('MODEL_GEOGRAPHY'));
  const rules = new ModelConfigSource({
    client: createAppConfigClient(environment),
    shipped,
    log,
    onFailure: metrics.countConfigurationFailure,
  });
  // The rules are on their way before the first request is: an instance's first poll is part of its start.
  void rules.current();
  const dynamoDb = createDynamoDb();
  const circuits = new CircuitBreaker({
    store: dynamoDbCircuitStore(environment('CIRCUIT_TABLE'), dynamoDb),
    settings: JSON.parse(environment('CIRCUIT_SETTINGS')) as CircuitSettings,
    onTransition: (model, from, to) => {
      log(to === 'closed' ? 'INFO' : 'WARN', 'circuit_transition', { model, from, to });
      metrics.countTransition(model, to);
    },
    onStoreFailure: (error, wasFrozen) => {
      failing('circuit_store_failed', wasFrozen ? undefined : metrics.countCircuitStoreFailure)(error);
    },
  });
  const budget = new TokenBudget({
    store: dynamoDbUsageStore(environment('USAGE_TABLE'), dynamoDb),
    onStoreFailure: failing('usage_store_failed', metrics.countUsageFailure),
  });
  const kept = optional(environment('CONVERSATIONS')) as KeptConversations | undefined;
  const onConversationFailure = failing('conversation_store_failed', metrics.countConversationFailure);
  const conversations = new Conversations({
    store: kept && dynamoDbConversationStore(kept, dynamoDb),
    onStoreFailure: onConversationFailure,
  });
  const access: Omit<ModelTier, 'tier' | keyof TierTime> = {
    region: environment('AWS_REGION'),
    maxRetryAfterMs: Number(environment('MAX_RETRY_AFTER_SECONDS')) * 1_000,
    rules,
    circuits,
    budget,
    conversations,
    bedrock: createBedrock(),
    guardrail: optional(environment('GUARDRAIL')) as Guardrail | undefined,
    unstreamed: new Set(),
    log,
    metrics,
    trace: createTracer(),
  };
  return { environment, access, kept: kept && { ...kept, dynamoDb }, onConversationFailure };
}

/** The variable has to be there: without it, a guardrail that was forgotten would be none. */
const optional = (value: string): unknown => (value === '' ? undefined : JSON.parse(value));
