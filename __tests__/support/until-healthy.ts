import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '@assistant/emulator';
import type { RunningSystem } from './local-system';

/**
 * Waits until every health check is healthy and callers are with the primary. At speed, a health checker has less
 * patience than a function that starts for the first time needs.
 */
export async function untilHealthy(running: RunningSystem): Promise<void> {
  for (;;) {
    const { body } = await running.send('control', 'GET', '/status');
    const { healthChecks, failover } = body as unknown as Status;
    if (healthChecks.every(({ healthy }) => healthy) && failover.servedBy === 'primary') return;
    await sleep(100);
  }
}
