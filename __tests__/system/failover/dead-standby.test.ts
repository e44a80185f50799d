import type { Status } from '@assistant/emulator';
import { startSystem, type RunningSystem } from '../../support/local-system';
import { shippedConfig } from '../../support/synthesize';
import { untilHealthy } from '../../support/until-healthy';

const SPEED = 20;

describe('with the standby dead as well', () => {
  let running: RunningSystem;
  beforeAll(async () => {
    running = await startSystem({}, { kind: 'stand-in' }, { speed: SPEED });
    await untilHealthy(running);
  });
  afterAll(() => running.stop());

  const status = async () => (await running.send('control', 'GET', '/status')).body as unknown as Status;

  /** Waits until the check of a region's failover record says that it is unhealthy. */
  async function untilUnhealthy(name: string): Promise<Status> {
    for (;;) {
      const current = await status();
      if (current.healthChecks.some((check) => check.name === name && !check.healthy)) return current;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  const addFault = (fault: object) => running.send('control', 'POST', '/faults', JSON.stringify(fault));

  it('callers keep the best answer there is: the primary’s degraded one', async () => {
    const { domain, project } = shippedConfig();
    await addFault({ region: 'secondary', target: 'region', mode: 'down' });
    await untilUnhealthy(`${domain.secondary} endpoint`);
    await addFault({ region: 'primary', target: 'bedrock', mode: 'error' });
    const { failover } = await untilUnhealthy(`${project} primary`);
    expect(failover.resolvesTo).toBe('primary');

    const { status: code, body } = await running.ask({ question: 'Hello?' });
    expect(code).toBe(200);
    expect(body).toMatchObject({ tier: 'degraded', degraded: true, region: 'us-east-1' });
  });
});
