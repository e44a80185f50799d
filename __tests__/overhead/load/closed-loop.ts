import { setTimeout as sleep } from 'node:timers/promises';

/** What is measured: one way to have a question answered. */
export interface Target<Result = unknown> {
  call(): Promise<Result>;
  /** @returns which tier answered; anything else says what came instead */
  tierOf(result: Result): string;
  /** @returns milliseconds of the call that count; @default - all until its end */
  latencyOf?(result: Result): number;
  close?(): void;
}

export interface Load {
  /** Callers, each of which waits for its answer before it asks again. */
  readonly concurrency: number;
  /** No call begins later; those under way are waited for. */
  readonly durationMs: number;
  /** @default 0 */
  readonly thinkMs?: number;
}

/** One entry a call, in the order in which they ended. */
export interface Samples {
  /** Epoch milliseconds. */
  readonly startedAt: Float64Array;
  readonly latencyMs: Float64Array;
  readonly tiers: readonly string[];
  /** From the first call's start to the last one's end. */
  readonly elapsedMs: number;
  /** That this process has spent meanwhile: it does not grow when other programs want the machine, too. */
  readonly cpuMs: number;
}

/** Puts a closed-loop load on a target. A call that fails is a sample, too, whose tier is the error's text. */
export async function closedLoop(target: Target, load: Load): Promise<Samples> {
  const { concurrency, durationMs, thinkMs = 0 } = load;
  const startedAt: number[] = [];
  const latencyMs: number[] = [];
  const tiers: string[] = [];
  const cpuBefore = process.cpuUsage();
  const began = performance.now();

  const caller = async (): Promise<void> => {
    while (performance.now() - began < durationMs) {
      const start = performance.now();
      const outcome = await target.call().then(
        (result) => ({ result }),
        (error: unknown) => ({ error }),
      );
      const tookMs = performance.now() - start;
      latencyMs.push('result' in outcome ? (target.latencyOf?.(outcome.result) ?? tookMs) : tookMs);
      startedAt.push(performance.timeOrigin + start);
      tiers.push('result' in outcome ? target.tierOf(outcome.result) : String(outcome.error));
      if (thinkMs > 0) await sleep(thinkMs);
    }
  };

  await Promise.all(Array.from({ length: concurrency }, caller));
  const elapsedMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    startedAt: Float64Array.from(startedAt),
    latencyMs: Float64Array.from(latencyMs),
    tiers,
    elapsedMs,
    cpuMs: (user + system) / 1_000,
  };
}
