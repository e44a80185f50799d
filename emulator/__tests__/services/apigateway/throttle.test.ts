import { accountBucket, MethodThrottles, TokenBucket } from '../../../services/apigateway/throttle';
import { apiOf, mockMethod, request, resource } from './api-fixture';

const taken = (take: () => boolean, tries: number): number =>
  Array.from({ length: tries }, take).filter(Boolean).length;

const settings = (path: string, rate?: number, burst?: number) =>
  resource('method_settings', path, {
    method_path: path,
    settings: [{ throttling_rate_limit: rate, throttling_burst_limit: burst }],
  });

describe('TokenBucket', () => {
  it('holds a burst, and refills at its rate up to the burst', () => {
    let now = 0;
    const bucket = new TokenBucket(2, 5, () => now);
    expect(taken(() => bucket.take(), 10)).toBe(5);
    now = 1_000;
    expect(taken(() => bucket.take(), 10)).toBe(2);
    now = 60_000;
    expect(taken(() => bucket.take(), 10)).toBe(5);
  });
});

describe('MethodThrottles', () => {
  const methods = ['/POST', '/health/GET'];
  const throttles = (...resources: ReturnType<typeof settings>[]) =>
    new MethodThrottles(
      resources,
      methods,
      () => 0,
      accountBucket(() => 0),
    );

  it('gives each method its own bucket of the settings for all', () => {
    const all = throttles(settings('*/*', 1, 3));
    expect([taken(all.of('/POST'), 9), taken(all.of('/health/GET'), 9)]).toEqual([3, 3]);
  });

  it("puts a method's own settings before those for all", () => {
    const own = throttles(settings('*/*', 1, 3), settings('health/GET', 1, 7));
    expect([taken(own.of('/POST'), 9), taken(own.of('/health/GET'), 9)]).toEqual([3, 7]);
  });

  it("takes ~1 for the root's slash", () => {
    expect(taken(throttles(settings('~1/POST', 1, 2)).of('/POST'), 9)).toBe(2);
  });

  it("leaves a method without limits the account's burst of 5,000, shared by all", () => {
    const account = throttles(settings('*/*'));
    expect(taken(account.of('/POST'), 4_000) + taken(account.of('/health/GET'), 4_000)).toBe(5_000);
  });

  it.each([
    ['a method that the API does not have', settings('health/PUT', 1, 1), 'no method /health/PUT'],
    ['a rate without a burst', settings('*/*', 1), 'throttling_burst_limit'],
  ])('refuses %s', (_, resource_, message) => {
    expect(() => throttles(resource_)).toThrow(message);
  });
});

describe('a throttled API', () => {
  it('answers 429 until the bucket has refilled', async () => {
    let now = 0;
    const api = apiOf([mockMethod('/', 'get')], { resources: [settings('*/*', 1, 1)], now: () => now });
    const statuses = [];
    for (const time of [0, 500, 1_000]) {
      now = time;
      statuses.push(await api.handle(request('GET', '/')).then(({ status }) => status));
    }
    expect(statuses).toEqual([200, 429, 200]);
  });
});
