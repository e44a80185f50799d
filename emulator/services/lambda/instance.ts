import { join } from 'node:path';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { buildSync } from 'esbuild';
import type {
  FunctionErrorPayload,
  InstanceMessage,
  Invocation,
  Numbered,
  RuntimeData,
  RuntimeMessage,
  ThreadMessage,
} from './protocol';

/** Time that Lambda gives a function to load its modules. */
const INITIALIZATION_LIMIT_MS = 10_000;

/** How a call ended: JSON text, or what the function or its sandbox reports. */
export type Outcome = { readonly payload: string } | { readonly error: FunctionErrorPayload };

/** Who takes a response as it is written. */
export interface ResponseReader {
  /** @returns a promise that resolves when the next chunk may come */
  readonly take: (chunk: Uint8Array) => Promise<void>;
  /** Aborted where nobody reads any more and the function is told. */
  readonly abandoned: AbortSignal;
}

/**
 * One execution environment, which takes one call at a time. After an outcome with `alive` false (crash, exit, timeout)
 * it is of no further use, nor are those in the same thread.
 */
export class Instance {
  private readonly number: number;
  private settle: ((outcome: Outcome) => void) | undefined;
  private requestId = '';
  private reader: ResponseReader | undefined;
  private running = true;
  /** Resolves to an error if the function could not be initialized. */
  private readonly initialization: Promise<FunctionErrorPayload | undefined>;

  constructor(private readonly thread: InstanceThread) {
    this.initialization = this.reply(INITIALIZATION_LIMIT_MS, 'INIT').then((outcome) =>
      'error' in outcome ? outcome.error : undefined,
    );
    this.number = thread.open({ receive: this.receive, ended: this.ended });
  }

  get alive(): boolean {
    return this.running && !this.thread.hasEnded;
  }

  /** @param timeoutSeconds the function's, counted from the end of the initialization */
  async invoke(
    call: Omit<Invocation, 'deadline' | 'streamed'>,
    timeoutSeconds: number,
    reader?: ResponseReader,
  ): Promise<Outcome> {
    const failure = await this.initialization;
    if (failure) return { error: failure };
    const limit = timeoutSeconds * 1000;
    const outcome = this.reply(limit, call.requestId);
    const invocation = { ...call, streamed: reader !== undefined, deadline: Date.now() + limit };
    this.thread.send(this.number, { type: 'invoke', invocation });
    if (reader === undefined) return outcome;
    const tellAbandoned = () => {
      this.thread.send(this.number, { type: 'abandoned' });
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

  /** Gives an idle instance up. */
  async leave(): Promise<void> {
    this.running = false;
    await this.thread.leave(this.number);
  }

  /** Ends it in whatever it does, and all in its thread. */
  async terminate(): Promise<void> {
    this.running = false;
    await this.thread.terminate();
  }

  /** The instance's next answer; past the limit the thread is ended. */
  private reply(limitMs: number, requestId: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        const errorMessage = `Task timed out after ${(limitMs / 1000).toFixed(2)} seconds`;
        this.ended({ errorType: 'Sandbox.Timedout', errorMessage });
        void this.thread.terminate();
      }, limitMs);
      this.requestId = requestId;
      this.settle = (outcome) => {
        clearTimeout(timer);
        this.settle = undefined;
        this.thread.flushOutput();
        resolve(outcome);
      };
    });
  }

  private readonly receive = (message: RuntimeMessage): void => {
    switch (message.type) {
      case 'chunk':
        void this.handOn(message.bytes);
        return;
      case 'failed':
        this.settle?.({ error: message.error });
        return;
      case 'succeeded':
        this.settle?.({ payload: message.payload });
        return;
      case 'initialized':
        this.settle?.({ payload: 'null' });
    }
  };

  private readonly ended = (error: FunctionErrorPayload): void => {
    this.running = false;
    this.settle?.({ error: SANDBOX_ERRORS.has(error.errorType) ? ofSandbox(error, this.requestId) : error });
  };

  private async handOn(chunk: Uint8Array): Promise<void> {
    await this.reader?.take(chunk);
    if (this.running) this.thread.send(this.number, { type: 'taken' });
  }
}

const SANDBOX_ERRORS = new Set(['Runtime.ExitError', 'Sandbox.Timedout']);

