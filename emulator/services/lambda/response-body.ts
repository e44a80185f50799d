import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome, ResponseReader } from './instance';
import type { FunctionErrorPayload } from './protocol';

/** Bytes; https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const STREAM_LIMIT_BYTES = 200 * 1024 * 1024;

/**
 * Bytes that go out as fast as they come, and bytes in a second of what comes after them.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
const BANDWIDTH = { free: 6 * 1024 * 1024, perSecond: 2 * 1024 * 1024 };

/** A function that was invoked with a response stream has failed, before its first byte or after it. */
class FunctionError extends Error {
  override readonly name = 'FunctionError';

  constructor(readonly payload: FunctionErrorPayload) {
    super(`${payload.errorType}: ${payload.errorMessage}`);
  }
}

export interface ResponseBodyOptions {
  readonly invoke: (reader: ResponseReader) => Promise<Outcome>;
  /** Whether a function is told that nobody reads its response any more; else it writes on, and what it writes is lost. */
  readonly tellAbandoned: boolean;
}

/**
 * What a function writes, chunk by chunk: it sends the next when the last has been read, so that nothing piles up.
 * A function that fails is the stream's error, a FunctionError.
 */
export class ResponseBody extends Readable {
  private wanted: (() => void) | undefined;
  private bytes = 0;

  constructor({ invoke, tellAbandoned }: ResponseBodyOptions) {
    super({ highWaterMark: 1 });
    // Whoever reads is told; whoever has not begun to does not bring the process down.
    this.on('error', () => undefined);
    const abandoned = new AbortController();
    this.once('close', () => {
      this.wanted?.();
      if (tellAbandoned) abandoned.abort();
    });
    void invoke({ take: (chunk) => this.handOn(chunk), abandoned: abandoned.signal }).then(
      (outcome) => {
        if ('error' in outcome) return this.destroy(new FunctionError(outcome.error));
        // A handler that writes no stream answers in one piece.
        if (outcome.payload !== '') this.push(outcome.payload);
        return this.push(null);
      },
      (error: unknown) => this.destroy(error as Error),
    );
  }

  override _read(): void {
    this.wanted?.();
  }

  private async handOn(chunk: Uint8Array): Promise<void> {
    this.bytes += chunk.length;
    if (this.bytes > STREAM_LIMIT_BYTES) {
      const errorMessage = `The response stream exceeds ${STREAM_LIMIT_BYTES} bytes.`;
      this.destroy(new FunctionError({ errorType: 'Function.ResponseSizeTooLarge', errorMessage }));
    }
    if (this.destroyed) return;
    if (this.bytes > BANDWIDTH.free) await sleep((chunk.length / BANDWIDTH.perSecond) * 1_000);
    const read = new Promise<void>((resolve) => {
      this.wanted = resolve;
    });
    if (!this.push(chunk)) await read;
    this.wanted = undefined;
  }
}
