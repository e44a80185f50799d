import type { RegionService } from '../../control-api/status';
import type { Clock } from '../../platform/clock';
import { AppConfig, type Monitoring } from '../../services/appconfig/appconfig';
import type { Answerer } from '../../services/bedrock-runtime/answerer';
import { createBedrock, type Bedrock } from '../../services/bedrock-runtime/bedrock';
import { Guardrails } from '../../services/bedrock-runtime/guardrail';
import { createModelCatalogue } from '../../services/bedrock/model-access';
import type { ModelBehaviours } from '../../services/bedrock-runtime/model-behaviours';
import { invokedArns } from '../../services/bedrock-runtime/model-id';
import { openAiCompatible } from '../../services/bedrock-runtime/open-ai-compatible';
import { createRealBedrock } from '../../services/bedrock-runtime/real-bedrock';
import { standIn } from '../../services/bedrock-runtime/answerer';
import { DynamoDb } from '../../services/dynamodb/dynamodb';
import type { Replication } from '../../services/dynamodb/replication';
import { createIam, IAM_REGION } from '../../services/iam/iam-api';
import type { Faults } from '../../platform/faults/faults';
import type { Resource } from '../../stack/resource';
import type { Stack } from '../../stack/stack';
import type { BedrockMode } from './bedrock-mode';
import { OPERATOR, type RoleSessions, type ServiceClient } from '../../platform/policy/authorizer';
import { createServiceQuotas } from '../../services/servicequotas/service-quotas';
import { XRay, type XRayOptions } from '../../services/xray/xray';

/** The services that the region's functions call, or those who operate it, each on a port of its own. */
export interface Services {
  readonly appConfig: AppConfig;
  readonly bedrock: Bedrock;
  readonly guardrails: Guardrails;
  readonly dynamoDb: DynamoDb;
  /** Bedrock's control plane. */
  readonly catalogue: ReturnType<typeof createModelCatalogue>;
  readonly iam: ReturnType<typeof createIam>;
  readonly serviceQuotas: ReturnType<typeof createServiceQuotas>;
  readonly xray: XRay;
}

/** The SDK clients' configurations by which an operator reaches them. */
export function serviceClients(
  endpoints: ServiceEndpoints,
  region: string,
): Readonly<Record<RegionService, ServiceClient>> {
  const client = (endpoint: string) => ({ endpoint, region, credentials: OPERATOR });
  // The emulator serves AppConfig's control plane and data plane on one port.
  const appConfig = client(endpoints.AWS_ENDPOINT_URL_APPCONFIGDATA);
  return {
    appConfig,
    appConfigData: appConfig,
    bedrock: client(endpoints.AWS_ENDPOINT_URL_BEDROCK),
    iam: { ...client(endpoints.AWS_ENDPOINT_URL_IAM), region: IAM_REGION },
    bedrockRuntime: client(endpoints.AWS_ENDPOINT_URL_BEDROCK_RUNTIME),
    dynamoDb: client(endpoints.AWS_ENDPOINT_URL_DYNAMODB),
    serviceQuotas: client(endpoints.AWS_ENDPOINT_URL_SERVICE_QUOTAS),
    xray: client(endpoints.AWS_ENDPOINT_URL_XRAY),
  };
}

/** Their URLs, by the environment variables that lead the AWS SDK to them. */
export interface ServiceEndpoints {
  readonly AWS_ENDPOINT_URL_APPCONFIGDATA: string;
  readonly AWS_ENDPOINT_URL_BEDROCK: string;
  readonly AWS_ENDPOINT_URL_BEDROCK_RUNTIME: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB: string;
  readonly AWS_ENDPOINT_URL_IAM: string;
  readonly AWS_ENDPOINT_URL_SERVICE_QUOTAS: string;
  readonly AWS_ENDPOINT_URL_XRAY: string;
  /** Not the SDK's, but Lambda's own. */
  readonly AWS_XRAY_DAEMON_ADDRESS: string;
}

interface ServicesOptions {
  readonly role: 'primary' | 'secondary';
  readonly stack: Stack;
  /** What is deployed when it is asked. */
  readonly deployed: Pick<Stack, 'of'>;
  readonly tables: readonly Resource[];
  readonly replication: Replication;
  readonly mode: BedrockMode;
  readonly faults: Faults;
  readonly clock: Clock;
  /** What the models' lifecycle goes by, in milliseconds since the epoch. */
  readonly modelsNow: () => number;
  readonly monitoring: Monitoring;
  readonly sessions: RoleSessions;
  readonly behaviours: Pick<ModelBehaviours, 'next'>;
  /** The account's own models that this region serves now: ARN to base model. Undefined: it has none. */
  readonly ownModels: ReadonlyMap<string, string> | undefined;
  /** Takes what is traced, for whoever else wants it. */
  readonly onDocument: XRayOptions['onDocument'];
  /** Takes what a service is at fault with: the models' server, or X-Ray. */
  readonly onLog: (source: string, line: string) => void;
}

