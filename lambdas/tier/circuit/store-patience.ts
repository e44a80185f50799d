import { READ_WAIT_MS, STORE_REST_MS, STORE_WAIT_MS } from '../bounded-wait';

/** For so long an instance believes what it has read: a healthy model costs one read a second at most. */
const CACHE_MS = 1_000;

/** For so long it goes by what it has read, if the next read is late: what an operator says holds after it. */
const FRESH_MS = 2_000;

/** Older knowledge, with a store that stays away, is no reason to refuse a call: fail open. */
export const STALE_MS = 30_000;

/**
 * How long the requests of one instance wait for the store of circuits, by what has become of those before: a store that
 * is away or slow costs one of them a second, and then tens of milliseconds, once a second.
 */
export class StorePatience {
  /** Until when no request waits a second again, by model: it would be in vain. */
  private readonly hurriedUntil = new Map<string, number>();
  /** Until when none with knowledge, or in a hurry, waits at all. */
  private restUntil = 0;

  constructor(private readonly now: () => number) {}

  /**
   * @param ageMs since the store has confirmed what is known of the model's circuit
   * @returns 0 where the request goes by what is known
   */
  waitMs(model: string, ageMs: number): number {
    if (ageMs < CACHE_MS) return 0;
    const isHurried = this.now() < (this.hurriedUntil.get(model) ?? -Infinity);
    if (ageMs >= FRESH_MS && !isHurried) return READ_WAIT_MS;
    return this.now() < this.restUntil ? 0 : STORE_WAIT_MS;
  }

  answered(model: string): void {
    this.hurriedUntil.delete(model);
  }

  /** @param waitedMs less than asked for where the request itself had no more */
  waitedInVain(model: string, waitedMs: number): void {
    if (waitedMs === READ_WAIT_MS) this.hurry(model, STALE_MS);
    this.rest();
  }

  /** What failed at once, as a connection that is reset, keeps nobody waiting: the next read may tell. */
  failed(model: string, afterMs: number): void {
    this.hurry(model, afterMs > STORE_WAIT_MS ? STALE_MS : STORE_REST_MS);
    this.rest();
  }

  private hurry(model: string, ms: number): void {
    this.hurriedUntil.set(model, this.now() + ms);
  }

  private rest(): void {
    this.restUntil = this.now() + STORE_REST_MS;
  }
}
