import { Resolver } from 'node:dns/promises';
import { PORTS } from '@assistant/emulator';
import { startSystem, type RunningSystem } from '../../support/local-system';
import { shippedConfig } from '../../support/synthesize';

const SPEED = 10;

/** API Gateway's 60 s, divided by the speed. */
const TTL = 6;

const { failover, primary, secondary } = shippedConfig().domain;

describe('the DNS of a running system', () => {
  let running: RunningSystem;
  const resolver = new Resolver();
  beforeAll(async () => {
    running = await startSystem({}, { kind: 'stand-in' }, { speed: SPEED });
    resolver.setServers([`127.0.0.1:${running.portBase + PORTS.dns}`]);
  });
  afterAll(() => running.stop());

  const names = [
    [failover, '127.0.0.1'],
    [primary, '127.0.0.1'],
    [secondary, '127.0.0.2'],
  ] as const;

  it.each(names)('answers %s, for as long as an alias lives', async (name, address) => {
    expect(await resolver.resolve4(name, { ttl: true })).toEqual([{ address, ttl: TTL }]);
  });

  it.each(names)('has no IPv6 address of %s', async (name) => {
    await expect(resolver.resolve6(name)).rejects.toMatchObject({ code: 'ENODATA' });
  });
});
