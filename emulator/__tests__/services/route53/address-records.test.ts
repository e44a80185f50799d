import { type Candidate, select } from '../../../services/route53/address-records';

const primary = (healthCheckId: string | undefined): Candidate => ({ failover: 'PRIMARY', healthCheckId });
const secondary = (healthCheckId: string | undefined): Candidate => ({
  failover: 'SECONDARY',
  healthCheckId,
});

describe('the record that Route 53 chooses', () => {
  it.each([
    ['healthy', 'healthy', 'PRIMARY'],
    ['healthy', 'unhealthy', 'PRIMARY'],
    ['unhealthy', 'healthy', 'SECONDARY'],
    ['unhealthy', 'unhealthy', 'PRIMARY'],
    [undefined, 'unhealthy', 'PRIMARY'],
    [undefined, 'healthy', 'PRIMARY'],
    ['unhealthy', undefined, 'SECONDARY'],
    ['healthy', undefined, 'PRIMARY'],
    [undefined, undefined, 'PRIMARY'],
  ])('primary %s, secondary %s: %s', (first, second, expected) => {
    const isHealthy = (id: string) => id === 'healthy';
    const records = [primary(first), secondary(second)] as const;
    expect(select(records, isHealthy).failover).toBe(expected);
    expect(select([records[1], records[0]], isHealthy).failover).toBe(expected);
  });

  it.each([
    primary('unhealthy'),
    secondary('unhealthy'),
    { failover: undefined, healthCheckId: 'unhealthy' },
  ])('is the only one, whatever its health: %j', (only) => {
    expect(select([only], () => false)).toBe(only);
  });
});
