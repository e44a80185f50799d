import type { FastifyInstance } from 'fastify';
import { contentVersion } from '../../contract/model-config-version';
import type { LocalRegion } from '../run/region/local-region';
import { regionsNamed } from './regions';

/** AppConfig's own limit on hosted content is 1 MB; it refuses what is larger with its own error. */
const BODY_LIMIT_BYTES = 2 * 1024 * 1024;

/** `PUT /model-config?region=` deploys new rules as AppConfig would; `GET` shows those in force. */
export function modelConfigRoutes(server: FastifyInstance, regions: readonly LocalRegion[]): void {
  server.put<{ Querystring: { region?: string } }>(
    '/model-config',
    { bodyLimit: BODY_LIMIT_BYTES },
    ({ query, body }) => {
      const content = typeof body === 'string' ? body : '';
      // The standby first: the region that customers use takes only what the other has taken.
      const targets = [...regionsNamed(regions, query.region ?? 'both')].reverse();
      return Object.fromEntries(
        targets.map(({ role, services }) => {
          const { version, deploymentNumber } = services.appConfig.deploy(content);
          return [role, { version, deploymentNumber, content: contentVersion(content) }];
        }),
      );
    },
  );

  server.get<{ Querystring: { region?: string } }>('/model-config', ({ query }, reply) => {
    const [region] = regionsNamed(regions, query.region ?? 'primary');
    void reply.type('application/json');
    return region?.services.appConfig.current().content;
  });
}
