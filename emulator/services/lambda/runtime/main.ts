import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Invocation, RuntimeData, RuntimeMessage, StreamMessage } from '../protocol';
import { RuntimeError, toErrorPayload } from './errors';
import { type Context, type Handler, loadHandler, type StreamingHandler } from './load-handler';
import { awslambda, isStreaming, ResponseStream } from './response-stream';

/**
 * The worker's side of an instance: loads the handler, then takes one call after the other and stays
 * frozen in between, as an execution environment on AWS does: no timer fires, no socket is read.
 */
const data = workerData as RuntimeData;
const wake = new Int32Array(data.wake);

/** Exit status of AWS's runtime after an uncaught exception. */
const UNCAUGHT_EXCEPTION_STATUS = 129;

function send(message: RuntimeMessage): void {
  data.port.postMessage(message);
}

function crash(error: unknown): never {
  send({ type: 'crashed', error: toErrorPayload(error) });
  return process.exit(UNCAUGHT_EXCEPTION_STATUS);
}

/** Blocks the whole thread until a call arrives. */
function nextInvocation(): Invocation {
  for (;;) {
    const seen = Atomics.load(wake, 0);
    const received = receiveMessageOnPort(data.port) as { message: Invocation | StreamMessage } | undefined;
    // What is said of a stream that has ended comes too late.
    if (received && 'requestId' in received.message) return received.message;
    if (!received) Atomics.wait(wake, 0, seen);
  }
}

/** Lets the event loop poll once in full, so that connections closed during the freeze are noticed. */
async function thaw(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

async function run(handler: Handler | StreamingHandler, invocation: Invocation): Promise<RuntimeMessage> {
  const context: Context = {
    awsRequestId: invocation.requestId,
    functionName: data.functionName,
    functionVersion: invocation.functionVersion,
    invokedFunctionArn: invocation.invokedFunctionArn,
    memoryLimitInMB: String(data.memoryLimitInMB),
    getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
  };
  const event: unknown = JSON.parse(invocation.event);
  try {
    if (isStreaming(handler))
      return await runStreaming(handler as StreamingHandler, event, context, invocation);
    return { type: 'succeeded', payload: stringify(await (handler as Handler)(event, context)) };
  } catch (error) {
    return { type: 'failed', error: toErrorPayload(error) };
  }
}

/** The stream that is being written, for what is said of it from outside. */
let writing: { readonly stream: ResponseStream; isAbandoned: boolean } | undefined;

/** The instance is at work until the handler has returned and its stream has been read to the end. */
async function runStreaming(
  handler: StreamingHandler,
  event: unknown,
  context: Context,
  { streamed }: Invocation,
): Promise<RuntimeMessage> {
  if (!streamed) throw new Error('Of a streaming handler, InvokeWithResponseStream alone is emulated.');
  const stream = new ResponseStream((bytes) => {
    const copy = new Uint8Array(bytes);
    data.port.postMessage({ type: 'chunk', bytes: copy } satisfies RuntimeMessage, [copy.buffer]);
  });
  const written = { stream, isAbandoned: false };
  writing = written;
  // As the connection to Lambda does: who waits for a stream that nobody ends runs into the function's timeout.
  data.port.ref();
  try {
    let failure: { readonly error: unknown } | undefined;
    try {
      await handler(event, stream, context);
    } catch (error) {
      failure = { error };
      stream.end();
    }
    if (!stream.writableFinished && !stream.destroyed) await once(stream, 'close');
    if (failure !== undefined) throw failure.error;
    if (!stream.writableFinished && !written.isAbandoned) throw new Error('Response stream is not finished.');
    return { type: 'succeeded', payload: '' };
  } finally {
    writing = undefined;
    data.port.unref();
  }
}

function receive(message: Invocation | StreamMessage): void {
  if (writing === undefined || 'requestId' in message) return;
  if (message.type === 'taken') {
    writing.stream.taken();
    return;
  }
  writing.isAbandoned = true;
  writing.stream.destroy();
}

function stringify(result: unknown): string {
  try {
    // Within an array, what JSON has no word for (undefined, a function) is null.
    return JSON.stringify([result]).slice(1, -1);
  } catch {
    throw new RuntimeError('Runtime.JSONStringifyError', 'Unable to stringify response body');
  }
}

async function serve(): Promise<never> {
  Object.assign(globalThis, { awslambda });
  data.port.on('message', receive);
  data.port.unref();
  const handler = await loadHandler(data.taskRoot, data.handler);
  send({ type: 'initialized' });
  for (;;) {
    const invocation = nextInvocation();
    await thaw();
    send(await run(handler, invocation));
  }
}

captureOutput(data.port);
process.on('uncaughtException', crash);
process.on('unhandledRejection', (reason) =>
  crash(new RuntimeError('Runtime.UnhandledPromiseRejection', String(reason))),
);
serve().catch(crash);

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
    port.postMessage({ type: 'output', chunk: text } satisfies RuntimeMessage);
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (callback) process.nextTick(callback);
    return true;
  };
  process.stdout.write = write;
  process.stderr.write = write;
}
