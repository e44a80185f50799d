import { type FaultEffect, type Intercept, withEffect } from '../../platform/faults/effects';
import { AwsError, validationError } from '../../platform/http/aws-error';
import { type AwsRequest, AwsServer, type Hangup, parseJson, type Reply } from '../../platform/http/server';
import { requirePermission, requireScope } from '../../platform/http/sigv4';
import { type Answerer, cut } from './answerer';
import { converseStream, withStreamEffect } from './converse-stream';
import { converse, type ConverseCall } from './converse';
import { type GuardrailReference, Guardrails } from './guardrail';
import type { ModelBehaviours } from './model-behaviours';
import { type InvokeAction, requireModelIdPattern } from './model-id';

/** Bedrock's limit on a request's body: 20 MB. */
export const MAX_BODY_BYTES = 20 * 1024 * 1024;

export interface BedrockOptions {
  readonly region: string;
  /** the part that this region plays; behaviours are set by it */
  readonly role: 'primary' | 'secondary';
  /** what is wrong with a call; default: nothing */
  readonly intercept?: Intercept;
  readonly answer: Answerer;
  /** how long the answers take, how long they are and how often there is none; default: at once, always */
  readonly behaviours?: Pick<ModelBehaviours, 'next'>;
  /**
   * The tuned models that this account serves now: the ARN of a deployment or provisioned model, and the ID of its
   * base model. Kept by who serves them; default: none.
   */
  readonly ownModels?: ReadonlyMap<string, string> | undefined;
  /** @default - there is none */
  readonly guardrails?: Pick<Guardrails, 'find'>;
  /** throws an error named `AccessDenied...` when this caller may not apply this guardrail; default: all may */
  readonly authorizeGuardrail?: (accessKeyId: string, guardrailArn: string) => void;
  /** throws an error named `AccessDenied...` when this caller may not invoke this model; default: all may */
  readonly authorize?: (accessKeyId: string, modelId: string, action: InvokeAction) => void;
  /** milliseconds since the epoch */
  readonly now?: () => number;
}

export interface Bedrock {
  /** @returns the endpoint's URL */
  listen(): Promise<string>;
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
  const { region, role, intercept, answer, behaviours, ownModels, authorize, now = Date.now } = options;
  const { guardrails = new Guardrails([]), authorizeGuardrail } = options;
  const log = new CallLog();

  const run = ({ action, answer: answerWith }: Operation, request: AwsRequest, modelId: string) => {
    const arrivedAt = performance.now();
    const { headers, signal } = request;
    const caller = requireScope(headers.authorization, { region, service: 'bedrock' }).accessKeyId;
    const body = parseJson(request.body);
    log.record({ at: now(), modelId, caller, request: body });
    requireModelIdPattern(modelId);
    requirePermission(() => authorize?.(caller, modelId, action));
    const effect = intercept?.({ model: modelId });
    const draw = () => behaviours?.next({ region: role, model: modelId });
    const guardrail = (named: GuardrailReference) => {
      const found = guardrails.find(named);
      requirePermission(() => authorizeGuardrail?.(caller, found.arn));
      return found;
    };
    const call = { region, modelId, body, signal, arrivedAt, draw, guardrail, now: now() };
    return answerWith({ ...call, ...(ownModels && { ownModels }) }, ending(effect, answer), effect);
  };

  const server = new AwsServer({
    maxBodyBytes: MAX_BODY_BYTES,
    handle: (request): Promise<Reply | Hangup> => {
      const { operation, modelId } = operationAt(request);
      return run(operation, request, modelId);
    },
  });

  return {
    listen: () => server.listen(),
    close: () => server.close(),
    calls: () => log.calls(),
  };
}

/** One request that reached Bedrock, by whoever signed it. */
interface Call {
  /** milliseconds since the epoch */
  readonly at: number;
  readonly modelId: string;
  /** accessKeyId that signed it */
  readonly caller: string;
  /** parsed body as it came, valid or not */
  readonly request: unknown;
}

interface Calls {
  readonly byModel: Readonly<Record<string, number>>;
  /** the latest ones, the earliest of them first */
  readonly last: readonly Call[];
}

const KEPT = 50;

/** Counts the calls of each model and remembers the latest. */
export class CallLog {
  private readonly counts = new Map<string, number>();
  private last: readonly Call[] = [];

  record(call: Call): void {
    this.counts.set(call.modelId, (this.counts.get(call.modelId) ?? 0) + 1);
    this.last = [...this.last, call].slice(-KEPT);
  }

  calls(): Calls {
    return { byModel: Object.fromEntries(this.counts), last: this.last };
  }
}

/** One way to call a model. */
interface Operation {
  readonly action: InvokeAction;
  readonly answer: (
    call: ConverseCall,
    answer: Answerer,
    effect: FaultEffect | undefined,
  ) => Promise<Reply | Hangup>;
}

/** Those emulated, by the last segment of their path. */
const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  [
    'converse',
    {
      action: 'bedrock:InvokeModel',
      answer: (call, answer, effect) => withEffect(effect, () => converse(call, answer), call.signal),
    },
  ],
  [
    'converse-stream',
    {
      action: 'bedrock:InvokeModelWithResponseStream',
      answer: (call, answer, effect) => {
        // A whole stream that is late, not one whose first tokens come in a heap.
        const startsAt = call.arrivedAt + (effect?.kind === 'delay' ? effect.ms : 0);
        return withStreamEffect(effect, () => converseStream({ ...call, startsAt }, answer), call.signal);
      },
    },
  ],
]);

/** @throws AwsError 404 UnknownOperationException; 400 ValidationException */
export function operationAt({ method, path }: Pick<AwsRequest, 'method' | 'path'>): {
  readonly operation: Operation;
  readonly modelId: string;
} {
  const [, modelId = '', name = ''] = /^\/model\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  const operation = method === 'POST' && OPERATIONS.get(name);
  if (operation) return { operation, modelId: decode(modelId) };
  throw new AwsError(404, 'UnknownOperationException', `No operation at ${method} ${path}`);
}

/** An answerer that ends as a fault says; only an `answer` effect changes anything. */
function ending(effect: FaultEffect | undefined, answer: Answerer): Answerer {
  if (effect?.kind !== 'answer') return answer;
  const { stopReason, text } = effect;
  if (text !== undefined) return () => Promise.resolve({ text, stopReason });
  return async (question, signal) => {
    const { text: whole } = await answer(question, signal);
    return { text: cut(whole, Math.ceil(whole.length / 2)), stopReason };
  };
}
