import type { AlarmState, DataPoint } from './alarm-state';

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
