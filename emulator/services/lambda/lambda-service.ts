import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { type FaultEffect, type Intercept, passEffect, untilAborted } from '../../platform/faults/effects';
import type { Resource } from '../../stack/resource';
import { text } from '../../stack/values';
import {
  RequestTooLargeException,
  ResourceNotFoundException,
  ServiceException,
  TooManyRequestsException,
} from './errors';
import { Concurrency, digestOf, LambdaFunction } from './lambda-function';
import { type FunctionConfiguration, functionConfiguration } from './function-configuration';
import type { Outcome, ResponseReader } from './instance';
import type { FunctionErrorPayload } from './protocol';
import { ResponseBody } from './response-body';
import { formatTraceHeader, newTraceId, type Span, type TraceHeader, untraced } from '../xray/segment';
import type { XRay } from '../xray/xray';

/** Bytes; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const REQUEST_LIMIT_BYTES = 6 * 1024 * 1024;

/** Bytes: Lambda grants a response 100 more than a request, as its error message says. */
const RESPONSE_LIMIT_BYTES = REQUEST_LIMIT_BYTES + 100;

export interface LambdaServiceOptions {
  /** The stack's `aws_lambda_function` resources. */
  readonly functions: readonly Resource[];
  /** Its `aws_lambda_alias` resources. @default none */
  readonly aliases?: readonly Resource[];
  /** Where the stack's `cdk.tf.json` lies: zips are relative to it. */
  readonly stackDirectory: string;
  /** What the platform, not the synthesized system, puts into a function's environment. */
  readonly platformEnvironment: (fn: Resource) => Record<string, string>;
  /** Takes each line that a function writes to stdout or stderr. */
  readonly onLog: (functionName: string, line: string) => void;
  /** Told of each that is one more in the namespace `AWS/Lambda`. */
  readonly onMetric?: (functionName: string, metric: 'Errors' | 'Throttles') => void;
  /** What is wrong with an invocation; default: nothing. */
  readonly intercept?: Intercept;
  /** @default - nothing is traced */
  readonly xray?: Pick<XRay, 'begin'>;
  /**
   * The account's quota of concurrent executions in the region.
   *
   * @default 1000
   */
  readonly maxConcurrency?: number;
  /**
   * Milliseconds that an instance may be idle before it is ended.
   *
   * @default five minutes
   */
  readonly idleLimitMs?: number;
  /**
   * Instances of a function that have a thread each; those beyond share some: see OWN_THREADS.
   *
   * @default 2
   */
  readonly ownThreads?: number;
  /**
   * Where what V8 has made of a function's code is kept, for threads that are started later; the folder has to be the
   * caller's alone, since what is found there is run.
   *
   * @default - it is not kept
   */
  readonly compiledFolder?: string;
  /**
   * Whether a function that streams is told when nobody reads any more, by `close` on its stream. AWS says that streams
   * are not interrupted by a broken connection and cost the function's whole duration, and none has been seen to be told:
   * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html,
   * https://github.com/aws/aws-lambda-nodejs-runtime-interface-client/issues/145
   *
   * @default false
   */
  readonly tellAbandoned?: boolean;
  /**
   * What was deployed until now: functions of which nothing has changed go on with their instances, and what is under
   * way counts as concurrency.
   *
   * @default - nothing was
   */
  readonly before?: LambdaService | undefined;
}

/** What a synchronous invocation answers. */
export interface LambdaResult {
  readonly executedVersion: string;
  readonly requestId: string;
  /** Present if the function failed: `payload` is then a `FunctionErrorPayload`. */
  readonly functionError?: 'Unhandled';
  readonly payload: unknown;
}

interface Target {
  readonly configuration: FunctionConfiguration;
  readonly lambda: LambdaFunction;
  /** All that its instances are made of. */
  readonly made: string;
}

/** Lambda's Invoke for the functions of one stack. */
export class LambdaService {
  private readonly targets = new Map<string, Target>();
  /** The version that `name:alias` stands for. */
  private readonly aliases: ReadonlyMap<string, string>;
  private readonly concurrency: Concurrency;
  /** Without what was deployed before, which would keep what was before it. */
  private readonly options: Omit<LambdaServiceOptions, 'before'>;

