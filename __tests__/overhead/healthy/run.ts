import { join } from 'node:path';
import type { AssistantConfig } from '../../../constructs/config/assistant-config';
import { randomFrom, shuffled } from '@assistant/operator/report';
import { synthesize } from '../system/synthesize';
import type { Workspace } from '../workspace';
import { startLoaders, type Loaders } from './loaders';
import { sliceOf } from './slice';
import { summarize, VARIANTS, type HealthyCell, type Round, type Variant } from './summary';

export interface HealthyPlan {
  readonly rounds: number;
  readonly sliceMs: number;
  /** Milliseconds of load on each variant, at each concurrency, before anything counts. */
  readonly warmUpMs: number;
  readonly concurrencies: readonly number[];
  readonly upstreamMs: readonly number[];
  /** Of the order in which the variants take turns. */
  readonly seed: number;
}

/** The stage's throttle is no part of what is measured: it is as wide as API Gateway has it. */
const OVERRIDES: Partial<AssistantConfig> = { throttle: { requestsPerSecond: 10_000, burst: 5_000 } };

/**
 * Bare SDK call, router's handler and whole local path, in slices that take turns: what the machine does
 * meanwhile hits them all alike.
 */
export async function runHealthy(
  workspace: Workspace,
  plan: HealthyPlan,
  onProgress: (text: string) => void,
): Promise<readonly HealthyCell[]> {
  const outDir = join(workspace.directory, 'healthy');
  await synthesize(OVERRIDES, outDir);
  const { upstream, url } = await workspace.startUpstream();
  const loaders = await startLoaders(workspace, outDir, url);
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

/** The highest concurrency comes first: it starts all the instances that the local system will need. */
async function warmUp({ byVariant }: Loaders, plan: HealthyPlan): Promise<void> {
  for (const concurrency of [...plan.concurrencies].sort((one, other) => other - one)) {
    for (const variant of VARIANTS) {
      await byVariant[variant].call('run', { concurrency, durationMs: plan.warmUpMs });
    }
  }
}

async function runRound(
  { byVariant }: Loaders,
  load: { readonly concurrency: number; readonly durationMs: number },
  order: readonly Variant[],
): Promise<Round> {
  const slices: Partial<Record<Variant, Round[Variant]>> = {};
  for (const variant of order) slices[variant] = sliceOf(await byVariant[variant].call('run', load));
  return slices as Round;
}
