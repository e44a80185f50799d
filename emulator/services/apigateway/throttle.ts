import { type Resource, UnsupportedError } from '../../stack/resource';
import {
  block,
  blocks,
  flag,
  number,
  optionalBlock,
  optionalNumber,
  optionalText,
  text,
} from '../../stack/values';
import { GatewayError } from './gateway-error';
import type { ApiRequest } from './http';

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

/**
 * Usage plans of one stage, by the API keys that are in them. Each key has its own tokens.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 *
 * AWS keeps to a plan's rate as best it can, and says that a caller may exceed it; here nobody does. It names a plan's
 * limits as the first to be looked at, before the stage's. Whether a request that a plan refuses has still taken a token
 * of its stage, it does not say: here it has, since the stage's are looked at before the authorizer is asked. Quotas are
 * not emulated.
 */
export class UsagePlans {
  readonly #fromAuthorizer: boolean;
  /** By an enabled key's value; a plan without a throttle has no bucket. */
  readonly #buckets: ReadonlyMap<string, TokenBucket | undefined>;

  constructor(
    api: Resource,
    stage: string,
    ofType: (type: string) => readonly Resource[],
    now: () => number,
  ) {
    this.#fromAuthorizer = optionalText(api, 'api_key_source') === 'AUTHORIZER';
    const plans = ofType('aws_api_gateway_usage_plan').filter((plan) =>
      blocks(plan, 'api_stages').some(
        (each) => text(each, 'api_id') === text(api, 'id') && text(each, 'stage') === stage,
      ),
    );
    const valueOf = (id: string) =>
      ofType('aws_api_gateway_api_key')
        .filter((key) => text(key, 'id') === id && flag(key, 'enabled', true))
        .map((key) => text(key, 'value'));
    this.#buckets = new Map(
      ofType('aws_api_gateway_usage_plan_key').flatMap((member) => {
        const plan = plans.find(({ values }) => values.id === text(member, 'usage_plan_id'));
        if (plan === undefined) return [];
        const throttle = optionalBlock(plan, 'throttle_settings');
        return valueOf(text(member, 'key_id')).map((value) => [
          value,
          throttle && new TokenBucket(number(throttle, 'rate_limit'), number(throttle, 'burst_limit'), now),
        ]);
      }),
    );
  }

  /**
   * Takes a token of the caller's.
   * @param usageIdentifierKey what the authorizer said
   * @throws GatewayError
   */
  admit({ headers }: ApiRequest, usageIdentifierKey: string | undefined): void {
    const key = (this.#fromAuthorizer ? usageIdentifierKey : headers['x-api-key']) ?? '';
    if (!this.#buckets.has(key))
      throw new GatewayError('INVALID_API_KEY', 'no usage plan of the stage has the key');
    if (this.#buckets.get(key)?.take() === false)
      throw new GatewayError('THROTTLED', 'the key has no token left');
  }
}