  /** @throws UnsupportedError for what Lambda refuses or the local run does not emulate */
  constructor({ before, ...options }: LambdaServiceOptions) {
    this.options = options;
    const configurations = options.functions.map(functionConfiguration);
    this.aliases = new Map(
      options.aliases?.map((alias) => [
        `${text(alias, 'function_name')}:${text(alias, 'name')}`,
        text(alias, 'function_version'),
      ]),
    );
    this.concurrency = new Concurrency(configurations, options.maxConcurrency, before?.concurrency);
    try {
      options.functions.forEach((resource, index) => {
        const configuration = configurations[index];
        if (configuration) this.add(resource, configuration, before?.targets.get(configuration.functionName));
      });
    } catch (error) {
      void this.close();
      throw error;
    }
  }

  /**
   * Invokes synchronously (`RequestResponse`).
   *
   * @param functionArnOrName with or without a qualifier (`:$LATEST`, a published version, or an alias of one)
   * @param payload anything that JSON can say
   * @param signal ends the waiting, not the function: it runs on and keeps its instance, as on AWS
   * @param trace of who calls
   * @throws LambdaServiceError, or the signal's reason
   */
  async invoke(
    functionArnOrName: string,
    payload: unknown,
    signal?: AbortSignal,
    trace?: TraceHeader,
  ): Promise<LambdaResult> {
    const { name } = parse(functionArnOrName);
    try {
      const result = await this.run(functionArnOrName, payload, signal, trace);
      if (result.functionError) this.options.onMetric?.(name, 'Errors');
      return result;
    } catch (error) {
      if (error instanceof TooManyRequestsException) this.options.onMetric?.(name, 'Throttles');
      throw error;
    }
  }

  /**
   * InvokeWithResponseStream.
   *
   * @returns what the function writes, as it comes; whoever destroys it leaves the function at work, as on AWS
   * @throws LambdaServiceError
   */
  async invokeWithResponseStream(
    functionArnOrName: string,
    payload: unknown,
    trace?: TraceHeader,
  ): Promise<ResponseBody> {
    const { name } = parse(functionArnOrName);
    try {
      const effect = this.options.intercept?.();
      if (effect !== undefined) await passFault(effect, undefined);
      const { functionName, requestId, start } = this.begin(functionArnOrName, payload, trace);
      return new ResponseBody({
        tellAbandoned: this.options.tellAbandoned ?? false,
        invoke: async (reader) => {
          const outcome = await start(reader);
          if ('error' in outcome) {
            this.options.onMetric?.(name, 'Errors');
            this.logFailure(functionName, requestId, outcome.error);
          }
          return outcome;
        },
      });
    } catch (error) {
      if (error instanceof TooManyRequestsException) this.options.onMetric?.(name, 'Throttles');
      throw error;
    }
  }

  /** Initializes instances ahead of the first calls. */
  async warm(functionArnOrName: string, instances = 1): Promise<void> {
    await this.find(functionArnOrName).lambda.warm(instances);
  }

  /**
   * Ends every instance, at work or not, and removes the unpacked code, but for what the next deployment has kept. Who
   * calls from here on finds no function.
   */
  async close(): Promise<void> {
    const targets = [...this.targets.values()];
    this.targets.clear();
    await Promise.all(targets.map(({ lambda }) => lambda.close()));
  }

  private async run(
    functionArnOrName: string,
    payload: unknown,
    signal: AbortSignal | undefined,
    trace: TraceHeader | undefined,
  ): Promise<LambdaResult> {
    const effect = this.options.intercept?.();
    if (effect !== undefined) await passFault(effect, signal);
    signal?.throwIfAborted();
    const { functionName, executedVersion, requestId, start } = this.begin(functionArnOrName, payload, trace);
    const outcome = withinResponseLimit(await untilAborted(start(), signal));
    if ('payload' in outcome) {
      return { executedVersion, requestId, payload: JSON.parse(outcome.payload) as unknown };
    }
    this.logFailure(functionName, requestId, outcome.error);
    return { executedVersion, requestId, functionError: 'Unhandled', payload: outcome.error };
  }

  /** @returns what starts the call, for which a place is taken */
  private begin(functionArnOrName: string, payload: unknown, trace: TraceHeader | undefined) {
    const { configuration, lambda, version } = this.find(functionArnOrName);
    const event = JSON.stringify(payload);
    const bytes = Buffer.byteLength(event);
    if (bytes > REQUEST_LIMIT_BYTES) throw new RequestTooLargeException(bytes, REQUEST_LIMIT_BYTES);
    const requestId = randomUUID();
    const spans = this.trace(configuration, requestId, trace);
    const release = this.acquire(configuration, spans);
    const invokedFunctionArn = functionArnOrName.startsWith('arn:') ? functionArnOrName : configuration.arn;
    const traceHeader = formatTraceHeader(spans.function.header);
    const call = { requestId, event, invokedFunctionArn, functionVersion: version, traceHeader };
    return {
      functionName: configuration.functionName,
      executedVersion: version,
      requestId,
      start: async (reader?: ResponseReader) => {
        const outcome = await lambda.invoke(call, spans.function, reader).finally(release);
        const failed = 'error' in outcome && { fault: true };
        spans.function.end({ ...failed });
        spans.service.end({ ...failed, http: { response: { status: 200 } } });
        return outcome;
      },
    };
  }

