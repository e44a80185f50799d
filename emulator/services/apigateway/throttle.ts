import { type Resource, UnsupportedError } from '../../stack/resource';
import { block, optionalNumber, text } from '../../stack/values';

/** API Gateway's quota for an account in a region: 10,000 requests a second, bursts of 5,000. */
const ACCOUNT = { rate: 10_000, burst: 5_000 };

/** What all APIs of a region take their tokens from, beside their own. */
export const accountBucket = (now: () => number): TokenBucket =>
  new TokenBucket(ACCOUNT.rate, ACCOUNT.burst, now);

/** Provider's default, by which a method has no limit of its own. */
const UNLIMITED = -1;

/** The limits of a stage's methods, and the account's. */
export class MethodThrottles {
  readonly #account: TokenBucket;
  /** By `path/METHOD`, without the slash in front. */
  readonly #settings: ReadonlyMap<string, { rate: number; burst: number } | undefined>;

  /**
   * @param resources those of type `aws_api_gateway_method_settings`
   * @param methods the API's methods as `/path/METHOD`
   * @throws UnsupportedError for settings of a method that the API does not have
   */
  constructor(
    resources: readonly Resource[],
    methods: readonly string[],
    private readonly now: () => number,
    account: TokenBucket,
  ) {
    this.#account = account;
    this.#settings = new Map(
      resources.map((resource) => {
        const path = `/${text(resource, 'method_path').replaceAll('~1', '/').replace(/^\/+/, '')}`;
        if (path !== '/*/*' && !methods.includes(path))
          throw new UnsupportedError(`${resource.address}.method_path`, `the API has no method ${path}`);
        return [path, limitsOf(resource)];
      }),
    );
  }

  /** @returns takes a request of that method (`/path/METHOD`) on, or says that it is too many */
  of(method: string): () => boolean {
    const limits = this.#settings.has(method) ? this.#settings.get(method) : this.#settings.get('/*/*');
    const own = limits && new TokenBucket(limits.rate, limits.burst, this.now);
    return () => (own?.take() ?? true) && this.#account.take();
  }
}

function limitsOf(resource: Resource): { rate: number; burst: number } | undefined {
  const settings = block(resource, 'settings');
  const rate = optionalNumber(settings, 'throttling_rate_limit') ?? UNLIMITED;
  const burst = optionalNumber(settings, 'throttling_burst_limit') ?? UNLIMITED;
  if (rate === UNLIMITED && burst === UNLIMITED) return undefined;
  if (rate < 0 || burst < 0)
    throw new UnsupportedError(settings.address, 'set both throttling_rate_limit and throttling_burst_limit');
  return { rate, burst };
}

/** A token bucket: `rate` tokens a second, `burst` at most. */
export class TokenBucket {
  #tokens: number;
  #updated: number;

  constructor(
    private readonly rate: number,
    private readonly burst: number,
    private readonly now: () => number,
  ) {
    this.#tokens = burst;
    this.#updated = now();
  }

  /** Takes a token, if there is one. */
  take(): boolean {
    const now = this.now();
    this.#tokens = Math.min(this.burst, this.#tokens + ((now - this.#updated) / 1_000) * this.rate);
    this.#updated = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
