import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import { readStack } from '@assistant/emulator/run';
import type { LoaderMethods } from '../load/main';
import type { Remote } from '../remote';
import { latenciesOf } from '@assistant/operator/report';
import { platformEnvironment } from '../system/deployed-function';
import { startLocalSystem } from '../system/local-system';
import { BODY, converseInput, ruleOf } from '../system/question';
import { synthesize, withoutCeilings } from '../system/synthesize';
import { readConfig } from '../../../constructs/config/read-config';
import type { UpstreamMethods } from '../upstream/main';
import type { ModelMode } from '../upstream/converse-server';
import type { Workspace } from '../workspace';
import { requestsOf, type ObservedPhase } from './observation';
import { summarizeOutage, type Outage, type OutageSetting } from './summary';

/** A stretch of the run in which the primary model behaves in one way. */
interface Phase {
  readonly name: string;
  readonly mode: ModelMode;
  readonly durationMs: number;
}

/**
 * Short, so that a run sees several back-offs; what they do is the same as with longer ones. The share of a request
 * that the primary tier may take is short, too: it is how long a caller waits for a silent model.
 */
const OVERRIDES = {
  circuit: {
    failures: 5,
    failureRate: 0.5,
    minimumCalls: 10,
    windowSeconds: 10,
    openSeconds: 0.5,
    maxOpenSeconds: 2,
    goodProbes: 2,
  },
  budget: { totalMs: 4_000, primaryMs: 1_000, reserveMs: 500 },
} as const satisfies Partial<AssistantConfig>;

/**
 * A recovery is as long as the worst case: a probe that the revival has come too late for, the longest back-off
 * after it, and the time that instances take to read of the closing.
 */
const RECOVERY_MS = OVERRIDES.budget.primaryMs + OVERRIDES.circuit.maxOpenSeconds * 1_000 + 2_000;

/** @param deadMs of each outage; instances wait for a silent model at least once, and then the circuit opens */
export const outagePhases = (healthyMs: number, deadMs: number): readonly Phase[] => [
  { name: 'healthy', mode: 'healthy', durationMs: healthyMs },
  { name: 'dead: error', mode: 'error', durationMs: deadMs },
  { name: 'recovered from error', mode: 'healthy', durationMs: RECOVERY_MS },
  { name: 'dead: silent', mode: 'silent', durationMs: deadMs },
  { name: 'recovered from silence', mode: 'healthy', durationMs: RECOVERY_MS },
];

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
  await synthesize({ ...OVERRIDES, ...withoutCeilings(readConfig()) }, outDir);
  const stack = readStack(outDir, 'primary');
  const rule = ruleOf(stack);
  const { upstream, url: bedrockUrl } = await workspace.startUpstream();
  await upstream.call('setLatency', SETTING.upstreamMs);
  const { system, url } = await startLocalSystem(workspace, {
    outDir,
    bedrock: { kind: 'endpoint', url: bedrockUrl },
  });
  const bare = await workspace.startLoader(
    {
      kind: 'bare',
      module: workspace.script('__tests__/overhead/bare/converse.ts'),
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