/** @throws UnsupportedError with the address of what is not emulated */
export function createServices(options: ServicesOptions): Services {
  const {
    role,
    stack,
    deployed,
    tables,
    replication,
    faults,
    clock,
    modelsNow,
    monitoring,
    sessions,
    onDocument,
    onLog,
  } = options;
  const { region, resources } = stack;
  const authorize = (accessKeyId: string, action: string, resource: string) => {
    sessions.authorize(accessKeyId, action, resource);
  };
  const guardrails = new Guardrails(resources);
  return {
    guardrails,
    appConfig: new AppConfig(resources, {
      authorize,
      speed: clock.speed,
      emulatedNow: () => clock.now(),
      monitoring,
      intercept: faults.regionalInterceptor(role, 'appconfig'),
    }),
    dynamoDb: new DynamoDb(tables, {
      region,
      replication,
      intercept: faults.regionalInterceptor(role, 'dynamodb'),
      authorize,
    }),
    catalogue: createModelCatalogue({
      ...{ region, authorize, now: modelsNow },
      modelFault: faults.interceptor(role, 'bedrock'),
      intercept: faults.interceptor(role, 'region'),
    }),
    iam: createIam({ stack: deployed, authorize }),
    serviceQuotas: createServiceQuotas({
      ...{ region, authorize },
      modelFault: faults.interceptor(role, 'bedrock'),
      intercept: faults.interceptor(role, 'region'),
    }),
    xray: new XRay({
      ...{ region, resources, authorize, onDocument },
      now: () => clock.now(),
      authorizeRole: (role, action) => {
        monitoring.authorizer.authorize(role, action, '*');
      },
      intercept: faults.interceptor(role, 'region'),
      onLog: (line: string) => {
        onLog('xray', line);
      },
    }),
    bedrock: models(options, guardrails, authorize),
  };
}

/** Who answers for the models. */
function models(
  { stack: { region }, role, mode, faults, modelsNow, behaviours, ownModels, onLog }: ServicesOptions,
  guardrails: Guardrails,
  authorize: (accessKeyId: string, action: string, resource: string) => void,
): Bedrock {
  const log = (line: string) => {
    onLog('bedrock', line);
  };
  if (mode.kind === 'aws') return createRealBedrock({ region, authorize, onLog: log });
  return createBedrock({
    region,
    role,
    now: modelsNow,
    intercept: faults.regionalInterceptor(role, 'bedrock'),
    answer: mode.kind === 'openai' ? logged(openAiCompatible(mode), log) : standIn,
    behaviours,
    ownModels,
    guardrails,
    authorizeGuardrail: (accessKeyId, arn) => {
      authorize(accessKeyId, 'bedrock:ApplyGuardrail', arn);
    },
    authorize: (accessKeyId, modelId, action) => {
      for (const arn of invokedArns(modelId, region)) {
        authorize(accessKeyId, action, arn);
      }
    },
  });
}

export async function listenServices(services: Services): Promise<ServiceEndpoints> {
  const { appConfig, bedrock, dynamoDb, catalogue, iam, serviceQuotas, xray } = services;
  const [appConfigUrl, bedrockUrl, dynamoDbUrl, catalogueUrl, iamUrl, quotasUrl, traces] = await Promise.all([
    appConfig.listen(),
    bedrock.listen(),
    dynamoDb.listen(),
    catalogue.listen(),
    iam.listen(),
    serviceQuotas.listen(),
    xray.listen(),
  ]);
  return {
    AWS_ENDPOINT_URL_APPCONFIGDATA: appConfigUrl,
    AWS_ENDPOINT_URL_BEDROCK: catalogueUrl,
    AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDbUrl,
    AWS_ENDPOINT_URL_IAM: iamUrl,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: quotasUrl,
    AWS_ENDPOINT_URL_XRAY: traces.endpoint,
    AWS_XRAY_DAEMON_ADDRESS: traces.daemon,
  };
}

export async function closeServices({ guardrails: _, ...services }: Services): Promise<void> {
  await Promise.all(Object.values(services).map((service) => service.close()));
}

/** The functions tell the failure's class alone; what is wrong with a server on this machine, its user has to know. */
function logged(answer: Answerer, onLog: (line: string) => void): Answerer {
  return async (question, signal) => {
    try {
      return await answer(question, signal);
    } catch (error) {
      onLog(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
}
