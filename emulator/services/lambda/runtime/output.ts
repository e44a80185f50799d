import type { MessagePort } from 'node:worker_threads';
import type { RuntimeMessage } from '../protocol';

/**
 * Sends what the function writes to stdout and stderr through the port, at once and in order with the
 * results: a worker's own streams wait for an acknowledgement, which a frozen instance would never read.
 */
export function captureOutput(port: MessagePort): void {
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
