import type { Resource } from '../../stack/resource';
import { blocks, flag, number, optionalBlock, optionalText, text } from '../../stack/values';
import { GatewayError } from './gateway-error';
import type { ApiRequest } from './http';
import { TokenBucket } from './throttle';

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
