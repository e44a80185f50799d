import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { ChatResponse, ProxyEvent } from '../chat/http';

/** What Lambda's runtime for Node.js has beside the language. */
declare const awslambda: {
  streamifyResponse(
    handler: (event: ProxyEvent, stream: Writable, context: unknown) => Promise<void>,
  ): (event: ProxyEvent, stream: Writable, context: unknown) => Promise<void>;
  readonly HttpResponseStream: { from(stream: Writable, metadata: object): Writable };
};

/**
 * A caller who has kept its answer waiting for so long, all in all, is taken for one who has left: else who takes a byte
 * now and then would hold an instance for as long as a stream may last.
 */
const PATIENCE_MS = 30_000;

/** A handler whose response is streamed; it is over when its stream has been read. */
export const streamingHandler = (serve: (event: ProxyEvent, response: ChatResponse) => Promise<void>) =>
  awslambda.streamifyResponse(async (event, stream) => {
    const response = new StreamedResponse(stream);
    await serve(event, response);
    stream.end();
  });

/**
 * Lambda does not tell a function that its caller has left, so that on AWS an answer is written to its end. Where a
 * runtime tells, it does so by closing the stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
 */
class StreamedResponse implements ChatResponse {
  private readonly leaving = new AbortController();
  private begun = false;
  private patienceMs = PATIENCE_MS;
  private draining: Promise<void> | undefined;

  constructor(private readonly stream: Writable) {
    stream.once('close', () => {
      if (!stream.writableFinished) this.leaving.abort();
    });
    stream.on('error', () => {
      this.leaving.abort();
    });
  }

  get hasBegun(): boolean {
    return this.begun;
  }

  get left(): AbortSignal {
    return this.leaving.signal;
  }

  begin(statusCode: number, headers: Readonly<Record<string, string>>): void {
    this.begun = true;
    awslambda.HttpResponseStream.from(this.stream, { statusCode, headers });
  }

  write(text: string): Promise<void> | undefined {
    if (this.left.aborted || this.stream.write(text)) return undefined;
    return (this.draining ??= this.drained());
  }

  private async drained(): Promise<void> {
    const began = Date.now();
    const impatient = setTimeout(() => {
      this.leaving.abort();
    }, this.patienceMs);
    try {
      await once(this.stream, 'drain', { signal: this.left });
    } catch {
      // Who has left takes nothing more.
    } finally {
      clearTimeout(impatient);
      this.patienceMs -= Date.now() - began;
      this.draining = undefined;
    }
  }
}
