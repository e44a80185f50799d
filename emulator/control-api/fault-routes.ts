import type { FastifyInstance } from 'fastify';
import { AwsError } from '../platform/http/aws-error';
import { type Faults, InvalidFaultError } from '../platform/faults/faults';
import { isInMlops } from '../platform/faults/modes';
import { canInjectFaults } from '../run/region/bedrock-mode';
import { resolveModel } from '../services/bedrock-runtime/model-id';
import { parseJson } from './parse-json';
import type { StatusSources } from './status';

export interface FaultRoutesOptions extends Pick<StatusSources, 'regions' | 'mlops' | 'bedrock'> {
  readonly faults: Faults;
}

/** `POST /faults` injects one, `GET` lists those in force, `DELETE` ends them all, or by its id one. */
export function faultRoutes(server: FastifyInstance, options: FaultRoutesOptions): void {
  const { faults } = options;
  server.post('/faults', ({ body }, reply) => {
    const request = parseJson(body, 'InvalidFault');
    requireSubject(request ?? {}, options);
    void reply.code(201);
    return faults.add(request);
  });
  server.get('/faults', () => faults.list());
  server.delete<{ Params: { readonly id: string } }>('/faults/:id', async ({ params }, reply) => {
    if (!faults.end(params.id)) throw new AwsError(404, 'NoSuchFault', 'No fault of this id is in force.');
    await reply.code(204).send();
  });
  server.delete('/faults', async (_, reply) => {
    faults.clear();
    await reply.code(204).send();
  });
}

/** Refuses a fault that nothing in this run can be hit by; what else is wrong with it, `faults` says. */
function requireSubject(
  { target, model }: { readonly target?: unknown; readonly model?: unknown },
  { regions, mlops, bedrock }: FaultRoutesOptions,
): void {
  if (target === 'bedrock' && !canInjectFaults(bedrock)) {
    const message = 'Calls of models leave this run, so that no fault can be put into them.';
    throw new AwsError(409, 'NoStandIn', message);
  }
  if (typeof target === 'string' && isInMlops(target) && mlops === undefined) {
    throw new AwsError(409, 'NoMlops', `There is no mlops stack, and so no ${target} to put a fault into.`);
  }
  if (target !== 'bedrock' || typeof model !== 'string') return;
  const ownModels = mlops?.servedModels ?? new Map<string, string>();
  const isServed = (region: string) => {
    try {
      return Boolean(resolveModel(model, { region, now: Date.now(), ownModels }));
    } catch {
      return false;
    }
  };
  if (regions.some(({ stack }) => isServed(stack.region))) return;
  throw new InvalidFaultError(
    `model: no region serves "${model}"; name it as its callers do, with its geography`,
  );
}
