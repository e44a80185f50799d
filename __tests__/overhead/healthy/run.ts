import { join } from 'node:path';
import { readConfig } from '../../../constructs/config/read-config';
import { AppConfig, DynamoDb, readStack, type Stack } from '@assistant/emulator/run';
import { randomFrom, shuffled } from '@assistant/operator/report';
import type { LoaderMethods } from '../load/main';
import type { Remote } from '../remote';
import {
  functionEnvironment,
  functionOf,
  platformEnvironment,
  unpackFunction,
  type DeployedFunction,
} from '../system/deployed-function';
import { startLocalSystem } from '../system/local-system';
import { BODY, converseInput, ruleOf } from '../system/question';
import { ENDLESS_TOKENS, synthesize, withoutCallers, withoutCeilings } from '../system/synthesize';
import type { Workspace } from '../workspace';
import { sliceOf, summarize, VARIANTS, type HealthyCell, type Round, type Variant } from './summary';

export interface HealthyPlan {
  readonly rounds: number;
  readonly sliceMs: number;
  /**
   * Milliseconds of load on each variant, at the highest concurrency, before anything counts. A whole path answers with
   * many instances: V8 has translated their code after some fifteen seconds, where it takes one for a single caller's.
   */
  readonly warmUpMs: { readonly call: number; readonly path: number };
  readonly concurrencies: readonly number[];
  readonly upstreamMs: readonly number[];
  /** Of the order in which the variants take turns. */
  readonly seed: number;
}

/**
 * Bare SDK call, primary-model handler without and with a daily limit, whole local path without callers and as shipped, and the first words of a stream,
 * in slices that take turns: what the machine does meanwhile hits them all alike.
 */
export async function runHealthy(
  workspace: Workspace,
  plan: HealthyPlan,
  onProgress: (text: string) => void,
): Promise<readonly HealthyCell[]> {
  const outDir = join(workspace.directory, 'shipped');
  const openDir = join(workspace.directory, 'open');
  await Promise.all([
    synthesize(withoutCeilings(readConfig()), outDir),
    synthesize(withoutCallers(readConfig()), openDir),
  ]);
  const { upstream, url } = await workspace.startUpstream();
  const loaders = await startLoaders(workspace, { outDir, openDir }, url);
  const random = randomFrom(plan.seed);
  const cells = plan.upstreamMs.flatMap((upstreamMs) =>
    plan.concurrencies.map((concurrency) => ({ upstreamMs, concurrency, rounds: [] as Round[] })),
  );
  try {
    onProgress('healthy: warming up');
    await warmUp(loaders, plan);
    for (let round = 1; round <= plan.rounds; round += 1) {
      onProgress(`healthy: round ${round} of ${plan.rounds}`);
      for (const { upstreamMs, concurrency, rounds } of cells) {
        await upstream.call('setLatency', upstreamMs);
        const load = { concurrency, durationMs: plan.sliceMs };
        rounds.push(await runRound(loaders, load, shuffled(VARIANTS, random)));
      }
    }
    return cells.map((cell) => summarize(cell, cell.rounds));
  } finally {
    await loaders.close();
  }
}

/** The highest concurrency starts all the instances that the local system will need. */
async function warmUp({ byVariant }: Loaders, { concurrencies, warmUpMs }: HealthyPlan): Promise<void> {
  const concurrency = Math.max(...concurrencies);
  for (const variant of VARIANTS) {
    const durationMs = variant === 'path' || variant === 'shippedPath' ? warmUpMs.path : warmUpMs.call;
    await byVariant[variant].call('run', { concurrency, durationMs });
  }
}

/**
 * Milliseconds of load before a slice. While the others had their turns, an instance's rules and circuits have become
 * old, and its first calls wait for a read: so do first calls after a pause, and no others.
 */
const WAKING_MS = 200;

async function runRound(
  { byVariant }: Loaders,
  load: { readonly concurrency: number; readonly durationMs: number },
  order: readonly Variant[],
): Promise<Round> {
  const slices: Partial<Record<Variant, Round[Variant]>> = {};
  for (const variant of order) {
    await byVariant[variant].call('run', { ...load, durationMs: WAKING_MS });
    slices[variant] = sliceOf(await byVariant[variant].call('run', load));
  }
  return slices as Round;
}

interface Loaders {
  readonly byVariant: Readonly<Record<Variant, Remote<LoaderMethods>>>;
  close(): Promise<void>;
}

/** Starts, for each variant, the process that puts load on it. */
async function startLoaders(
  workspace: Workspace,
  { outDir, openDir }: { readonly outDir: string; readonly openDir: string },
  bedrockUrl: string,
): Promise<Loaders> {
  const stack = readStack(outDir, 'primary');
  const services = await startHandlerServices(stack);
  const primaryModel = unpackFunction(stack, functionOf(stack, 'primary-model'));
  const chat = unpackFunction(stack, functionOf(stack, 'chat'));
  const close = async () => {
    await services.close();
    primaryModel.remove();
    chat.remove();
  };
  try {
    const bedrock = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl };
    const startBare = (kind: 'bare' | 'firstToken') =>
      workspace.startLoader(
        {
          kind,
          module: workspace.script('__tests__/overhead/bare/converse.ts'),
          input: converseInput(ruleOf(stack), 'primary'),
        },
        { ...platformEnvironment(stack.region), ...bedrock },
      );
    const startHandler = (kind: 'handler' | 'firstDelta', of: DeployedFunction, tokensPerDay: number) =>
      workspace.startLoader(
        { kind, module: of.module, body: BODY, tokensPerDay },
        { ...functionEnvironment(of.resource, stack.region), ...services.environment, ...bedrock },
      );
    const startPath = async (of: string) => {
      const { url } = await startLocalSystem(workspace, {
        outDir: of,
        bedrock: { kind: 'endpoint', url: bedrockUrl },
      });
      return workspace.startLoader({ kind: 'path', url, body: BODY });
    };
    const [bare, handler, limited, path, shippedPath, firstToken, firstDelta] = await Promise.all([
      startBare('bare'),
      startHandler('handler', primaryModel, 0),
      startHandler('handler', primaryModel, ENDLESS_TOKENS),
      startPath(openDir),
      startPath(outDir),
      startBare('firstToken'),
      startHandler('firstDelta', chat, ENDLESS_TOKENS),
    ]);
    return { byVariant: { bare, handler, limited, path, shippedPath, firstToken, firstDelta }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the primary-model handler calls besides Bedrock, with the stack's own resources. */
interface HandlerServices {
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function startHandlerServices(stack: Stack): Promise<HandlerServices> {
  const appConfig = new AppConfig(stack.resources);
  const dynamoDb = new DynamoDb(stack.of('aws_dynamodb_table'), { region: stack.region });
  return {
    environment: {
      AWS_ENDPOINT_URL_APPCONFIGDATA: await appConfig.listen(),
      AWS_ENDPOINT_URL_DYNAMODB: await dynamoDb.listen(),
    },
    close: async () => {
      await Promise.all([appConfig.close(), dynamoDb.close()]);
    },
  };
}
