import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStack } from '@assistant/emulator/run';
import type { LoaderMethods } from '../load/loader';
import type { Remote } from '../process/remote';
import { latenciesOf } from '@assistant/operator/report';
import { platformEnvironment } from '../system/function-environment';
import { startLocalSystem } from '../system/local-system';
import { BODY, converseInput, ruleOf } from '../system/question';
import { synthesize } from '../system/synthesize';
import type { UpstreamMethods } from '../upstream/upstream';
import type { Workspace } from '../workspace';
import { requestsOf, type ObservedPhase } from './observation';
import { OVERRIDES, type Phase } from './phases';
import { summarizeOutage, type Outage, type OutageSetting } from './summary';

const SETTING: OutageSetting = { concurrency: 10, thinkMs: 20, upstreamMs: 100, circuit: OVERRIDES.circuit };

export interface OutagePlan {
  readonly phases: readonly Phase[];
  /** Milliseconds of load before anything counts, and of the fallback model alone. */
  readonly warmUpMs: number;
}

/** The whole local system under load while its primary model dies and comes back. */
export async function runOutage(
  workspace: Workspace,
  { phases, warmUpMs }: OutagePlan,
  onProgress: (text: string) => void,
): Promise<Outage> {
  const outDir = join(workspace.directory, 'outage');
  await synthesize(OVERRIDES, outDir);
  const stack = readStack(outDir, 'primary');
  const rule = ruleOf(stack);
  const { upstream, url: bedrockUrl } = await workspace.startUpstream();
  await upstream.call('setLatency', SETTING.upstreamMs);
  const { system, url } = await startLocalSystem(workspace, outDir, bedrockUrl);
  const bare = await workspace.startLoader(
    {
      kind: 'bare',
      module: workspace.script('__tests__/overhead/bundles/bare/converse.ts'),
      input: converseInput(rule, 'fallback'),
    },
    { ...platformEnvironment(stack.region), AWS_ENDPOINT_URL_BEDROCK_RUNTIME: bedrockUrl },
  );
  const callers = await workspace.startLoader({ kind: 'path', url, body: BODY });

  const { concurrency } = SETTING;
  onProgress('outage: warming up');
  await bare.call('run', { concurrency, durationMs: warmUpMs });
  await callers.call('run', { concurrency, durationMs: warmUpMs });
  const alone = await bare.call('run', { concurrency, durationMs: warmUpMs });

  await system.call('takeEvents');
  const { observed, requests } = await runPhases(phases, {
    upstream,
    callers,
    primaryModel: rule.primary.modelId,
    onProgress,
  });
  return summarizeOutage(SETTING, latenciesOf(alone.latencyMs), {
    primaryModel: rule.primary.modelId,
    phases: observed,
    requests,
    events: await system.call('takeEvents'),
  });
}

interface Actors {
  readonly upstream: Remote<UpstreamMethods>;
  readonly callers: Remote<LoaderMethods>;
  readonly primaryModel: string;
  readonly onProgress: (text: string) => void;
}

async function runPhases(phases: readonly Phase[], actors: Actors) {
  const durationMs = phases.reduce((sum, phase) => sum + phase.durationMs, 0);
  const { concurrency, thinkMs } = SETTING;
  const [samples, observed] = await Promise.all([
    actors.callers.call('run', { concurrency, thinkMs, durationMs }),
    observePhases(phases, actors),
  ]);
  return { observed, requests: requestsOf(samples) };
}

async function observePhases(phases: readonly Phase[], { upstream, primaryModel, onProgress }: Actors) {
  const observed: ObservedPhase[] = [];
  for (const { name, mode, durationMs } of phases) {
    onProgress(`outage: ${name}`);
    const from = Date.now();
    // Asked for at once, so that the count begins with the mode.
    await Promise.all([upstream.call('setMode', primaryModel, mode), upstream.call('takeCalls')]);
    await sleep(durationMs - (Date.now() - from));
    const calls = await upstream.call('takeCalls');
    observed.push({ name, mode, from, to: Date.now(), primaryCalls: calls.get(primaryModel) ?? 0 });
  }
  return observed;
}