/** The sandbox, unlike the function, prefixes its messages with the request's id. */
const ofSandbox = ({ errorType, errorMessage }: FunctionErrorPayload, requestId: string) => ({
  errorType,
  errorMessage: `RequestId: ${requestId} Error: ${errorMessage}`,
});

/** V8's default lets each of many threads grow by three times 16 MB before it collects anything. */
const YOUNG_GENERATION_MB = 6;

interface ThreadOptions extends Omit<RuntimeData, 'port' | 'wake' | 'isShared'> {
  /** The whole `process.env`: nothing of the host's is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onOutputLine: (line: string) => void;
  /** How many instances there is room for. */
  readonly places: number;
}

/** What an instance hears of its thread. */
interface Occupant {
  receive(message: RuntimeMessage): void;
  /** The thread, and with it all that it held, is no more. */
  ended(error: FunctionErrorPayload): void;
}

/** A worker thread in which instances of one function live, each with modules of its own; the environment is theirs all. */
export class InstanceThread {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly wake = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private readonly output: LineSplitter;
  private readonly exited: Promise<void>;
  private readonly occupants = new Map<number, Occupant>();
  private lastNumber = 0;
  private running = true;

  constructor(private readonly options: ThreadOptions) {
    const { environment, onOutputLine, places, ...data } = options;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    this.output = new LineSplitter(onOutputLine);
    this.worker = new Worker(runtimeBundle(), {
      eval: true,
      env: { ...environment },
      execArgv: [],
      // What bypasses the runtime's capture must not reach the host's own streams either.
      stdout: true,
      stderr: true,
      resourceLimits: {
        maxOldGenerationSizeMb: data.memoryLimitInMB * places,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      },
      workerData: {
        ...data,
        isShared: places > 1,
        port: port2,
        wake: this.wake.buffer,
      } satisfies RuntimeData,
      transferList: [port2],
    });
    this.exited = new Promise((resolve) => {
      this.watch(resolve);
    });
  }

  get hasRoom(): boolean {
    return this.running && this.occupants.size < this.options.places;
  }

  get hasEnded(): boolean {
    return !this.running;
  }

  /** @returns the number by which the occupant is spoken to */
  open(occupant: Occupant): number {
    this.lastNumber += 1;
    this.occupants.set(this.lastNumber, occupant);
    this.send(this.lastNumber, { type: 'open' });
    return this.lastNumber;
  }

  send(instance: number, message: InstanceMessage): void {
    this.port.postMessage({ instance, ...message } satisfies Numbered<InstanceMessage>);
    Atomics.add(this.wake, 0, 1);
    Atomics.notify(this.wake, 0);
  }

  /** Who leaves last ends the thread. */
  async leave(instance: number): Promise<void> {
    if (this.occupants.size === 1 || !this.running) return this.terminate();
    this.occupants.delete(instance);
    this.send(instance, { type: 'close' });
  }

  /** Ends all of its instances, at work or not. */
  async terminate(): Promise<void> {
    if (this.running) void this.worker.terminate();
    this.running = false;
    await this.exited;
  }

  /** Ends the line that has begun, if any. */
  flushOutput(): void {
    this.output.flush();
  }

  private watch(onExit: () => void): void {
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
      this.end(exitError(exitReason));
      this.port.close();
      onExit();
    });
  }

  private end(error: FunctionErrorPayload): void {
    this.running = false;
    for (const occupant of this.occupants.values()) occupant.ended(error);
  }

  private readonly writeOutput = (chunk: Buffer): void => {
    this.output.write(chunk.toString('utf8'));
  };

  private readonly receive = (message: Numbered<RuntimeMessage> | ThreadMessage): void => {
    if (message.type === 'output') this.output.write(message.chunk);
    else if (message.type === 'crashed') this.end(message.error);
    else this.occupants.get(message.instance)?.receive(message);
  };

  /** The worker's exit may overtake what it sent last. */
  private receivePending(): void {
    for (;;) {
      const pending = receiveMessageOnPort(this.port) as
        { message: Numbered<RuntimeMessage> | ThreadMessage } | undefined;
      if (!pending) return;
      this.receive(pending.message);
    }
  }
}

function exitError(reason: string | undefined): FunctionErrorPayload {
  const message = reason === undefined ? 'exited without providing a reason' : `exited with error: ${reason}`;
  return { errorType: 'Runtime.ExitError', errorMessage: `Runtime ${message}` };
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
