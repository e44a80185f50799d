import type { Construct } from 'constructs';
import type {
  AuthorizerEnvironment,
  ChatEnvironment,
  DegradationEnvironment,
  ModelConfigEnvironment,
  TierEnvironment,
  StreamTimes,
} from '../../contract/environment';
import type { CircuitTable } from '../circuit-table';
import { deadlines } from '../deadlines';
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

/** The function that says who asks; none where anybody may. */
export function createAuthorizer(scope: Construct, props: PartProps): AssistantFunction | undefined {
  const callers = knownCallers(props.config.callers, props.config.project);
  if (callers === undefined) return undefined;
  return new AssistantFunction(scope, 'authorizer', {
    ...props,
    entry: 'authorizer',
    reservedConcurrency: props.config.reservedConcurrency?.authorizer,
    description: 'Says who asks, by key or token',
    timeoutSeconds: deadlines(props.config).authorizer.functionSeconds,
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

/** The function that streams: all tiers in one, which API Gateway calls itself. */
export function createChat(scope: Construct, props: AssistantFunctionsProps): AssistantFunction {
  const { config } = props;
  const access = modelAccess(props, FORGETTING);
  const { primary, fallback, stream } = deadlines(config);
  const times = { primary: primary.time, fallback: fallback.time, longestMs: stream.longestMs };
  return new AssistantFunction(scope, 'chat', {
    ...props,
    ...access,
    entry: 'chat',
    reservedConcurrency: config.reservedConcurrency?.chat,
    description: 'Streams answers, by all tiers',
    timeoutSeconds: stream.functionSeconds,
    environment: {
      ...access.environment,
      ...degradationEnvironment(config),
      STREAM_TIMES: JSON.stringify(times satisfies StreamTimes),
      TOKENS_PER_DAY: String(config.callers.limits?.tokensPerDay ?? ''),
      SYSTEM_MESSAGES: config.openai.systemMessages,
    } satisfies ChatEnvironment,
  });
}

/** The functions that the state machine calls. */
export function createFunctions(scope: Construct, props: AssistantFunctionsProps): AssistantFunctions {
  const { config, account, modelSelection } = props;
  const ends = deadlines(config);
  const access = modelAccess(props);

  const tier = ({ time, functionSeconds }: (typeof ends)['primary']) => ({
    ...props,
    ...access,
    timeoutSeconds: functionSeconds,
    environment: {
      ...access.environment,
      TIER_TIME: JSON.stringify(time),
      LAST_DEADLINE_MS: String(ends.lastDeadlineMs),
    } satisfies TierEnvironment,
  });
  const health = {
    ...props,
    entry: 'health',
    timeoutSeconds: ends.health.functionSeconds,
    memoryMb: SDK_MEMORY_MB,
    environment: modelSelection.environmentVariables satisfies ModelConfigEnvironment,
    statements: [modelSelection.readStatement(account)],
  } as const;
  return {
    primaryModel: new AssistantFunction(scope, 'primary-model', {
      ...tier(ends.primary),
      entry: 'primary-model',
      reservedConcurrency: config.reservedConcurrency?.primaryModel,
      description: 'Answers with the primary model of the request type',
    }),
    fallbackModel: new AssistantFunction(scope, 'fallback-model', {
      ...tier(ends.fallback),
      entry: 'fallback-model',
      reservedConcurrency: config.reservedConcurrency?.fallbackModel,
      description: 'Answers with the fallback model of the request type',
    }),
    degradation: new AssistantFunction(scope, 'degradation', {
      ...props,
      entry: 'degradation',
      reservedConcurrency: config.reservedConcurrency?.degradation,
      description: 'Says honestly that no model could answer',
      timeoutSeconds: ends.degradation.functionSeconds,
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
