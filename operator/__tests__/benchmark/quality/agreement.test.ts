import { agreementOf, flawsOf } from '../../../benchmark/quality/agreement';
import type { OrderOutcome } from '../../../benchmark/quality/quality';

const said = (preferred: OrderOutcome['preferred']): OrderOutcome =>
  preferred === 'one' || preferred === 'two' || preferred === 'tie'
    ? { preferred, reason: '' }
    : { preferred };
type Orders = readonly [OrderOutcome['preferred'], OrderOutcome['preferred']];
const pairs = (...orders: readonly Orders[]) =>
  orders.map(([first, second]) => [said(first), said(second)] as const);

describe('agreement of both orders', () => {
  it('is full where both always say the same', () => {
    const judged = pairs(['one', 'one'], ['two', 'two'], ['tie', 'tie'], ['one', 'one']);
    expect(agreementOf(judged)).toMatchObject({ pairs: 4, consistent: 1, kappa: 1, firstPlace: 0.5 });
  });

  it('shows a judge that prefers the first place', () => {
    const judged = pairs(['one', 'two'], ['one', 'two'], ['one', 'one'], ['two', 'two']);
    expect(agreementOf(judged)).toMatchObject({ consistent: 0.5, kappa: 0.2, firstPlace: 0.75 });
  });

  it('is no better than chance for a judge who guesses', () => {
    const judged = pairs(['one', 'one'], ['one', 'two'], ['two', 'one'], ['two', 'two']);
    expect(agreementOf(judged)).toMatchObject({ consistent: 0.5, kappa: 0 });
  });

  it('has no kappa where only one thing was ever said', () => {
    expect(agreementOf(pairs(['tie', 'tie'], ['tie', 'tie']))).toMatchObject({
      ...{ consistent: 1, kappa: null, firstPlace: null },
    });
  });

  it.each<[string, number, readonly Orders[]]>([
    // 22 of 24 pairs alike, of which chance explains all: kappa is below 0.
    [
      'who finds one model better throughout',
      0,
      [['one', 'tie'], ['tie', 'one'], ...new Array<Orders>(22).fill(['one', 'one'])],
    ],
    [
      'who guesses',
      1,
      [
        ['one', 'one'],
        ['one', 'two'],
        ['two', 'one'],
        ['two', 'two'],
      ],
    ],
    [
      'who goes by the place',
      1,
      [
        ['one', 'two'],
        ['one', 'two'],
        ['one', 'one'],
        ['two', 'two'],
      ],
    ],
  ])('of a judge %s has %d flaws', (_, flaws, orders) => {
    const agreement = agreementOf(pairs(...orders));
    expect(agreement.kappa).toBeLessThan(0.4);
    const judgement = {
      model: 'judge',
      rubric: '',
      spentUsd: 0,
      pairs: [],
      length: { pairs: 8, preferred: 0 },
    };
    expect(flawsOf({ ...judgement, agreement })).toHaveLength(flaws);
  });

  it('leaves out pairs without two valid answers, and counts these answers', () => {
    const judged = pairs(['one', 'malformed'], ['failed', 'skipped'], ['two', 'two']);
    expect(agreementOf(judged)).toEqual({
      ...{ pairs: 1, consistent: 1, kappa: null, firstPlace: 0.5 },
      ...{ malformed: 1, failed: 1, skipped: 1 },
    });
  });

  it('of nothing is nothing', () => {
    expect(agreementOf([])).toMatchObject({ pairs: 0, consistent: null, kappa: null, firstPlace: null });
  });
});
