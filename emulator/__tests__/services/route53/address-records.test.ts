import { type Candidate, select } from '../../../services/route53/address-records';
import { domain, failoverRecord, NAME, record, route53, targetOf } from './fixture';

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

describe('a record is refused', () => {
  const own = domain('us-east-1', NAME);
  const aliasOf = (part: object) => ({
    alias: {
      name: targetOf('us-east-1', NAME),
      zone_id: 'Zus-east-1',
      evaluate_target_health: false,
      ...part,
    },
  });
  it.each([
    ['another type', [own, record('us-east-1', NAME, { type: 'AAAA' })], 'AAAA'],
    ['no alias', [own, record('us-east-1', NAME, { alias: undefined })], 'aliases'],
    [
      'target health',
      [own, record('us-east-1', NAME, aliasOf({ evaluate_target_health: true }))],
      'evaluate_target_health',
    ],
    [
      'an unknown target',
      [own, record('us-east-1', NAME, aliasOf({ name: 'd-9.example.org' }))],
      'no regional name',
    ],
    [
      "another region's zone",
      [own, record('us-east-1', NAME, aliasOf({ zone_id: 'Zus-west-2' }))],
      'zone_id',
    ],
    ["another name's domain", [own, record('us-east-1', `x.${NAME}`, aliasOf({}))], 'belongs to the domain'],
    [
      'an unknown health check',
      [own, failoverRecord('us-east-1', 'PRIMARY', 'missing')],
      'no health check "missing"',
    ],
    ['an unknown failover type', [own, failoverRecord('us-east-1', 'TERTIARY')], 'PRIMARY or SECONDARY'],
    ['an identifier alone', [own, record('us-east-1', NAME, { set_identifier: 'x' })], 'set_identifier'],
    [
      'two simple records',
      [own, record('us-east-1', NAME), record('us-east-1', NAME)],
      'beside a simple one',
    ],
    [
      'two primaries',
      [
        own,
        domain('us-west-2', NAME),
        failoverRecord('us-east-1', 'PRIMARY'),
        failoverRecord('us-west-2', 'PRIMARY'),
      ],
      'second PRIMARY',
    ],
    [
      'two of one identifier',
      [own, failoverRecord('us-east-1', 'PRIMARY'), failoverRecord('us-east-1', 'SECONDARY')],
      'set_identifier "us-east-1"',
    ],
  ])('for %s', (_, resources, message) => {
    expect(() => route53(resources)).toThrow(message);
    expect(() => route53(resources)).toThrow(expect.objectContaining({ name: 'UnsupportedError' }) as Error);
  });

  it('for an address that this run lacks', () => {
    expect(() => route53([own, record('us-east-1', NAME)], { addressOf: () => undefined })).toThrow(
      'no address',
    );
  });
});
