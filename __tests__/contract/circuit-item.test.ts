import { CIRCUIT_TTL, forced, untouched } from '../../contract/circuit';
import { putCircuit, readCircuit } from '../../contract/circuit-item';

const isForgotten = (circuit: Parameters<typeof putCircuit>[1]) =>
  CIRCUIT_TTL in (putCircuit('table', circuit, 0).Item ?? {});

describe('a circuit in its table', () => {
  it('is forgotten when nobody touches it for a day', () => {
    expect(isForgotten({ ...untouched('model'), version: 1 })).toBe(true);
    expect(isForgotten(forced(untouched('model'), 'closed'))).toBe(true);
  });

  it('may be of a release that knew less of circuits', () => {
    const { Item = {} } = putCircuit('table', forced(untouched('model'), 'open'), 0);
    delete Item.closings;
    expect(readCircuit(Item)).toMatchObject({ state: 'open', forced: true, closings: 0 });
  });

  it('is kept when an operator has opened it, until an operator closes it', () => {
    expect(isForgotten(forced(untouched('model'), 'open'))).toBe(false);
  });
});
