import { AwsError, requirePermission, validationError } from '../../platform/http/aws-error';
import { parseJson } from '../../platform/http/body';
import { AwsServer, type AwsRequest, type Hangup, type Reply } from '../../platform/http/server';
import { requireScope } from '../../platform/http/sigv4';
import type { Faults } from '../../platform/faults/faults';
import type { Answerer } from './answerer';
import type { ModelBehaviours } from './behaviour/model-behaviours';
import { CallLog, type Calls } from './call-log';
import { ending } from './ending';
import type { InvokeAction } from './invoked-arns';
import { requireModelIdPattern } from './model-id';
import { OPERATIONS, type Operation } from './operations';

/** Bedrock's limit on a request's body: 20 MB. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

export interface BedrockOptions {
  readonly region: string;
  /** the part that this region plays; faults are injected by it */
  readonly role: 'primary' | 'secondary';
  readonly faults: Pick<Faults, 'match'>;
  readonly answer: Answerer;
  /** how long the answers take, how long they are and how often there is none; default: at once, always */
  readonly behaviours?: Pick<ModelBehaviours, 'next'>;
  /**
   * The tuned models that this account serves now: the ARN of a deployment or provisioned model, and the ID of its
   * base model. Asked at every call; default: none.
   */
  readonly ownModels?: () => ReadonlyMap<string, string>;
  /** throws an error named `AccessDenied...` when this caller may not invoke this model; default: all may */
  readonly authorize?: (accessKeyId: string, modelId: string, action: InvokeAction) => void;
  /** milliseconds since the epoch */
  readonly now?: () => number;
}

export interface Bedrock {
  /** @returns the endpoint's URL */
  listen(port?: number): Promise<string>;
  close(): Promise<void>;
  calls(): Calls;
}

/** @throws AwsError ValidationException for a broken percent-encoding */
function decode(modelId: string): string {
  try {
    return decodeURIComponent(modelId);
  } catch {
    throw validationError('The provided model identifier is invalid.');
  }
}

/** The runtime endpoint of Bedrock in one region. */
export function createBedrock(options: BedrockOptions): Bedrock {
  const { region, role, faults, answer, behaviours, ownModels, authorize, now = Date.now } = options;
  const log = new CallLog();

  const run = ({ action, answer: answerWith }: Operation, request: AwsRequest, modelId: string) => {
    const arrivedAt = performance.now();
    const { headers, signal } = request;
    const caller = requireScope(headers.authorization, { region, service: 'bedrock' }).accessKeyId;
    const body = parseJson(request.body);
    log.record({ at: now(), modelId, caller, request: body });
    requireModelIdPattern(modelId);
    requirePermission(() => authorize?.(caller, modelId, action));
    const effect = faults.match({ region: role, target: 'bedrock', model: modelId })?.effect;
    const draw = () => behaviours?.next({ region: role, model: modelId });
    const call = { region, modelId, body, signal, arrivedAt, draw, now: now() };
    const served = ownModels?.();
    return answerWith({ ...call, ...(served && { ownModels: served }) }, ending(effect, answer), effect);
  };

  const server = new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    handle: (request): Promise<Reply | Hangup> => {
      const [, modelId = '', name = ''] = /^\/model\/([^/]+)\/([^/]+)$/.exec(request.path) ?? [];
      const operation = request.method === 'POST' && OPERATIONS.get(name);
      if (!operation) {
        throw new AwsError(
          404,
          'UnknownOperationException',
          `No operation at ${request.method} ${request.path}`,
        );
      }
      return run(operation, request, decode(modelId));
    },
  });

  return {
    listen: (port) => server.listen(port),
    close: () => server.close(),
    calls: () => log.calls(),
  };
}
