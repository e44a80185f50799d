import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type {
  InstanceMessage,
  Invocation,
  Numbered,
  RuntimeData,
  RuntimeMessage,
  ThreadMessage,
} from '../protocol';
import { RuntimeError, toErrorPayload } from './errors';
import {
  type Context,
  type Handler,
  keepCompiled,
  type Loaded,
  loadHandler,
  type StreamingHandler,
} from './load-handler';
import { awslambda, isStreaming, ResponseStream } from './response-stream';

/**
 * The worker's side of a thread: its instances load the handler, then take one call after the other. While none is at
 * work they all stay frozen, as an execution environment on AWS does: no timer fires, no socket is read.
 */
const data = workerData as RuntimeData;
const wake = new Int32Array(data.wake);

/** Exit status of AWS's runtime after an uncaught exception. */
const UNCAUGHT_EXCEPTION_STATUS = 129;

interface LoadedInstance extends Loaded {
  /** The stream that is being written, for what is said of it from outside. */
  writing?: { readonly stream: ResponseStream; isAbandoned: boolean } | undefined;
}

const instances = new Map<number, LoadedInstance>();
let atWork = 0;
let written = 0;

function send(instance: number, message: RuntimeMessage): void {
  data.port.postMessage({ instance, ...message } satisfies Numbered<RuntimeMessage>);
}

function crash(error: unknown): never {
  data.port.postMessage({ type: 'crashed', error: toErrorPayload(error) } satisfies ThreadMessage);
  return process.exit(UNCAUGHT_EXCEPTION_STATUS);
}

/** Blocks the whole thread until there is work. */
function freeze(): void {
  while (atWork === 0) {
    const seen = Atomics.load(wake, 0);
    const received = receiveMessageOnPort(data.port) as { message: Numbered<InstanceMessage> } | undefined;
    if (received) receive(received.message);
    else Atomics.wait(wake, 0, seen);
  }
}

/** What is said of a stream that has ended comes too late. */
function receive(message: Numbered<InstanceMessage>): void {
  const instance = instances.get(message.instance);
  switch (message.type) {
    case 'open':
      void work(message.instance, open);
      return;
    case 'close':
      instances.delete(message.instance);
      return;
    case 'invoke':
      if (instance) void work(message.instance, () => run(message.instance, instance, message.invocation));
      return;
    case 'taken':
      instance?.writing?.stream.taken();
      return;
    case 'abandoned':
      if (instance?.writing === undefined) return;
      instance.writing.isAbandoned = true;
      instance.writing.stream.destroy();
  }
}

/** One instance's, during which the thread is awake. */
async function work(number: number, task: (number: number) => Promise<RuntimeMessage>): Promise<void> {
  atWork += 1;
  try {
    send(number, await task(number));
  } catch (error) {
    crash(error);
  }
  atWork -= 1;
  freeze();
}

async function open(number: number): Promise<RuntimeMessage> {
  instances.set(number, await loadHandler(data));
  return { type: 'initialized' };
}

/** Lets the event loop poll once in full, so that connections closed during the freeze are noticed. */
async function thaw(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

async function run(
  number: number,
  instance: LoadedInstance,
  invocation: Invocation,
): Promise<RuntimeMessage> {
  await thaw();
  const context: Context = {
    awsRequestId: invocation.requestId,
    functionName: data.functionName,
    functionVersion: invocation.functionVersion,
    invokedFunctionArn: invocation.invokedFunctionArn,
    memoryLimitInMB: String(data.memoryLimitInMB),
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
  const event: unknown = JSON.parse(invocation.event);
  // As AWS's runtime does, in what the function has made of its environment.
  instance.process.env._X_AMZN_TRACE_ID = invocation.traceHeader;
  try {
    if (isStreaming(instance.handler))
      return await runStreaming(number, instance, event, context, invocation);
    const handler = instance.handler as Handler;
    return { type: 'succeeded', payload: stringify(await handler(event, context)) };
  } catch (error) {
    return { type: 'failed', error: toErrorPayload(error) };
  } finally {
    // A datagram goes out meanwhile, as it does while AWS's runtime posts the result.
    if (invocation.traceHeader.includes('Sampled=1')) await setImmediate();
    keepCompiled(data.compiled);
  }
}

/** The instance is at work until the handler has returned and its stream has been read to the end. */
async function runStreaming(
  number: number,
  instance: LoadedInstance,
  event: unknown,
  context: Context,
  { streamed }: Invocation,
): Promise<RuntimeMessage> {
  if (!streamed) throw new Error('Of a streaming handler, InvokeWithResponseStream alone is emulated.');
  const stream = new ResponseStream((bytes) => {
    const copy = new Uint8Array(bytes);
    const message = { instance: number, type: 'chunk', bytes: copy } satisfies Numbered<RuntimeMessage>;
    data.port.postMessage(message, [copy.buffer]);
  });
  const writing = { stream, isAbandoned: false };
  instance.writing = writing;
  // As the connection to Lambda does: who waits for a stream that nobody ends runs into the function's timeout.
  written += 1;
  data.port.ref();
  try {
    let failure: { readonly error: unknown } | undefined;
    try {
      await (instance.handler as StreamingHandler)(event, stream, context);
    } catch (error) {
      failure = { error };
      stream.end();
    }
    if (!stream.writableFinished && !stream.destroyed) await once(stream, 'close');
    if (failure !== undefined) throw failure.error;
    if (!stream.writableFinished && !writing.isAbandoned) throw new Error('Response stream is not finished.');
    return { type: 'succeeded', payload: '' };
  } finally {
    instance.writing = undefined;
    written -= 1;
    if (written === 0) data.port.unref();
  }
}

function stringify(result: unknown): string {
  try {
    // Within an array, what JSON has no word for (undefined, a function) is null.
    return JSON.stringify([result]).slice(1, -1);
  } catch {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
}

captureOutput(data.port);
process.on('uncaughtException', crash);
process.on('unhandledRejection', (reason) =>
  crash(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason))),
);
Object.assign(globalThis, { awslambda });
data.port.on('message', receive);
data.port.unref();
freeze();

/**
 * Sends what the function writes to stdout and stderr through the port, at once and in order with the
 * results: a worker's own streams wait for an acknowledgement, which a frozen instance would never read.
 */
function captureOutput(port: MessagePort): void {
  const write = (
    chunk: string | Uint8Array,
    encodingOrDone?: BufferEncoding | ((error?: Error | null) => void),
    done?: (error?: Error | null) => void,
  ): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    port.postMessage({ type: 'output', chunk: text } satisfies ThreadMessage);
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (callback) process.nextTick(callback);
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
}
