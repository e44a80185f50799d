import type { FastifyInstance } from 'fastify';
import { AwsError } from '../platform/http/aws-error';
import type { Replication } from '../services/dynamodb/replication';
import { parseJson } from './parse-json';

/** How late what is written to a global table is in the other region, and how much is under way. */
export function replicationRoutes(server: FastifyInstance, replication: Replication): void {
  const state = () => ({
    lagMs: replication.lagMs,
    pending: replication.pending,
    behindMs: replication.behindMs,
  });
  server.get('/replication', state);
  server.put('/replication', ({ body }) => {
    const { lagMs } = (parseJson(body, 'InvalidReplication') ?? {}) as { lagMs?: unknown };
    if (typeof lagMs !== 'number' || !(lagMs >= 0 && Number.isFinite(lagMs))) {
      throw new AwsError(400, 'InvalidReplication', 'lagMs must be a number of milliseconds, 0 or more.');
    }
    replication.lagMs = lagMs;
    return state();
  });
}
