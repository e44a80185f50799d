import { TokenBudget, type UsageStore } from '../../lambdas/tier/token-budget';
import { skipTime } from '../support/skip-time';

skipTime();

const SHOP = { caller: 'shop', tokensPerDay: '100' };
const NOON = Date.UTC(2026, 10, 26, 12);
const HALF_A_DAY = 12 * 3_600;

/** Two instances and the table that they share. */
function setUp(changes: Partial<UsageStore> = {}) {
  const table = new Map<string, number>();
  const calls: string[] = [];
  const failures: unknown[] = [];
  const clock = { now: NOON };
  const store: UsageStore = {
    read: (key) => {
      calls.push(`read ${key}`);
      return Promise.resolve(table.get(key) ?? 0);
    },
    add: (key, tokens) => {
      calls.push(`add ${tokens}`);
      table.set(key, (table.get(key) ?? 0) + tokens);
      return Promise.resolve(table.get(key) ?? 0);
    },
    ...changes,
  };
  const instance = () =>
    new TokenBudget({ store, now: () => clock.now, onStoreFailure: (error) => failures.push(error) });
  return { table, calls, failures, clock, one: instance(), other: instance() };
}

describe('a caller’s tokens of the day', () => {
  it('are there until they are spent, and again at 00:00 UTC', async () => {
    const { one, clock } = setUp();
    expect(await one.secondsToWait(SHOP)).toBeUndefined();
    await one.count(SHOP, 99);
    expect(await one.secondsToWait(SHOP)).toBeUndefined();
    await one.count(SHOP, 1);
    expect(await one.secondsToWait(SHOP)).toBe(HALF_A_DAY);
    clock.now += HALF_A_DAY * 1_000;
    expect(await one.secondsToWait(SHOP)).toBeUndefined();
  });

  it('are one sum over all instances, and another for each caller', async () => {
    const { one, other } = setUp();
    await one.count(SHOP, 60);
    await other.count(SHOP, 60);
    expect(await other.secondsToWait(SHOP)).toBe(HALF_A_DAY);
    expect(await other.secondsToWait({ ...SHOP, caller: 'desk' })).toBeUndefined();
  });

  it('are not read by an instance that has just counted, and seldom where they are spent', async () => {
    const { one, calls, clock } = setUp();
    await one.count(SHOP, 50);
    await one.secondsToWait(SHOP);
    clock.now += 999;
    await one.secondsToWait(SHOP);
    expect(calls).toEqual(['add 50']);
    clock.now += 1;
    await one.secondsToWait(SHOP);
    expect(calls).toEqual(['add 50', 'read 2026-11-26/shop']);
    await one.count(SHOP, 50);
    clock.now += 29_999;
    expect(await one.secondsToWait(SHOP)).toBeDefined();
    expect(calls).toHaveLength(3);
    clock.now += 1;
    expect(await one.secondsToWait(SHOP)).toBeDefined();
    expect(calls.slice(3)).toEqual(['read 2026-11-26/shop']);
  });

  it('can be given back while instances live: within 30 seconds they know', async () => {
    const { one, other, table, clock } = setUp();
    await one.count(SHOP, 100);
    expect(await other.secondsToWait(SHOP)).toBeDefined();
    table.clear();
    await other.count(SHOP, 10);
    clock.now += 30_000;
    expect(await one.secondsToWait(SHOP)).toBeUndefined();
    expect(await other.secondsToWait(SHOP)).toBeUndefined();
    await one.count(SHOP, 90);
    expect(await one.secondsToWait(SHOP)).toBeDefined();
  });

  it('are those of the day on which it was asked, and less where fewer were used than expected', async () => {
    const { one, clock, table } = setUp();
    const askedAt = clock.now;
    expect(await one.count(SHOP, 120, askedAt)).toBe(true);
    expect(await one.secondsToWait(SHOP)).toBe(HALF_A_DAY);
    clock.now += 1;
    await one.count(SHOP, -50, askedAt);
    expect(await one.secondsToWait(SHOP)).toBeUndefined();
    clock.now += HALF_A_DAY * 1_000;
    await one.count(SHOP, -20, askedAt);
    expect([...table]).toEqual([['2026-11-26/shop', 50]]);
  });

  it('are waited for no longer where midnight comes while the table is asked', async () => {
    const { one, clock } = setUp({
      read: () => {
        clock.now += 1_000;
        return Promise.resolve(100);
      },
    });
    clock.now += HALF_A_DAY * 1_000 - 500;
    expect(await one.secondsToWait(SHOP)).toBe(1);
  });

  it('are not more by what was read before they were counted', async () => {
    let say: (tokens: number) => void = () => undefined;
    const before = new Promise<number>((resolve) => {
      say = resolve;
    });
    const { one, clock } = setUp({ read: () => before });
    const asked = one.secondsToWait(SHOP);
    clock.now += 1;
    await one.count(SHOP, 100);
    say(0);
    expect(await asked).toBeDefined();
  });

  it.each(['', '0', '$context.authorizer.tokensPerDay'])(
    'have no end where the limit is %j, and nobody counts',
    async (tokensPerDay) => {
      const { one, calls } = setUp();
      await one.count({ ...SHOP, tokensPerDay }, 1_000);
      expect(await one.secondsToWait({ ...SHOP, tokensPerDay })).toBeUndefined();
      expect(calls).toEqual([]);
    },
  );
});

describe('a table that is away', () => {
  const away = () => Promise.reject(new Error('away'));

  it('refuses nobody, and is told each time', async () => {
    const { one, failures } = setUp({ read: away, add: away });
    expect(await one.secondsToWait(SHOP)).toBeUndefined();
    expect(await one.count(SHOP, 1_000)).toBe(false);
    expect(failures).toHaveLength(2);
  });

  it('still refuses whom it has refused', async () => {
    const { one, clock } = setUp({ read: away });
    await one.count(SHOP, 100);
    clock.now += 60_000;
    expect(await one.secondsToWait(SHOP)).toBeDefined();
  });

  it('is left alone for a second', async () => {
    const calls: string[] = [];
    const { one, clock } = setUp({
      read: (key) => {
        calls.push(key);
        return away();
      },
    });
    await one.secondsToWait(SHOP);
    await one.secondsToWait(SHOP);
    expect(calls).toHaveLength(1);
    clock.now += 1_000;
    await one.secondsToWait(SHOP);
    expect(calls).toHaveLength(2);
  });

  it('is waited for by no answer once it is late; what it says then is still known', async () => {
    let say: (tokens: number) => void = () => undefined;
    const late = new Promise<number>((resolve) => {
      say = resolve;
    });
    const { one, failures } = setUp({ add: () => late });
    await one.count(SHOP, 100);
    expect(failures).toHaveLength(1);
    say(100);
    await new Promise(setImmediate);
    expect(await one.secondsToWait(SHOP)).toBeDefined();
  });
});
