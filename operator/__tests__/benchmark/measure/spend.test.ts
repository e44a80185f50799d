import fc from 'fast-check';
import type { SpendEntry } from '../../../benchmark/measure/journal';
import { Spend } from '../../../benchmark/measure/spend/spend';

const usd = fc.double({ min: 0, max: 2, noNaN: true });
/** What a call may cost at most, which share of it it costs (null: nobody knows), and how long it takes. */
const money = fc.record({
  worst: usd,
  share: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  turns: fc.nat(4),
});

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
};

describe('spend under a cap', () => {
  it('never passes it, whatever calls cost, in whatever order and however many at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(money), usd, fc.integer({ min: 1, max: 8 }), async (calls, cap, callers) => {
        const spend = new Spend({ capUsd: cap });
        const queue = calls[Symbol.iterator]();
        let actual = 0;
        const caller = async (): Promise<void> => {
          for (const { worst, share, turns: taking } of queue) {
            const reservation = await spend.reserve(worst);
            if (reservation === null) continue;
            await turns(taking);
            // The dearest that a call of unknown cost may have been.
            actual += worst * (share ?? 1);
            if (share === null) reservation.keep();
            else reservation.settle(worst * share);
            expect(actual).toBeLessThanOrEqual(cap + 1e-9);
          }
        };
        await Promise.all(Array.from({ length: callers }, caller));
        expect(spend.spentUsd).toBeGreaterThanOrEqual(actual - 1e-9);
        expect(spend.spentUsd).toBeLessThanOrEqual(cap + 1e-9);
      }),
    );
  });

  it('leaves out only what would not fit after all calls under way', async () => {
    const spend = new Spend({ capUsd: 1 });
    const first = await spend.reserve(0.9);
    const second = spend.reserve(0.6);
    first?.settle(0.3);
    expect(await second).not.toBeNull();

    const third = spend.reserve(0.6);
    (await second)?.keep();
    expect(await third).toBeNull();
    expect(spend.spentUsd).toBe(0.9);
    expect(spend.assumedUsd).toBe(0.6);
  });

  it('takes what fits to the last nanodollar', async () => {
    const spend = new Spend({ capUsd: 0.3 });
    (await spend.reserve(0.1))?.settle(0.1);
    (await spend.reserve(0.2))?.settle(0.2);
    expect(await spend.reserve(1e-9)).toBeNull();
    expect(await spend.reserve(0)).not.toBeNull();
  });

  it('lets nothing more through once a call has cost more than its worst case', async () => {
    const spend = new Spend({ capUsd: 1 });
    (await spend.reserve(0.5))?.settle(1.5);
    expect(spend.spentUsd).toBe(1.5);
    expect(await spend.reserve(0)).toBeNull();
  });

  it('goes on from what was spent before', async () => {
    const before = { spentUsd: 0.9, assumedUsd: 0.1, reservations: 7 };
    const entries: SpendEntry[] = [];
    const spend = new Spend({ capUsd: 1, before, onEntry: (entry) => entries.push(entry) });
    expect(await spend.reserve(0.2)).toBeNull();
    (await spend.reserve(0.1))?.keep();
    expect(entries).toEqual([
      { kind: 'reserved', reservation: 8, usd: 0.1 },
      { kind: 'settled', reservation: 8, usd: 0.1, assumed: true },
    ]);
    expect(spend.assumedUsd).toBe(0.2);
  });

  it('needs to know what a call costs, unless there is no cap', async () => {
    await expect(new Spend({ capUsd: 1 }).reserve(null)).rejects.toThrow('give its price, or no cap');
    expect(await new Spend({ capUsd: null }).reserve(null)).not.toBeNull();
  });

  it('charges a reservation once', async () => {
    const reservation = await new Spend({ capUsd: null }).reserve(1);
    reservation?.settle(0.5);
    expect(() => reservation?.keep()).toThrow('ended already');
  });
});
