import type { DrillLog, RequestRecord } from '../../drill/drill-log';
import { measureTurns, turnVerdicts } from '../../drill/measure-turns';
import { at, drillLog, EAST, WEST } from './fixture';

const LAG_MS = 1_000;

/** A turn of conversation 1, answered 0.1 s later, whose model was told so many turns before it. */
const turn = (second: number, region: string, told: number, changes: object = {}): RequestRecord => ({
  startedAt: at(second),
  first: {
    endedAt: at(second + 0.1),
    status: 200,
    answerer: { region, tier: 'primary' },
    turn: { conversation: 1, told, stored: true, ...changes },
  },
});
const cut = (second: number, retry: RequestRecord): RequestRecord => ({
  startedAt: at(second),
  first: { endedAt: at(second + 0.1), error: 'stream cut' },
  retry: retry.first,
});

const measured = (requests: readonly RequestRecord[], changes: Partial<DrillLog> = {}) =>
  measureTurns(drillLog({ requests, ...changes }), LAG_MS);
const kept = (requests: readonly RequestRecord[]) => turnVerdicts(measured(requests)).map(({ held }) => held);

describe('turns of conversations', () => {
  it('are all known where each next one was told the ones before', () => {
    const all = [turn(-5, EAST, 0), turn(-3, EAST, 1), turn(70, WEST, 2), turn(190, EAST, 3)];
    expect(measured(all)).toEqual({
      lagMs: LAG_MS,
      acknowledged: 4,
      inWindow: 0,
      missing: 0,
      missingTooLong: 0,
      missingAtEnd: 0,
      cutStreams: 0,
    });
    expect(kept(all)).toEqual([true, true]);
  });

  it('may be missing in the other region where they were acknowledged within the lag before the loss', () => {
    const all = [turn(-5, EAST, 0), turn(-0.5, EAST, 1), turn(70, WEST, 1), turn(190, EAST, 3)];
    expect(measured(all)).toMatchObject({ inWindow: 1, missing: 1, missingTooLong: 0, missingAtEnd: 0 });
    expect(kept(all)).toEqual([true, true]);
  });

  it('are lost where there was more time than the lag', () => {
    const all = [turn(-9, EAST, 0), turn(-5, EAST, 1), turn(70, WEST, 1), turn(190, EAST, 3)];
    expect(measured(all)).toMatchObject({ missing: 1, missingTooLong: 1 });
    expect(kept(all)).toEqual([false, true]);
  });

  it('are lost where their own region does not know them', () => {
    expect(kept([turn(-9, EAST, 0), turn(-0.1, EAST, 0), turn(190, EAST, 2)])).toEqual([false, true]);
  });

  it('are lost for good where the last one does not know them', () => {
    const all = [turn(-0.5, EAST, 0), turn(70, WEST, 0), turn(190, EAST, 1)];
    expect(measured(all)).toMatchObject({ missingAtEnd: 1 });
    expect(kept(all)).toEqual([false, false]);
  });

  it('count where they are acknowledged, and no other', () => {
    const all = [turn(-5, EAST, 0), turn(-3, EAST, 1, { stored: false }), turn(190, EAST, 1)];
    expect(measured(all)).toMatchObject({ acknowledged: 2, missing: 0 });
  });

  it('that were cut are asked again, and the cut ones are none', () => {
    const all = [turn(-5, EAST, 0), cut(0, turn(0.2, EAST, 1)), turn(190, EAST, 2)];
    expect(measured(all)).toMatchObject({ acknowledged: 3, missing: 0, cutStreams: 1 });
  });

  it('by emulated time, have the lag of the machine’s own', () => {
    const all = [turn(-5, EAST, 0), turn(70, WEST, 0), turn(190, EAST, 2)];
    expect(measured(all)).toMatchObject({ missingTooLong: 1 });
    expect(measured(all, { speed: 10 })).toMatchObject({ inWindow: 1, missingTooLong: 0 });
  });

  it('say nothing where there are none', () => {
    expect(kept([])).toEqual([false, true]);
  });
});
