import type { MessagePort } from 'node:worker_threads';

/** What a function reports in place of a result, as Lambda hands it to the caller. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Lines of the stack. Absent where the sandbox, not the function, reports the error. */
  readonly trace?: readonly string[];
}

/** What a thread of instances is made with: the worker's `workerData`. */
export interface RuntimeData {
  readonly port: MessagePort;
  /** Int32 counter, raised with each message: the frozen thread waits for it to change. */
  readonly wake: SharedArrayBuffer;
  /** Absolute path of the unpacked code, `LAMBDA_TASK_ROOT`. */
  readonly taskRoot: string;
  /** `<module>.<export>`, e.g. `index.handler`. */
  readonly handler: string;
  readonly functionName: string;
  readonly memoryLimitInMB: number;
  /** Whether there is room for several instances: the code is then one CommonJS module. */
  readonly isShared: boolean;
  /** File of what V8 has made of such code: it is read where it is there, and written where it is not. */
  readonly compiled: string | undefined;
}

/** One call, to the instance. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text. */
  readonly event: string;
  readonly invokedFunctionArn: string;
  readonly functionVersion: string;
  /** `X-Amzn-Trace-Id`. */
  readonly traceHeader: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /** Whether the caller takes the response as it is written: InvokeWithResponseStream. */
  readonly streamed: boolean;
}

/** To an instance. */
export type InstanceMessage =
  /** There is one more: it loads its handler. */
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'invoke'; readonly invocation: Invocation }
  /** The chunk that was sent last has been handed on: the next may come. */
  | { readonly type: 'taken' }
  /** Nobody is there any more to read. */
  | { readonly type: 'abandoned' };

/** From an instance. */
export type RuntimeMessage =
  | { readonly type: 'initialized' }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  | { readonly type: 'succeeded'; readonly payload: string }
  | { readonly type: 'failed'; readonly error: FunctionErrorPayload };

/** From the thread, for all of its instances. */
export type ThreadMessage =
  /** It is about to exit: an initialization failed or an exception went uncaught. */
  | { readonly type: 'crashed'; readonly error: FunctionErrorPayload }
  | { readonly type: 'output'; readonly chunk: string };

/** A message with the number of the instance that it is for, or from. */
export type Numbered<Message> = { readonly instance: number } & Message;