  /**
   * Lambda's two segments: the service's, and the function's.
   * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
   */
  private trace(
    { arn, functionName, role, isTraced }: FunctionConfiguration,
    requestId: string,
    header?: TraceHeader,
  ) {
    const { xray } = this.options;
    if (xray === undefined) {
      const span = untraced(header ?? { root: newTraceId(), sampled: false });
      return { service: span, function: span };
    }
    const of = { serviceName: functionName, resourceArn: arn, isActive: isTraced };
    const aws = { aws: { request_id: requestId } };
    const service = xray.begin(header, { ...of, serviceType: 'AWS::Lambda', fields: aws });
    const type = 'AWS::Lambda::Function';
    return { service, function: xray.begin(service.header, { ...of, serviceType: type, role, fields: aws }) };
  }

  private acquire(configuration: FunctionConfiguration, { service }: { readonly service: Span }): () => void {
    try {
      return this.concurrency.acquire(configuration);
    } catch (error) {
      service.end({ error: true, throttle: true, http: { response: { status: 429 } } });
      throw error;
    }
  }

  private add(resource: Resource, configuration: FunctionConfiguration, before: Target | undefined): void {
    const { address, filename, functionName } = configuration;
    const { stackDirectory, idleLimitMs, ownThreads, compiledFolder } = this.options;
    const platformEnvironment = this.options.platformEnvironment(resource);
    // Whatever else is set otherwise is a change, although AWS keeps instances where it is a tag, for example.
    const code = digestOf(address, resolve(stackDirectory, filename));
    const made = JSON.stringify([resource.values, platformEnvironment, code]);
    const make = () =>
      new LambdaFunction({
        configuration,
        stackDirectory,
        platformEnvironment,
        idleLimitMs,
        ownThreads,
        compiledFolder,
        onLine: (line) => {
          this.options.onLog(functionName, line);
        },
      });
    const lambda = before?.made === made ? before.lambda.keep() : make();
    this.targets.set(functionName, { configuration, lambda, made });
  }

  private find(functionArnOrName: string): Target & { readonly version: string } {
    const { parts, name, qualifier } = parse(functionArnOrName);
    const target = this.targets.get(name);
    const version = this.aliases.get(`${name}:${qualifier ?? ''}`) ?? qualifier;
    const known =
      target &&
      (parts[0] !== 'arn' || target.configuration.arn === parts.slice(0, 7).join(':')) &&
      [undefined, '$LATEST', target.configuration.publishedVersion].includes(version);
    if (!known) throw new ResourceNotFoundException(functionArnOrName);
    return { ...target, version: version ?? '$LATEST' };
  }

  /** As Lambda's runtime writes a failed call into the function's log. */
  private logFailure(functionName: string, requestId: string, error: FunctionErrorPayload): void {
    const time = new Date().toISOString();
    this.options.onLog(functionName, `${time}\t${requestId}\tERROR\tInvoke Error\t${JSON.stringify(error)}`);
  }
}

const passFault = (effect: FaultEffect, signal: AbortSignal | undefined): Promise<void> =>
  passEffect(effect, signal, ({ status, message }) =>
    status === 429
      ? new TooManyRequestsException('ConcurrentInvocationLimitExceeded')
      : new ServiceException(status, message),
  );

/** `arn:aws:lambda:<region>:<account>:function:<name>[:<qualifier>]` or `<name>[:<qualifier>]` */
function parse(functionArnOrName: string) {
  const parts = functionArnOrName.split(':');
  const [name = '', qualifier] = parts[0] === 'arn' ? parts.slice(6) : parts;
  return { parts, name, qualifier };
}

function withinResponseLimit(outcome: Outcome): Outcome {
  if (!('payload' in outcome)) return outcome;
  const bytes = Buffer.byteLength(outcome.payload);
  if (bytes <= RESPONSE_LIMIT_BYTES) return outcome;
  const errorMessage =
    `Response payload size (${bytes} bytes) exceeded maximum allowed payload size ` +
    `(${RESPONSE_LIMIT_BYTES} bytes).`;
  return { error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage } };
}
