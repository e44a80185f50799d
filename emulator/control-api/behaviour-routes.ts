import type { FastifyInstance } from 'fastify';
import { AwsError } from '../platform/http/aws-error';
import type { ModelBehaviours } from '../services/bedrock-runtime/model-behaviours';
import { canInjectFaults, type BedrockMode } from '../run/region/bedrock-mode';
import { parseJson } from './parse-json';

/** `POST /models` says how long models take, how much they say and how often they fail; `DELETE` ends it. */
export function behaviourRoutes(
  server: FastifyInstance,
  behaviours: ModelBehaviours,
  bedrock: BedrockMode,
): void {
  server.post('/models', ({ body }) => {
    if (!canInjectFaults(bedrock)) {
      throw new AwsError(409, 'NoStandIn', 'Calls of models leave this run: it cannot say how they behave.');
    }
    return behaviours.set(parseJson(body, 'InvalidBehaviour'));
  });
  server.get('/models', () => behaviours.get());
  server.delete('/models', async (_, reply) => {
    behaviours.clear();
    await reply.code(204).send();
  });
}
