import { Writable } from 'node:stream';
import { RuntimeError } from './errors';

/*
 * What Lambda's runtime puts into the global `awslambda`: names and behaviour as in AWS's runtime interface client
 * (aws-lambda-nodejs-runtime-interface-client 4), whose stream is a request to Lambda's Runtime API.
 */

const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');
const DELIMITER_BYTES = 8;

type Writes = (chunk: string | Uint8Array) => void;

/** The stream that a handler writes its response into. */
export class ResponseStream extends Writable {
  _onBeforeFirstWrite: ((write: Writes) => void) | undefined;
  private begun = false;
  private onTaken: ((error?: Error | null) => void) | undefined;

  /** @param send hands a chunk to Lambda, which says by `taken` that it wants the next */
  constructor(private readonly send: (bytes: Uint8Array) => void) {
    super();
  }

  /** Emulated as far as it fails: no type is handed on. */
  setContentType(): void {
    if (!this.begun) return;
    throw new RuntimeError('Runtime.InvalidStreamingOperation', 'Cannot set content-type, too late.');
  }

  override write(chunk: unknown, ...more: never[]): boolean {
    const isFirst = !this.begun;
    this.begun = true;
    if (isFirst) this._onBeforeFirstWrite?.((part) => super.write(part));
    const isBytes = typeof chunk === 'string' || chunk instanceof Uint8Array;
    return super.write(isBytes ? chunk : JSON.stringify(chunk), ...more);
  }

  override _write(
    chunk: Uint8Array,
    _encoding: BufferEncoding,
    callback: (error?: Error | null) => void,
  ): void {
    this.onTaken = callback;
    this.send(chunk);
  }

  override _writev(chunks: { readonly chunk: Uint8Array }[], callback: (error?: Error | null) => void): void {
    this.onTaken = callback;
    this.send(Buffer.concat(chunks.map(({ chunk }) => chunk)));
  }

  taken(): void {
    const callback = this.onTaken;
    this.onTaken = undefined;
    callback?.();
  }
}

export const isStreaming = (handler: object): boolean => STREAMING in handler;

/** What functions find as `awslambda`. */
export const awslambda = {
  streamifyResponse: <Handler extends object>(handler: Handler): Handler =>
    Object.assign(handler, { [STREAMING]: 'response' }),

  HttpResponseStream: {
    /** The metadata go ahead of the first chunk: who ends without having written sends none. */
    from(stream: ResponseStream, metadata: unknown): ResponseStream {
      stream.setContentType();
      stream._onBeforeFirstWrite = (write) => {
        write(JSON.stringify(metadata));
        write(new Uint8Array(DELIMITER_BYTES));
      };
      return stream;
    },
  },
};
