import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningSystem } from './local-system';

/**
 * Waits until every health check is healthy and callers are with the primary. At speed, a health checker has less
 * patience than a function that starts for the first time needs.
 */
export async function untilHealthy(running: RunningSystem): Promise<void> {
  for (;;) {
    const { healthChecks, failover } = await running.status();
    if (healthChecks.every(({ healthy }) => healthy) && failover.servedBy === 'primary') return;
    await sleep(100);
  }
}
