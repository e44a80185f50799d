import { AppConfig } from '../appconfig/appconfig';
import { listenRestApi, type Listener } from '../apigateway/listener';
import { RestApi } from '../apigateway/rest-api';
import type { Answerer } from '../bedrock/answerer';
import { createBedrock, type Bedrock } from '../bedrock/bedrock';
import { invokedArns } from '../bedrock/invoked-arns';
import { openAiCompatible } from '../bedrock/open-ai-compatible';
import { standIn } from '../bedrock/stand-in';
import type { Faults } from '../faults/faults';
import { createAuthorizer, type Authorizer } from '../iam/authorizer';
import type { LambdaService } from '../lambda/lambda-service';
import { ACCOUNT } from '../terraform/placement';
import type { Stack } from '../terraform/stack';
import { Activity } from './activity';
import type { BedrockMode } from './bedrock-mode';
import { startFunctions } from './functions';
import { RoleSessions } from './role-sessions';
import { startSyncExecution } from './workflow';

export type Role = 'primary' | 'secondary';

export interface LocalRegionOptions {
  readonly role: Role;
  readonly stack: Stack;
  readonly bedrock: BedrockMode;
  readonly faults: Faults;
  /** Takes each line that the region's functions and services log. */
  readonly onLog: (source: string, line: string) => void;
}

/** One region of the synthesized system, acted out on this machine. */
export class LocalRegion {
  readonly activity = new Activity();
  private listener: Listener | undefined;

  private constructor(
    readonly role: Role,
    readonly stack: Stack,
    readonly appConfig: AppConfig,
    readonly bedrock: Bedrock,
    private lambda: LambdaService | undefined,
  ) {}

  /**
   * Serves the region's API on a port of the loopback address.
   * @throws UnsupportedError with the address of what the local run does not act out
   */
  static async start(options: LocalRegionOptions, port: number): Promise<LocalRegion> {
    const { role, stack, onLog } = options;
    const authorizer = createAuthorizer(stack);
    const sessions = new RoleSessions();
    const appConfig = createAppConfig(options, authorizer, sessions);
    const region = new LocalRegion(
      role,
      stack,
      appConfig,
      bedrockOf(options, authorizer, sessions),
      undefined,
    );
    try {
      await region.serve(options, { authorizer, sessions, port });
    } catch (error) {
      await region.close();
      throw error;
    }
    onLog('api', `listening on port ${port}`);
    return region;
  }

  async close(): Promise<void> {
    await this.listener?.close();
    await this.lambda?.close();
    await Promise.all([this.appConfig.close(), this.bedrock.close()]);
  }

  private async serve(
    { stack, bedrock, onLog }: LocalRegionOptions,
    { authorizer, sessions, port }: { authorizer: Authorizer; sessions: RoleSessions; port: number },
  ): Promise<void> {
    const [appConfigData, bedrockRuntime] = await Promise.all([
      this.appConfig.listen(),
      this.bedrock.listen(),
    ]);
    this.lambda = startFunctions({
      stack,
      authorizer,
      sessions,
      bedrock,
      endpoints: { appConfigData, bedrockRuntime },
      onLog: (functionName, line) => {
        this.activity.record(line);
        onLog(functionName, line);
      },
    });
    const start = startSyncExecution({
      stack,
      authorizer,
      lambda: this.lambda,
      onLog: (line) => {
        onLog('workflow', line);
      },
    });
    const api = new RestApi({
      resources: stack.resources,
      actions: { 'states:action/StartSyncExecution': start },
      log: (line) => {
        onLog('api', line);
      },
    });
    this.listener = await listenRestApi(api, port);
  }
}

function createAppConfig(
  { stack, bedrock }: LocalRegionOptions,
  authorizer: Authorizer,
  sessions: RoleSessions,
): AppConfig {
  // With the caller's own credentials, no signature says which function it is.
  if (bedrock.kind === 'aws') return new AppConfig(stack.resources);
  return new AppConfig(stack.resources, {
    authorize: (accessKeyId, action, arn) => {
      authorizer.authorize(sessions.roleOf(accessKeyId), action, arn);
    },
  });
}

function bedrockOf(
  { role, stack, bedrock, faults }: LocalRegionOptions,
  authorizer: Authorizer,
  sessions: RoleSessions,
): Bedrock {
  const answer: Answerer = bedrock.kind === 'openai' ? openAiCompatible(bedrock) : standIn;
  const setting = { region: stack.region, accountId: ACCOUNT, now: Date.now() };
  return createBedrock({
    region: stack.region,
    role,
    faults,
    answer,
    authorize: (accessKeyId, modelId) => {
      for (const arn of invokedArns(modelId, setting)) {
        authorizer.authorize(sessions.roleOf(accessKeyId), 'bedrock:InvokeModel', arn);
      }
    },
  });
}
