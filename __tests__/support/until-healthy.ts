import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningSystem, WholeStatus } from './local-system';

/**
 * Waits until every health check is healthy and callers are with the primary. At speed, a health checker has less
 * patience than a function that starts for the first time needs.
 */
export const untilHealthy = (running: RunningSystem): Promise<void> =>
  until(
    running,
    ({ healthChecks, failover }) =>
      healthChecks.every(({ healthy }) => healthy) && failover.servedBy === 'primary',
  );

/** Waits until callers are with a region, and its name answers. */
export async function untilServedBy(role: 'primary' | 'secondary', running: RunningSystem): Promise<void> {
  await until(running, ({ failover }) => failover.servedBy === role);
  while ((await running.send('failover', 'GET', '/health')).status !== 200) await sleep(100);
}

async function until(running: RunningSystem, isSo: (status: WholeStatus) => boolean): Promise<void> {
  while (!isSo(await running.status())) await sleep(100);
}
