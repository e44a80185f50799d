import { setTimeout as sleep } from 'node:timers/promises';
import { LAPTOP_PROBE_SECRET } from '../../contract/probe';
import { JSON_TYPE, startSystem, type RunningSystem } from '../support/local-system';
import { shippedConfig } from '../support/synthesize';
import { untilHealthy } from '../support/until-healthy';

/** Emulated seconds in a real one. */
const SPEED = 20;
const LIMIT = 10;

/** At speed, checkers and a canary as shipped are most of what a system does. */
const canary = { ...shippedConfig().canary, enabled: false };
const healthCheck = { ...shippedConfig().healthCheck, intervalSeconds: 30 as const };

let running: RunningSystem;
beforeAll(async () => {
  running = await startSystem(
    { waf: { requestsIn5Minutes: LIMIT, managedRules: true }, canary, healthCheck },
    { kind: 'stand-in' },
    { speed: SPEED },
  );
  await untilHealthy(running);
});
afterAll(() => running.stop());

const ask = () => running.send('primary', 'POST', '/', '{"question":"Hi?"}', JSON_TYPE);

describe('a firewall', () => {
  it('refuses an address that asks too often, in the API’s own error shape, and for a while', async () => {
    for (let asked = 0; asked <= LIMIT; asked += 1) expect((await ask()).status).toBe(200);
    await sleep(31_000 / SPEED);
    const refused = await ask();
    expect(refused).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    expect(refused.body.requestId).toEqual(expect.any(String));
    expect((await running.send('primary', 'GET', '/health')).status).toBe(403);
    expect((await running.send('secondary', 'GET', '/health')).status).toBe(200);
    await sleep(331_000 / SPEED);
    expect((await ask()).status).toBe(200);
  });

  it('lets health checkers in where probes are answered, and nobody else who knows the path', async () => {
    const probed = await running.send('primary', 'GET', `/${LAPTOP_PROBE_SECRET}/health`);
    expect(probed.status).toBe(403);
    const { failover } = await running.status();
    expect(failover.servedBy).toBe('primary');
  });

  it('says which rules are not emulated', () => {
    expect(running.logs.join('\n')).toContain('AWSManagedRulesCommonRuleSet are not emulated');
  });
});
