import type { FastifyInstance } from 'fastify';
import { AwsError } from '../platform/http/aws-error';
import type { Faults } from '../platform/faults/faults';
import { canInjectFaults, type BedrockMode } from '../run/region/bedrock-mode';
import { parseJson } from './parse-json';

/** `POST /faults` injects one, `GET` lists those in force, `DELETE` ends them all. */
export function faultRoutes(server: FastifyInstance, faults: Faults, bedrock: BedrockMode): void {
  server.post('/faults', ({ body }, reply) => {
    const request = parseJson(body, 'InvalidFault');
    const target = (request as { target?: unknown } | null)?.target;
    if (target === 'bedrock' && !canInjectFaults(bedrock)) {
      throw new AwsError(
        409,
        'NoStandIn',
        'Calls of models leave this run, so that no fault can be put into them.',
      );
    }
    void reply.code(201);
    return faults.add(request);
  });
  server.get('/faults', () => faults.list());
  server.delete('/faults', async (_, reply) => {
    faults.clear();
    await reply.code(204).send();
  });
}
