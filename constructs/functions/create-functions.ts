import type { Construct } from 'constructs';
import type {
  AuthorizerEnvironment,
  ChatEnvironment,
  DegradationEnvironment,
  ModelConfigEnvironment,
  TierEnvironment,
  TimeBudget,
} from '../../contract/environment';
import type { CircuitTable } from '../circuit-table';
import { FORGETTING } from '../conversation-access';
import { knownCallers } from '../config/callers-config';
import type { Guardrail } from '../guardrail';
import type { ModelSelection } from '../model-selection';
import type { PartProps } from '../part-props';
import type { UsageTable } from '../usage-table';
import { AssistantFunction } from './assistant-function';
import { modelAccess, SDK_MEMORY_MB } from './model-access';

export interface AssistantFunctionsProps extends PartProps {
  readonly modelSelection: ModelSelection;
  readonly circuits: CircuitTable;
  readonly usage: UsageTable;
  /** What questions and answers are held against; nothing where it is left out. */
  readonly guardrail: Guardrail | undefined;
}

export interface AssistantFunctions {
  readonly primaryModel: AssistantFunction;
  readonly fallbackModel: AssistantFunction;
  readonly degradation: AssistantFunction;
  readonly health: AssistantFunction;
  /** The health function again, for Route 53 alone: no stranger's question takes its concurrency. */
  readonly probe: AssistantFunction;
}

const LEAN_MEMORY_MB = 256;

/** Longer than the state machine waits for it: a start that came too late serves the next request. */
const HEALTH_START_SECONDS = 5;
const DEGRADATION_TIMEOUT_SECONDS = 3;

/** Longer than an issuer may take to send its keys. */
const AUTHORIZER_TIMEOUT_SECONDS = 5;

/** The function that says who asks; none where anybody may. */
export function createAuthorizer(scope: Construct, props: PartProps): AssistantFunction | undefined {
  const callers = knownCallers(props.config.callers, props.config.project);
  if (callers === undefined) return undefined;
  return new AssistantFunction(scope, 'authorizer', {
    ...props,
    entry: 'authorizer',
    reservedConcurrency: props.config.reservedConcurrency?.authorizer,
    description: 'Says who asks, by key or token',
    timeoutSeconds: AUTHORIZER_TIMEOUT_SECONDS,
    memoryMb: LEAN_MEMORY_MB,
    environment: { CALLERS: JSON.stringify(callers) } satisfies AuthorizerEnvironment,
    statements: [],
  });
}

const degradationEnvironment = (config: PartProps['config']): DegradationEnvironment => ({
  METRIC_NAMESPACE: config.project,
  MAINTENANCE_MESSAGE: config.maintenanceMessage,
  RETRY_AFTER_SECONDS: String(config.retryAfterSeconds),
});

/** Beside the time that an answer may take, for what an instance does before and after. */
const CHAT_MARGIN_SECONDS = 5;

/** The function that streams: all tiers in one, which API Gateway calls itself. */
export function createChat(scope: Construct, props: AssistantFunctionsProps): AssistantFunction {
  const { config } = props;
  const { budget, streaming, callers } = config;
  const access = modelAccess(props, FORGETTING);
  const longestMs = streaming.maxSeconds * 1_000;
  // A primary model that dies at the end of its time leaves the fallback model its own, once: chat keeps to that.
  const wholeMs = Math.max(longestMs, budget.primaryMs) + budget.totalMs - budget.primaryMs;
  return new AssistantFunction(scope, 'chat', {
    ...props,
    ...access,
    entry: 'chat',
    reservedConcurrency: config.reservedConcurrency?.chat,
    description: 'Streams answers, by all tiers',
    timeoutSeconds: Math.ceil(wholeMs / 1_000) + CHAT_MARGIN_SECONDS,
    environment: {
      ...access.environment,
      ...degradationEnvironment(config),
      TIME_BUDGET: JSON.stringify({ ...budget, longestMs } satisfies TimeBudget),
      TOKENS_PER_DAY: String(callers.limits?.tokensPerDay ?? ''),
      SYSTEM_MESSAGES: config.openai.systemMessages,
    } satisfies ChatEnvironment,
  });
}

/** The functions that the state machine calls. */
export function createFunctions(scope: Construct, props: AssistantFunctionsProps): AssistantFunctions {
  const { config, account, modelSelection } = props;
  const { totalMs, primaryMs, reserveMs } = config.budget;
  const access = modelAccess(props);

  const tier = (deadlineMs: number, leastMs: number) => ({
    ...props,
    ...access,
    // The tier ends itself at its deadline; of one that does not, the state machine hears before Lambda ends it.
    timeoutSeconds: Math.ceil(deadlineMs / 1_000) + 2,
    environment: {
      ...access.environment,
      TIER_DEADLINE_MS: String(deadlineMs),
      LAST_TIER_DEADLINE_MS: String(totalMs - reserveMs),
      TIER_LEAST_MS: String(leastMs),
    } satisfies TierEnvironment,
  });
  const health = {
    ...props,
    entry: 'health',
    timeoutSeconds: HEALTH_START_SECONDS,
    memoryMb: SDK_MEMORY_MB,
    environment: modelSelection.environmentVariables satisfies ModelConfigEnvironment,
    statements: [modelSelection.readStatement(account)],
  } as const;
  return {
    primaryModel: new AssistantFunction(scope, 'primary-model', {
      ...tier(primaryMs, primaryMs),
      entry: 'primary-model',
      reservedConcurrency: config.reservedConcurrency?.primaryModel,
      description: 'Answers with the primary model of the request type',
    }),
    fallbackModel: new AssistantFunction(scope, 'fallback-model', {
      ...tier(totalMs - reserveMs, totalMs - reserveMs - primaryMs),
      entry: 'fallback-model',
      reservedConcurrency: config.reservedConcurrency?.fallbackModel,
      description: 'Answers with the fallback model of the request type',
    }),
    degradation: new AssistantFunction(scope, 'degradation', {
      ...props,
      entry: 'degradation',
      reservedConcurrency: config.reservedConcurrency?.degradation,
      description: 'Says honestly that no model could answer',
      timeoutSeconds: DEGRADATION_TIMEOUT_SECONDS,
      memoryMb: LEAN_MEMORY_MB,
      environment: degradationEnvironment(config),
      statements: [],
    }),
    health: new AssistantFunction(scope, 'health', {
      ...health,
      description: 'Says to people whether this region can serve',
    }),
    probe: new AssistantFunction(scope, 'probe', {
      ...health,
      description: 'Says to Route 53 whether this region can serve',
      reservedConcurrency: config.healthCheck.reservedConcurrency,
    }),
  };
}
