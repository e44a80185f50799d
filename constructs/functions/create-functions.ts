import type { Construct } from 'constructs';
import type {
  AuthorizerEnvironment,
  DegradationEnvironment,
  MetricsEnvironment,
  ModelConfigEnvironment,
  TierEnvironment,
} from '../../contract/environment';
import type { CircuitTable } from '../circuit-table';
import { knownCallers } from '../config/callers-config';
import type { Guardrail } from '../guardrail';
import type { Statement } from '../iam';
import type { ModelSelection } from '../model-selection';
import type { PartProps } from '../part-props';
import type { UsageTable } from '../usage-table';
import { AssistantFunction } from './assistant-function';

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

/** Lambda gives CPU by memory: with less, loading the SDK takes several times as long. */
const SDK_MEMORY_MB = 512;
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

/** The functions that the state machine calls. */
export function createFunctions(scope: Construct, props: AssistantFunctionsProps): AssistantFunctions {
  const { config, region, account, modelSelection, circuits, usage, guardrail } = props;
  const metrics: MetricsEnvironment = { METRIC_NAMESPACE: config.project };
  const { totalMs, primaryMs, reserveMs } = config.budget;
  const readModelConfig = modelSelection.readStatement(account);
  const invokeModels = invokeModelsStatement(config.modelVendors, region, account);

  const tier = (deadlineMs: number, leastMs: number) => ({
    ...props,
    // The tier ends itself at its deadline; of one that does not, the state machine hears before Lambda ends it.
    timeoutSeconds: Math.ceil(deadlineMs / 1_000) + 2,
    memoryMb: SDK_MEMORY_MB,
    environment: {
      ...modelSelection.environmentVariables,
      ...circuits.environmentVariables,
      ...usage.environmentVariables,
      ...metrics,
      TIER_DEADLINE_MS: String(deadlineMs),
      LAST_TIER_DEADLINE_MS: String(totalMs - reserveMs),
      TIER_LEAST_MS: String(leastMs),
      MAX_RETRY_AFTER_SECONDS: String(config.maxRetryAfterSeconds),
      ...(guardrail?.environmentVariables ?? { GUARDRAIL: '' }),
    } satisfies TierEnvironment,
    statements: [
      readModelConfig,
      invokeModels,
      decryptModelsStatement(region, account),
      circuits.statement,
      usage.statement,
      ...(guardrail ? [guardrail.statement] : []),
    ],
  });
  const health = {
    ...props,
    entry: 'health',
    timeoutSeconds: HEALTH_START_SECONDS,
    memoryMb: SDK_MEMORY_MB,
    environment: modelSelection.environmentVariables satisfies ModelConfigEnvironment,
    statements: [readModelConfig],
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
      environment: {
        ...metrics,
        MAINTENANCE_MESSAGE: config.maintenanceMessage,
        RETRY_AFTER_SECONDS: String(config.retryAfterSeconds),
      } satisfies DegradationEnvironment,
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

/**
 * ModelConfig changes live, IAM does not. What may be called, in terms of a ModelConfig's `modelId`:
 * - a configured vendor's model by its id, or by an inference profile of a geography or `global.`, as id or ARN: the
 *   profile is asked for here, the model in whichever region the profile reaches;
 * - an application inference profile of this account and region by its ARN, as far as its models are such a vendor's;
 * - this account's tuned models in this region, by the ARN of a deployment or of provisioned throughput.
 * Not: imported models, prompt routers, Marketplace endpoints.
 */
function invokeModelsStatement(vendors: readonly string[], region: string, account: string): Statement {
  const own = `arn:aws:bedrock:${region}:${account}`;
  return {
    // ConverseStream and, for models that do not stream, Converse.
    actions: ['bedrock:InvokeModelWithResponseStream', 'bedrock:InvokeModel'],
    resources: [
      ...vendors.map((vendor) => `arn:aws:bedrock:*::foundation-model/${vendor}.*`),
      // A `global.` profile is authorized on the model without a region, too.
      ...vendors.map((vendor) => `arn:aws:bedrock:::foundation-model/${vendor}.*`),
      ...vendors.map((vendor) => `${own}:inference-profile/*.${vendor}.*`),
      `${own}:application-inference-profile/*`,
      `${own}:custom-model-deployment/*`,
      `${own}:provisioned-model/*`,
    ],
  };
}

/** Who calls a tuned model that is encrypted with a key of the account's needs the key, too, for Bedrock alone. */
function decryptModelsStatement(region: string, account: string): Statement {
  return {
    actions: ['kms:Decrypt'],
    resources: [`arn:aws:kms:${region}:${account}:key/*`],
    conditions: { StringEquals: { 'kms:ViaService': `bedrock.${region}.amazonaws.com` } },
  };
}
