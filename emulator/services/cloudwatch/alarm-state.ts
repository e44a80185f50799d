export const ALARM_STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
export type AlarmState = (typeof ALARM_STATES)[number];

/** One period of an alarm's metric, held against the threshold. */
export type DataPoint = 'breaching' | 'not breaching' | 'missing';

export const MISSING_DATA_TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
export type MissingDataTreatment = (typeof MISSING_DATA_TREATMENTS)[number];

interface AlarmEvaluation {
  /** The evaluation range, oldest first. */
  readonly points: readonly DataPoint[];
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
  readonly current: AlarmState;
}

/**
 * CloudWatch looks at more periods than it evaluates, so that data points which are late or missing leave it
 * enough. By how many is not published; AWS's examples have two more.
 */
export const evaluationRange = (evaluationPeriods: number): number => evaluationPeriods + 2;

/**
 * An alarm's next state, "M out of N".
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function nextAlarmState(evaluation: AlarmEvaluation): AlarmState {
  const { points, evaluationPeriods, datapointsToAlarm, treatMissingData } = evaluation;
  const real = points.filter((point) => point !== 'missing').slice(-evaluationPeriods);
  const breaching = real.filter((point) => point === 'breaching').length;
  const filled = evaluationPeriods - real.length;
  const byCount = (count: number) => (count >= datapointsToAlarm ? 'ALARM' : 'OK');
  if (filled === 0 || treatMissingData === 'notBreaching') return byCount(breaching);
  if (treatMissingData === 'breaching') return byCount(breaching + filled);
  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (breaching < real.length) return 'OK';
  return treatMissingData === 'ignore' ? evaluation.current : withoutGoodPoint(evaluation);
}

/**
 * Whether the points that there are, none of them good, are old enough for an alarm: a breaching point that the
 * next one may still put right is none, so that intermittent data give no false alarms.
 */
function withoutGoodPoint({ points, datapointsToAlarm }: AlarmEvaluation): AlarmState {
  const oldest = points.indexOf('breaching');
  return oldest >= 0 && points.length - oldest >= datapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}

/**
 * What Route 53 reads from an alarm's data stream. It works on its own copy of the alarm, which has neither
 * `datapoints_to_alarm` nor `treat_missing_data`: all of the evaluation periods must breach. One good period
 * rules that out, whatever the missing ones would have been; that this is enough information for Route 53 is an
 * assumption, since AWS does not publish it.
 *
 * @param points the evaluation periods alone, in any order
 */
export function readDataStream(points: readonly DataPoint[]): AlarmState {
  if (points.includes('not breaching')) return 'OK';
  return points.includes('missing') || points.length === 0 ? 'INSUFFICIENT_DATA' : 'ALARM';
}
