import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type {
  FunctionErrorPayload,
  Invocation,
  RuntimeData,
  RuntimeMessage,
  StreamMessage,
} from './protocol';

/** Time that Lambda gives a function to load its modules. */
const INITIALIZATION_LIMIT_MS = 10_000;

/** V8's default lets each of many instances grow by three times 16 MB before it collects anything. */
const YOUNG_GENERATION_MB = 6;

/** How a call ended: JSON text, or what the function or its sandbox reports. */
export type Outcome = { readonly payload: string } | { readonly error: FunctionErrorPayload };

/** Who takes a response as it is written. */
export interface ResponseReader {
  /** @returns a promise that resolves when the next chunk may come */
  readonly take: (chunk: Uint8Array) => Promise<void>;
  /** Aborted where nobody reads any more and the function is told. */
  readonly abandoned: AbortSignal;
}

interface InstanceOptions extends Omit<RuntimeData, 'port' | 'wake'> {
  /** The whole `process.env`: nothing of the host's is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onOutputLine: (line: string) => void;
}

/**
 * One execution environment: a worker thread with its own modules and environment, which takes one call at a
 * time. After an outcome with `alive` false (crash, exit, timeout) it is of no further use.
 */
export class Instance {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly wake = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly output: LineSplitter;
  private readonly ended: Promise<void>;
  private settle: ((message: RuntimeMessage) => void) | undefined;
  private reader: ResponseReader | undefined;
  private running = true;
  /** Resolves to an error if the function could not be initialized. */
  private readonly initialization: Promise<FunctionErrorPayload | undefined>;

  constructor(options: InstanceOptions) {
    const { environment, onOutputLine, ...data } = options;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.output = new LineSplitter(onOutputLine);
    this.initialization = this.reply(INITIALIZATION_LIMIT_MS, 'INIT').then((outcome) =>
      'error' in outcome ? outcome.error : undefined,
    );
    this.worker = new Worker(runtimeBundle(), {
      eval: true,
      env: { ...environment },
      execArgv: [],
      // What bypasses the runtime's capture must not reach the host's own streams either.
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: data.memoryLimitInMB,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      },
      workerData: { ...data, port: port2, wake: this.wake.buffer } satisfies RuntimeData,
      transferList: [port2],
    });
    this.ended = new Promise((resolve) => {
      this.watch(resolve);
    });
  }

  get alive(): boolean {
    return this.running;
  }

  /** @param timeoutSeconds the function's, counted from the end of the initialization */
  async invoke(
    invocation: Omit<Invocation, 'deadline' | 'streamed'>,
    timeoutSeconds: number,
    reader?: ResponseReader,
  ): Promise<Outcome> {
    const failure = await this.initialization;
    if (failure) return { error: failure };
    const limit = timeoutSeconds * 1000;
    const outcome = this.reply(limit, invocation.requestId);
    const streamed = reader !== undefined;
    this.port.postMessage({ ...invocation, streamed, deadline: Date.now() + limit } satisfies Invocation);
    Atomics.add(this.wake, 0, 1);
    Atomics.notify(this.wake, 0);
    if (reader === undefined) return outcome;
    const tellAbandoned = () => {
      this.port.postMessage({ type: 'abandoned' } satisfies StreamMessage);
    };
    this.reader = reader;
    reader.abandoned.addEventListener('abort', tellAbandoned, { once: true });
    try {
      return await outcome;
    } finally {
      reader.abandoned.removeEventListener('abort', tellAbandoned);
      this.reader = undefined;
    }
  }

  /** Resolves once initialized, or once that has failed. */
  async ready(): Promise<void> {
    await this.initialization;
  }

  async terminate(): Promise<void> {
    this.running = false;
    await this.worker.terminate();
    await this.ended;
  }

  /** The instance's next answer; past the limit the instance is ended. */
  private reply(limitMs: number, requestId: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const message = `Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`;
        this.settle?.({ type: 'crashed', error: sandboxError('Sandbox.Timedout', requestId, message) });
        void this.terminate();
      }, limitMs);
      this.settle = (message) => {
        clearTimeout(timer);
        this.settle = undefined;
        this.output.flush();
        if (message.type === 'crashed') this.running = false;
        resolve(outcomeOf(message, requestId));
      };
    });
  }

  private watch(onEnd: () => void): void {
    let exitReason: string | undefined;
    this.port.on('message', this.receive);
    this.worker.stdout.on('data', this.writeOutput);
    this.worker.stderr.on('data', this.writeOutput);
    this.worker.on('error', (error: Error & { code?: string }) => {
      // What exceeds its memory is killed on AWS; other errors are caught inside the worker.
      exitReason = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'signal: killed' : error.message;
    });
    this.worker.once('exit', (status) => {
      this.running = false;
      this.receivePending();
      exitReason ??= status === 0 ? undefined : `exit status ${status}`;
      this.settle?.({ type: 'crashed', error: exitError(exitReason) });
      this.port.close();
      onEnd();
    });
  }

  private readonly writeOutput = (chunk: Buffer): void => {
    this.output.write(chunk.toString('utf8'));
  };

  private readonly receive = (message: RuntimeMessage): void => {
    if (message.type === 'output') this.output.write(message.chunk);
    else if (message.type === 'chunk') void this.handOn(message.bytes);
    else this.settle?.(message);
  };

  private async handOn(chunk: Uint8Array): Promise<void> {
    await this.reader?.take(chunk);
    this.port.postMessage({ type: 'taken' } satisfies StreamMessage);
  }

  /** The worker's exit may overtake what it sent last. */
  private receivePending(): void {
    for (;;) {
      const pending = receiveMessageOnPort(this.port) as { message: RuntimeMessage } | undefined;
      if (!pending) return;
      this.receive(pending.message);
    }
  }
}

function outcomeOf(message: RuntimeMessage, requestId: string): Outcome {
  switch (message.type) {
    case 'failed':
      return { error: message.error };
    case 'crashed': {
      const { errorType, errorMessage } = message.error;
      if (errorType !== 'Runtime.ExitError') return { error: message.error };
      return { error: sandboxError(errorType, requestId, errorMessage) };
    }
    case 'succeeded':
      return { payload: message.payload };
    default: // initialized: there is nothing to tell
      return { payload: 'null' };
  }
}

function exitError(reason: string | undefined): FunctionErrorPayload {
  const message = reason === undefined ? 'exited without providing a reason' : `exited with error: ${reason}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `Runtime ${message}` };
}

/** The sandbox, unlike the function, prefixes its messages with the request's id. */
function sandboxError(errorType: string, requestId: string, message: string): FunctionErrorPayload {
  return { errorType, errorMessage: `RequestId: ${requestId} Error: ${message}` };
}

/** Cuts a stream of text into its lines. */
class LineSplitter {
  private rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  write(chunk: string): void {
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line);
  }

  /** Ends the line that has begun, if any. */
  flush(): void {
    if (this.rest !== '') this.onLine(this.rest);
    this.rest = '';
  }
}

let bundle: string | undefined;

/** JavaScript of the worker's side, built once in a process: workers start without a TypeScript loader. */
function runtimeBundle(): string {
  bundle ??= buildSync({
    entryPoints: [join(__dirname, 'runtime', 'main.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
  }).outputFiles[0]?.text;
  if (bundle === undefined) throw new Error('esbuild wrote nothing for the runtime');
  return bundle;
}
