import * as fc from 'fast-check';
import {
  ALARM_STATES,
  type AlarmState,
  type DataPoint,
  evaluationRange,
  MISSING_DATA_TREATMENTS,
  nextAlarmState,
  readDataStream,
} from '../../../services/cloudwatch/alarm-state';

/** As in AWS's tables: 0 within the threshold, X breaching, - missing; the oldest first. */
const points = (drawn: string): DataPoint[] =>
  drawn.split(' ').map((point) => (({ 0: 'not breaching', X: 'breaching' }) as const)[point] ?? 'missing');

type Expected = AlarmState | 'current';
type Row = [data: string, missing: Expected, ignore: Expected, breaching: Expected, notBreaching: Expected];

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const THREE_OF_THREE: Row[] = [
  ['0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  ['0 - - - -', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'OK', 'OK'],
  ['- - - - -', 'INSUFFICIENT_DATA', 'current', 'ALARM', 'OK'],
  ['0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['- - - - X', 'INSUFFICIENT_DATA', 'current', 'ALARM', 'OK'],
  ['- - - X -', 'INSUFFICIENT_DATA', 'current', 'ALARM', 'OK'],
  ['- - X - -', 'ALARM', 'current', 'ALARM', 'OK'],
  ['X - - - -', 'ALARM', 'current', 'ALARM', 'OK'],
  ['0 0 X X X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['X X X X 0', 'OK', 'OK', 'OK', 'OK'],
];
const TWO_OF_THREE: Row[] = [
  ['0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  ['0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  ['- - - - X', 'INSUFFICIENT_DATA', 'current', 'ALARM', 'OK'],
  ['- - - X -', 'ALARM', 'current', 'ALARM', 'OK'],
  ['- - - X X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
];

describe.each([
  [3, THREE_OF_THREE],
  [2, TWO_OF_THREE],
])('an alarm of %d out of 3', (datapointsToAlarm, table) => {
  const cases = table.flatMap(([data, missing, ignore, breaching, notBreaching]) =>
    Object.entries({ missing, ignore, breaching, notBreaching }).flatMap(([treatment, expected]) =>
      ALARM_STATES.map(
        (current) => [data, treatment, current, expected === 'current' ? current : expected] as const,
      ),
    ),
  );
  it.each(cases)('%s, missing data %s, from %s: %s', (data, treatment, current, expected) => {
    const treatMissingData = treatment as (typeof MISSING_DATA_TREATMENTS)[number];
    expect(
      nextAlarmState({
        points: points(data),
        evaluationPeriods: 3,
        datapointsToAlarm,
        treatMissingData,
        current,
      }),
    ).toBe(expected);
  });
});

describe('any alarm', () => {
  const evaluation = fc.integer({ min: 1, max: 6 }).chain((evaluationPeriods) =>
    fc.record({
      evaluationPeriods: fc.constant(evaluationPeriods),
      datapointsToAlarm: fc.integer({ min: 1, max: evaluationPeriods }),
      treatMissingData: fc.constantFrom(...MISSING_DATA_TREATMENTS),
      current: fc.constantFrom(...ALARM_STATES),
      points: fc.array(fc.constantFrom<DataPoint>('breaching', 'not breaching', 'missing'), {
        minLength: evaluationRange(evaluationPeriods),
        maxLength: evaluationRange(evaluationPeriods),
      }),
    }),
  );

  it('with enough real data depends on nothing but the latest of them', () => {
    fc.assert(
      fc.property(evaluation, (of) => {
        const real = of.points.filter((point) => point !== 'missing').slice(-of.evaluationPeriods);
        fc.pre(real.length === of.evaluationPeriods);
        const breaching = real.filter((point) => point === 'breaching').length;
        expect(nextAlarmState(of)).toBe(breaching >= of.datapointsToAlarm ? 'ALARM' : 'OK');
      }),
    );
  });

  it('without a breaching point goes to ALARM only where missing data count as breaching', () => {
    fc.assert(
      fc.property(evaluation, (of) => {
        fc.pre(!of.points.includes('breaching') && of.current !== 'ALARM');
        if (nextAlarmState(of) === 'ALARM') expect(of.treatMissingData).toBe('breaching');
      }),
    );
  });

  it('with a breaching point more does not leave ALARM', () => {
    fc.assert(
      fc.property(evaluation, fc.nat(), (of, at) => {
        fc.pre(nextAlarmState(of) === 'ALARM');
        const index = at % of.points.length;
        fc.pre(of.points[index] === 'not breaching');
        expect(nextAlarmState({ ...of, points: of.points.with(index, 'breaching') })).toBe('ALARM');
      }),
    );
  });
});

describe("Route 53's reading of an alarm's data stream", () => {
  it.each<[string, AlarmState]>([
    ['X X X', 'ALARM'],
    ['X X 0', 'OK'],
    ['0 0 0', 'OK'],
    ['X - X', 'INSUFFICIENT_DATA'],
    ['- - X', 'INSUFFICIENT_DATA'],
    ['- - -', 'INSUFFICIENT_DATA'],
    ['- 0 -', 'OK'],
    ['X', 'ALARM'],
    ['-', 'INSUFFICIENT_DATA'],
  ])('%s: %s', (data, expected) => {
    expect(readDataStream(points(data))).toBe(expected);
  });
});
