import type { InstanceThread } from './instance-thread';
import type { FunctionErrorPayload, Invocation, RuntimeMessage } from './protocol';

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
    return this.running;
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
