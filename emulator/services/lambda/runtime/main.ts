import { setImmediate } from 'node:timers/promises';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Invocation, RuntimeData, RuntimeMessage } from '../protocol';
import { RuntimeError, toErrorPayload } from './errors';
import { type Handler, loadHandler } from './load-handler';

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
    const received = receiveMessageOnPort(data.port) as { message: Invocation } | undefined;
    if (received) return received.message;
    Atomics.wait(wake, 0, seen);
  }
}

/** Lets the event loop poll once in full, so that connections closed during the freeze are noticed. */
async function thaw(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

async function run(handler: Handler, invocation: Invocation): Promise<RuntimeMessage> {
  try {
    const result = await handler(JSON.parse(invocation.event), {
      awsRequestId: invocation.requestId,
      functionName: data.functionName,
      functionVersion: invocation.functionVersion,
      invokedFunctionArn: invocation.invokedFunctionArn,
      memoryLimitInMB: String(data.memoryLimitInMB),
      getRemainingTimeInMillis: () => Math.max(0, invocation.deadline - Date.now()),
    });
    return { type: 'succeeded', payload: stringify(result) };
  } catch (error) {
    return { type: 'failed', error: toErrorPayload(error) };
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

async function serve(): Promise<never> {
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
