import type { FastifyInstance } from 'fastify';
import { AwsError } from '../platform/http/aws-error';
import type { LocalRegion } from '../run/region/local-region';
import { sha256 } from './status';

/** AppConfig's own limit on hosted content is 1 MB; it refuses what is larger with its own error. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

interface Query {
  readonly Querystring: { readonly region?: string; readonly since?: string; readonly most?: string };
}

/** What each region has to show, and its AppConfig: `?region=` names it by its role. */
export function regionRoutes(server: FastifyInstance, regions: readonly LocalRegion[]): void {
  const named = (name: string): readonly LocalRegion[] => {
    const found = regions.filter(({ role }) => name === 'both' || name === role);
    if (found.length > 0) return found;
    const message = `region must be primary, secondary or both, not ${JSON.stringify(name)}.`;
    throw new AwsError(400, 'InvalidRegion', message);
  };
  const one = (name = 'primary'): LocalRegion => {
    const [region, ...others] = named(name);
    if (region !== undefined && others.length === 0) return region;
    throw new AwsError(400, 'InvalidRegion', 'Name one region: primary or secondary.');
  };

  server.get('/dashboards', () => regions.flatMap(({ dashboards }) => dashboards));

  server.get<Query>('/metrics', ({ query }) => one(query.region).metrics.totals());

  server.get<Query>('/logs', ({ query }) => {
    const since = Number(query.since ?? 0);
    const most = query.most === undefined ? undefined : Number(query.most);
    if (!(Number.isInteger(since) && since >= 0)) {
      const message = 'since must be the number of a line: 0, or a `sequence` from before.';
      throw new AwsError(400, 'InvalidSince', message);
    }
    if (most !== undefined && !(Number.isInteger(most) && most >= 1))
      throw new AwsError(400, 'InvalidMost', 'most must be a number of lines, 1 or more.');
    return one(query.region).logs.since(since, most);
  });

  // CreateHostedConfigurationVersion and StartDeployment in one.
  server.put<Query>('/configuration', { bodyLimit: BODY_LIMIT_BYTES }, ({ query, body }) => {
    const content = typeof body === 'string' ? body : '';
    // The standby first: the region that customers use takes only what the other has taken.
    const targets = [...named(query.region ?? 'both')].reverse();
    return Object.fromEntries(
      targets.map(({ role, services }) => {
        const { version, deploymentNumber } = services.appConfig.deploy(content);
        return [role, { version, deploymentNumber, sha256: sha256(content) }];
      }),
    );
  });

  server.get<Query>('/configuration', ({ query }, reply) => {
    void reply.type('application/json');
    return one(query.region).services.appConfig.current().content;
  });
}
