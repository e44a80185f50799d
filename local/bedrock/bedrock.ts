import { AwsError, requirePermission, validationError } from '../aws-http/aws-error';
import { parseJson } from '../aws-http/body';
import { AwsServer, type AwsRequest, type Hangup, type Reply } from '../aws-http/server';
import { requireScope } from '../aws-http/sigv4';
import type { Faults } from '../faults/faults';
import { withEffect } from '../faults/with-effect';
import type { Answerer } from './answerer';
import { CallLog, type Calls } from './call-log';
import { converse } from './converse';
import { ending } from './ending';
import { requireModelIdPattern, type ModelSetting } from './model-id';

/** Bedrock's limit on a request's body: 20 MB. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

export interface BedrockOptions extends Pick<ModelSetting, 'region' | 'ownModels'> {
  /** the part that this region plays; faults are injected by it */
  readonly role: 'primary' | 'secondary';
  readonly faults: Pick<Faults, 'match'>;
  readonly answer: Answerer;
  /** throws an error named `AccessDenied...` when this caller may not invoke this model; default: all may */
  readonly authorize?: (accessKeyId: string, modelId: string) => void;
  /** milliseconds since the epoch */
  readonly now?: () => number;
}

export interface Bedrock {
  /** @returns the endpoint's URL */
  listen(port?: number): Promise<string>;
  close(): Promise<void>;
  calls(): Calls;
}

type Operation = (request: AwsRequest, modelId: string) => Promise<Reply | Hangup>;

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
  const { region, role, faults, answer, authorize, now = Date.now } = options;
  const log = new CallLog();

  const operations: Readonly<Record<string, Operation>> = {
    converse: async ({ headers, body, signal }, modelId) => {
      const caller = requireScope(headers.authorization, { region, service: 'bedrock' }).accessKeyId;
      const request = parseJson(body);
      log.record({ at: now(), modelId, caller, request });
      requireModelIdPattern(modelId);
      requirePermission(() => authorize?.(caller, modelId));
      const effect = faults.match({ region: role, target: 'bedrock', model: modelId })?.effect;
      const call = { ...options, modelId, body: request, now: now(), signal };
      return withEffect(effect, () => converse(call, ending(effect, answer)), signal);
    },
  };

  const server = new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    handle: (request) => {
      const [, modelId = '', name = ''] = /^\/model\/([^/]+)\/([^/]+)$/.exec(request.path) ?? [];
      const operation = request.method === 'POST' && Object.hasOwn(operations, name) && operations[name];
      if (!operation) {
        throw new AwsError(
          404,
          'UnknownOperationException',
          `No operation at ${request.method} ${request.path}`,
        );
      }
      return operation(request, decode(modelId));
    },
  });

  return {
    listen: (port) => server.listen(port),
    close: () => server.close(),
    calls: () => log.calls(),
  };
}
