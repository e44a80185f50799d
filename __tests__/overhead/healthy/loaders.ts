import { readStack } from '@assistant/emulator/run';
import type { LoaderMethods } from '../load/loader';
import type { Remote } from '../process/remote';
import { functionOf, unpackFunction } from '../system/deployed-function';
import { functionEnvironment, platformEnvironment } from '../system/function-environment';
import { startLocalSystem } from '../system/local-system';
import { BODY, converseInput, ruleOf } from '../system/question';
import type { Workspace } from '../workspace';
import { startHandlerServices } from './handler-services';
import type { Variant } from './summary';

export interface Loaders {
  readonly byVariant: Readonly<Record<Variant, Remote<LoaderMethods>>>;
  close(): Promise<void>;
}

/** Starts, for each variant, the process that puts load on it. */
export async function startLoaders(
  workspace: Workspace,
  outDir: string,
  bedrockUrl: string,
): Promise<Loaders> {
  const stack = readStack(outDir, 'primary');
  const services = await startHandlerServices(stack);
  const router = unpackFunction(stack, functionOf(stack, 'model-router'));
  const close = async () => {
    await services.close();
    router.remove();
  };
  try {
    const { url } = await startLocalSystem(workspace, outDir, bedrockUrl);
    const bedrock = { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl };
    const bare = workspace.startLoader(
      {
        kind: 'bare',
        module: workspace.script('__tests__/overhead/bundles/bare/converse.ts'),
        input: converseInput(ruleOf(stack), 'primary'),
      },
      { ...platformEnvironment(stack.region), ...bedrock },
    );
    const handler = workspace.startLoader(
      { kind: 'handler', module: router.module, body: BODY },
      { ...functionEnvironment(router.resource, stack.region), ...services.environment, ...bedrock },
    );
    const path = workspace.startLoader({ kind: 'path', url, body: BODY });
    return { byVariant: { bare: await bare, handler: await handler, path: await path }, close };
  } catch (error) {
    await close();
    throw error;
  }
}
