import { secondsToNextDay, usageKey, USAGE_VIEW_MS } from '../../contract/usage';
import type { TierEvent } from '../../contract/workflow';
import { READ_WAIT_MS, STORE_REST_MS, STORE_WAIT_MS, within } from './bounded-wait';

/** The tokens that each caller has used on a day in this region; both reject where the table cannot say. */
export interface UsageStore {
  read(key: string): Promise<number>;
  /** @returns what there is afterwards */
  add(key: string, tokens: number): Promise<number>;
}

export interface TokenBudgetOptions {
  readonly store: UsageStore;
  readonly now?: () => number;
  /** Somebody was let through unchecked, or not counted. */
  readonly onStoreFailure: (error: unknown) => void;
}

type Limited = Pick<TierEvent, 'caller' | 'tokensPerDay'>;

/** The answer waits for its count, since Lambda freezes an instance that has answered. */
export const WRITE_WAIT_MS = 250;

/** For so long a caller is refused without another look: tokens that an operator gives back are there after it. */
const SPENT_VIEW_MS = 30_000;

/** Callers known by token can be many; beyond, all are forgotten and read anew. */
const MAX_VIEWS = 1_000;

/** API Gateway may remember an authorizer's result of a deployment that said nothing of limits. */
const limitOf = (tokensPerDay: string): number => Number(tokensPerDay) || 0;

/** Made once: an error costs its stack, and it is here for each wait. */
const LATE = { error: new DOMException('The table is late.', 'TimeoutError') } as const;

interface View {
  readonly tokens: number;
  /** As of when the table has said so. */
  readonly confirmedAt: number;
}

/**
 * The tokens of a day that a caller may use. Each count tells its instance the sum, so that a caller who asks often is
 * seldom read. Nobody retries: the next request reads anew. A table that is away or slow refuses nobody.
 */
export class TokenBudget {
  private readonly views = new Map<string, View>();
  private readonly now: () => number;
  private readWaitMs = READ_WAIT_MS;
  private restUntil = 0;

  constructor(private readonly options: TokenBudgetOptions) {
    this.now = options.now ?? Date.now;
  }

  /** @returns seconds until there are tokens again; undefined where some are left. Never rejects. */
  async secondsToWait({ caller, tokensPerDay }: Limited): Promise<number | undefined> {
    const limit = limitOf(tokensPerDay);
    if (limit === 0) return undefined;
    // The day on which it was asked, also where the next one begins while the table is.
    const now = this.now();
    const key = usageKey(caller, now);
    const believedMs = this.used(key) < limit ? USAGE_VIEW_MS : SPENT_VIEW_MS;
    if (now - (this.views.get(key)?.confirmedAt ?? -Infinity) >= believedMs) await this.refresh(key);
    return this.used(key) < limit ? undefined : secondsToNextDay(now);
  }

  /**
   * Adds what a request uses, whoever answers it, to the day on which it was asked. Never rejects.
   * @returns whether the table has said so
   */
  async count({ caller, tokensPerDay }: Limited, tokens: number, askedAt = this.now()): Promise<boolean> {
    if (limitOf(tokensPerDay) === 0 || tokens === 0) return false;
    const key = usageKey(caller, askedAt);
    return this.ask(key, WRITE_WAIT_MS, () => this.options.store.add(key, tokens));
  }

  private used(key: string): number {
    return this.views.get(key)?.tokens ?? 0;
  }

  private async refresh(key: string): Promise<void> {
    if (this.now() < this.restUntil) return;
    const waitMs = this.readWaitMs;
    this.readWaitMs = STORE_WAIT_MS;
    await this.ask(key, waitMs, () => this.options.store.read(key));
  }

  private async ask(key: string, waitMs: number, call: () => Promise<number>): Promise<boolean> {
    const began = this.now();
    // What the table has said since says so even where it is less: tokens have been given back.
    const isLater = () => began > (this.views.get(key)?.confirmedAt ?? -Infinity);
    const said = call().then(
      (tokens) => {
        if (tokens >= this.used(key) || isLater()) this.confirm(key, { tokens, confirmedAt: began });
        return undefined;
      },
      (error: unknown) => ({ error }),
    );
    const failure = await within(said, waitMs, LATE);
    if (failure === undefined) return true;
    this.restUntil = this.now() + STORE_REST_MS;
    this.options.onStoreFailure(failure.error);
    return false;
  }

  private confirm(key: string, view: View): void {
    if (this.views.size >= MAX_VIEWS) this.views.clear();
    this.views.set(key, view);
  }
}
