/**
 * The worker's side of an instance: loads the handler, then takes one call after the other and stays
 * frozen in between, as an execution environment on AWS does: no timer fires, no socket is read.
 */
import { setImmediate } from 'node:timers/promises';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Invocation, RuntimeData, RuntimeMessage } from '../protocol';
import { RuntimeError, toErrorPayload } from './errors';
import { type Handler, loadHandler } from './load-handler';
import { captureOutput } from './output';

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
