import { Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A thread in a long computation answers when it is over. */
const PATIENCE_MS = 20_000;

/** What is alive in V8's heaps, in MiB, after a collection in each. */
export interface LiveHeap {
  readonly liveMb: number;
  readonly threads: number;
}

/**
 * Collects what is garbage in the process's threads, and measures what remains: V8 leaves garbage lie for as long as there
 * is room, so that resident memory alone does not tell whether something grows.
 */
export async function liveHeap(): Promise<LiveHeap> {
  const session = new Session();
  session.connect();
  const used = new Map<string, number | undefined>();
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
    used.set(sessionId, undefined);
    for (const [id, method] of ['HeapProfiler.collectGarbage', 'Runtime.getHeapUsage'].entries()) {
      const message = JSON.stringify({ id, method });
      session
        .post('NodeWorker.sendMessageToWorker', { sessionId, message })
        .catch(() => used.delete(sessionId));
    }
  });
  session.on('NodeWorker.detachedFromWorker', ({ params: { sessionId } }) => used.delete(sessionId));
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
    const { result } = JSON.parse(message) as { readonly result?: { readonly usedSize?: number } };
    if (result?.usedSize !== undefined) used.set(sessionId, result.usedSize);
  });
  const silent = () => [...used.values()].filter((bytes) => bytes === undefined).length;
  try {
    await session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    await session.post('HeapProfiler.collectGarbage');
    const end = performance.now() + PATIENCE_MS;
    while (silent() > 0 && performance.now() < end) await sleep(50);
    if (silent() > 0) throw new Error(`${silent()} threads do not say what they hold.`);
    const bytes = [...used.values()].reduce<number>(
      (sum, each = 0) => sum + each,
      process.memoryUsage().heapUsed,
    );
    return { liveMb: bytes / 2 ** 20, threads: 1 + used.size };
  } finally {
    session.disconnect();
  }
}
