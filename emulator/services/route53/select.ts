/** A record among those of its name and type. */
export interface Candidate {
  /** undefined for a record that stands alone. */
  readonly failover: 'PRIMARY' | 'SECONDARY' | undefined;
  /** Without one, the record counts as healthy. */
  readonly healthCheckId: string | undefined;
}

/**
 * The record that Route 53 answers with. With both unhealthy it is the primary: as if both were healthy.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
 *
 * @param records of one name and type, at least one
 */
export function select<T extends Candidate>(
  records: readonly [T, ...T[]],
  isHealthy: (healthCheckId: string) => boolean,
): T {
  const primaryFirst = [...records].sort(
    (a, b) => Number(b.failover === 'PRIMARY') - Number(a.failover === 'PRIMARY'),
  );
  const healthy = primaryFirst.find(
    ({ healthCheckId }) => healthCheckId === undefined || isHealthy(healthCheckId),
  );
  return healthy ?? primaryFirst[0] ?? records[0];
}
