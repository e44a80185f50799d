import { classify, measure } from '../../drill/measure';
import type { DrillLog, RequestRecord } from '../../drill/drill-log';
import { SCENARIOS } from '../../drill/scenario';
import { allHeld, ownThrottling, verdicts } from '../../drill/verdict';
import { answered, at, drillLog, EAST, health, leadsTo, LOSS, unanswered, WEST } from './fixture';

const PROMISES = { moveSeconds: 100, returnSeconds: 100 };

const held = (log: DrillLog) =>
  verdicts(measure(log, PROMISES.moveSeconds * 1_000), PROMISES).map((verdict) => verdict.held);

describe('a drill as it should go', () => {
  it('is measured from the loss, and from the recovery', () => {
    expect(measure(drillLog(), 100_000)).toMatchObject({
      detectedAfterMs: 28_000,
      answerChangedAfterMs: 28_000,
      lastAnswerExpiredAfterMs: 88_000,
      movedAfterMs: 70_000,
      recoveryDetectedAfterMs: 25_000,
      returnAnswerExpiredAfterMs: 85_000,
      returnedAfterMs: 70_000,
      requests: 7,
      unexplained: 0,
      lostDespiteRetry: 2,
      lostDespiteRetryAfterMove: 0,
    });
  });

  it('holds every promise', () => {
    expect(held(drillLog())).toEqual([true, true, true]);
  });
});

describe('promises that are broken', () => {
  const { requests, changes } = drillLog();
  const cases: readonly [what: string, overrides: Partial<DrillLog>, held: readonly boolean[]][] = [
    [
      'no client moves',
      { requests: [answered(-1, EAST), answered(10, EAST), answered(190, EAST)] },
      [false, true, true],
    ],
    [
      'the secondary answers by its fallback tier alone',
      { requests: [answered(70, WEST, 'fallback'), answered(190, EAST)] },
      [false, true, true],
    ],
    [
      'the last of those that were to move has not',
      { requests: [answered(70, WEST), answered(119, EAST, 'degraded'), answered(190, EAST)] },
      [false, true, true],
    ],
    [
      'this client moved in time, but another one’s DNS answer lived longer',
      { changes: [leadsTo(41, 'secondary'), leadsTo(145, 'primary')] },
      [false, true, true],
    ],
    ['no client returns', { requests: [answered(70, WEST), answered(190, WEST)] }, [true, false, true]],
    [
      'clients return late',
      { changes: [...changes.slice(0, 2), leadsTo(161, 'primary')] },
      [true, false, true],
    ],
    [
      'a request goes lost after the move',
      { requests: [...requests.slice(0, 4), unanswered(90), answered(95, WEST), ...requests.slice(4)] },
      [true, true, false],
    ],
    ['a request goes lost before the loss', { requests: [unanswered(-5), ...requests] }, [true, true, false]],
    [
      'a request goes lost when the primary is back',
      { requests: [...requests.slice(0, 6), unanswered(150), answered(190, EAST)] },
      [true, true, false],
    ],
    [
      'a request goes lost although the primary was only evacuated',
      { scenario: 'evacuation' },
      [true, true, false],
    ],
  ];

  it.each(cases)('%s', (_, overrides, expected) => {
    expect(held(drillLog(overrides))).toEqual(expected);
  });

  it.each([
    ['nobody is lost and nobody moves', [answered(1, EAST), answered(9, EAST)], [true, true]],
    ['a request is lost', [answered(1, EAST), unanswered(2)], [false, true]],
    [
      'a model or a region was changed for',
      [answered(1, EAST, 'fallback'), answered(9, WEST)],
      [true, false],
    ],
  ])('a deployment during which %s', (_, asked, expected) => {
    const measurement = measure(drillLog({ scenario: 'deploy', requests: asked }), 0);
    expect(verdicts(measurement, PROMISES, SCENARIOS.deploy).map((verdict) => verdict.held)).toEqual(
      expected,
    );
  });

  it.each([
    [[true, true], true],
    [[true, false], false],
  ])('a drill with verdicts %j holds: %j', (list, expected) => {
    const all = list.map((each) => ({ promise: '', measured: '', held: each }));
    expect(allHeld(all)).toBe(expected);
  });
});

