import type { JournalContent, SpendEntry } from '../journal';

/** Whole nanodollars, since sums of fractions of a dollar drift; the cheapest token costs tens of them. */
const NANODOLLARS = 1e9;

/** Rounded up, so that rounding never passes the cap; less than a thousandth of a nanodollar is a float's error. */
const toNano = (usd: number): number => Math.max(0, Math.ceil(usd * NANODOLLARS - 1e-3));
const toUsd = (nano: number): number => nano / NANODOLLARS;

/** Money put aside for one call; exactly one of the two ends it. */
export interface Reservation {
  /** The call has cost this. */
  settle(actualUsd: number): void;
  /** Nobody knows what the call has cost: it is charged what was reserved. */
  keep(): void;
}

interface SpendOptions {
  /** null: no limit. */
  readonly capUsd: number | null;
  /** What an earlier part of the run has spent. */
  readonly before?: JournalContent['spend'];
  /** Told before a reservation is given out, and after each end. */
  readonly onEntry?: (entry: SpendEntry) => void;
}

/**
 * Keeps the cost of all calls under a cap: each call's worst case is reserved before it is sent, and what it cost
 * is charged when that is known. While no call costs more than was reserved for it, spent and reserved money
 * together never pass the cap.
 */
export class Spend {
  private readonly cap: number;
  private readonly onEntry: (entry: SpendEntry) => void;
  private spent: number;
  private assumed: number;
  private reserved = 0;
  private reservations: number;
  private open = 0;
  private waiting: (() => void)[] = [];

  constructor({ capUsd, before, onEntry = () => undefined }: SpendOptions) {
    this.cap = capUsd === null ? Infinity : Math.floor(capUsd * NANODOLLARS + 1e-3);
    this.onEntry = onEntry;
    this.spent = toNano(before?.spentUsd ?? 0);
    this.assumed = toNano(before?.assumedUsd ?? 0);
    this.reservations = before?.reservations ?? 0;
  }

  /** US dollars charged so far, and the part of them that is worst cases. */
  get spentUsd(): number {
    return toUsd(this.spent);
  }

  get assumedUsd(): number {
    return toUsd(this.assumed);
  }

  /**
   * Reserves money for a call. Where it does not fit, it waits for calls under way, which mostly cost less than
   * was reserved for them.
   * @param worstUsd what the call costs at most; null: not known, which only a run without a cap can do with
   * @returns null where the call does not fit, whatever the calls under way will have cost
   * @throws Error for an unknown cost under a cap
   */
  async reserve(worstUsd: number | null): Promise<Reservation | null> {
    if (worstUsd === null && this.cap !== Infinity) {
      throw new Error('A call whose cost is unknown cannot be kept under a cap: give its price, or no cap.');
    }
    const worst = toNano(worstUsd ?? 0);
    while (this.spent + this.reserved + worst > this.cap) {
      if (this.open === 0) return null;
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return this.give(worst);
  }

  private give(worst: number): Reservation {
    this.reservations += 1;
    const reservation = this.reservations;
    this.onEntry({ kind: 'reserved', reservation, usd: toUsd(worst) });
    this.reserved += worst;
    this.open += 1;
    let ended = false;
    const end = (charged: number, assumed: boolean): void => {
      if (ended) throw new Error('This reservation has ended already.');
      ended = true;
      this.open -= 1;
      this.reserved -= worst;
      this.spent += charged;
      if (assumed) this.assumed += charged;
      this.onEntry({ kind: 'settled', reservation, usd: toUsd(charged), assumed });
      for (const wake of this.waiting.splice(0)) wake();
    };
    return {
      settle: (actualUsd) => {
        end(toNano(actualUsd), false);
      },
      keep: () => {
        end(worst, true);
      },
    };
  }
}