describe('a target that tells no changes', () => {
  it('is measured by its answers, and by the promised time', () => {
    const log = drillLog({
      scenario: 'evacuation',
      changes: [],
      requests: [answered(1, EAST), answered(72, WEST), answered(190, EAST)],
    });
    expect(measure(log, 100_000)).toMatchObject({
      detectedAfterMs: null,
      lastAnswerExpiredAfterMs: null,
      movedAfterMs: 72_000,
      returnedAfterMs: 70_000,
    });
    expect(held(log)).toEqual([true, true, true]);
  });
});

describe('a client that retries once', () => {
  it('is not lost where its second attempt is answered', () => {
    const requests = [unanswered(10), unanswered(20, 20.1, WEST), answered(70, WEST), unanswered(100)];
    const {
      lostDespiteRetry,
      lostDespiteRetryAfterMove,
      unanswered: list,
    } = measure(drillLog({ requests }), 100_000);
    expect({ lostDespiteRetry, lostDespiteRetryAfterMove }).toEqual({
      lostDespiteRetry: 2,
      lostDespiteRetryAfterMove: 1,
    });
    expect(list.map(({ answeredAtRetry }) => answeredAtRetry)).toEqual([false, true, false]);
  });
});

describe('why a request had no answer', () => {
  const window = { from: LOSS, until: at(88), interrupts: true };

  it.each([
    [-5, -4, 'unexplained'],
    [-1, 0.5, 'in flight'],
    [0, 0.1, 'before the move'],
    [88, 88.1, 'before the move'],
    [88.1, 88.2, 'unexplained'],
  ] as const)('from %d s to %d s: %s', (startedAt, endedAt, because) => {
    expect(classify(unanswered(startedAt, endedAt), window)).toBe(because);
  });

  it('is never explained where the primary went on answering', () => {
    expect(classify(unanswered(1), { ...window, interrupts: false })).toBe('unexplained');
  });

  it('is explained by a time to live, with what timers of a faster system may be late by', () => {
    const late = 28 + 60 + 2;
    const at10 = drillLog({
      speed: 10,
      requests: [unanswered(late), answered(95, WEST), answered(190, EAST)],
    });
    expect(measure(at10, 100_000).unexplained).toBe(0);
    expect(measure({ ...at10, speed: 1 }, 100_000).unexplained).toBe(1);
  });
});

describe('requests that were refused for too many', () => {
  const throttled = (): RequestRecord => {
    const { startedAt, first } = unanswered(10);
    return { startedAt, first: { ...first, status: 429, error: '429 too_many_requests' } };
  };

  it.each([
    [
      'are the drill’s own fault where it asks more than a caller may',
      [throttled()],
      20,
      10,
      /^1 were .* asks 20 times .* may ask 10 .*lower --rate/,
    ],
    ['came in a crowd where it asks less', [throttled(), unanswered(11)], 5, 10, /^1 were .*stand still/],
    [
      'came in a crowd where a caller has no limit',
      [throttled(), throttled()],
      50,
      undefined,
      /^2 were .*stand still/,
    ],
    ['are none where others were refused', [unanswered(10)], 20, 10, undefined],
  ] as const)('%s', (_, requests, rate, allowed, said) => {
    const advice = ownThrottling(measure(drillLog({ requests }), 100_000), rate, allowed);
    if (said === undefined) expect(advice).toBeUndefined();
    else expect(advice).toMatch(said);
  });
});

describe('health checks that changed before the loss', () => {
  it('detect nothing', () => {
    const changes = [health(-3, false), leadsTo(-3, 'secondary')];
    expect(measure(drillLog({ changes }), 100_000)).toMatchObject({
      detectedAfterMs: null,
      answerChangedAfterMs: null,
    });
  });
});
