import { UnsupportedError, type Resource } from '../../stack/resource';
import { number, optionalNumber, optionalText, text, textMap } from '../../stack/values';
import { MISSING_DATA_TREATMENTS, type DataPoint, type MissingDataTreatment } from './alarm-state';
import type { Metric } from './datum';
import { statisticOf, STATISTICS, type Period } from './metrics';

const COMPARISONS = {
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;

/** Evaluation periods times period, in seconds: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html */
const MAX_EVALUATION_SECONDS = 86_400;

/** A metric alarm as declared. */
export interface AlarmSettings {
  readonly resource: Resource;
  readonly name: string;
  readonly metric: Metric;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
  /** One period's values, held against the threshold. */
  readonly judge: (period: Period | undefined) => DataPoint;
}

/** @throws UnsupportedError for what CloudWatch refuses or the local run does not emulate */
export function alarmSettings(resource: Resource): AlarmSettings {
  const refuse = (argument: string, what: string): never => {
    throw new UnsupportedError(`${resource.address}.${argument}`, what);
  };
  const period = number(resource, 'period');
  if (period <= 0 || period % 60 !== 0) refuse('period', 'only multiples of 60 s are emulated');
  const evaluationPeriods = wholeFromOne(resource, 'evaluation_periods');
  if (period * evaluationPeriods > MAX_EVALUATION_SECONDS) {
    refuse('evaluation_periods', `times the period are more than ${MAX_EVALUATION_SECONDS} s`);
  }
  const datapointsToAlarm =
    optionalNumber(resource, 'datapoints_to_alarm') === undefined
      ? evaluationPeriods
      : wholeFromOne(resource, 'datapoints_to_alarm');
  if (datapointsToAlarm > evaluationPeriods) refuse('datapoints_to_alarm', 'more than evaluation_periods');
  const namespace = text(resource, 'namespace');
  return {
    resource,
    name: text(resource, 'alarm_name'),
    metric: { namespace, name: text(resource, 'metric_name'), dimensions: textMap(resource, 'dimensions') },
    periodMs: period * 1_000,
    evaluationPeriods,
    datapointsToAlarm,
    treatMissingData: missingDataTreatment(resource, namespace),
    judge: judge(resource),
  };
}

function judge(resource: Resource): AlarmSettings['judge'] {
  const threshold = number(resource, 'threshold');
  const statistic = readStatistic(resource);
  const compare = COMPARISONS[oneOf(resource, 'comparison_operator', keys(COMPARISONS))];
  return (period) =>
    period === undefined ? 'missing' : compare(statistic(period), threshold) ? 'breaching' : 'not breaching';
}

/** PutMetricAlarm takes one of `statistic` and `extended_statistic`, not both. */
function readStatistic(resource: Resource): (period: Period) => number {
  const extended = optionalText(resource, 'extended_statistic');
  if (extended === undefined) return STATISTICS[oneOf(resource, 'statistic', keys(STATISTICS))];
  const address = `${resource.address}.extended_statistic`;
  if (optionalText(resource, 'statistic') !== undefined) {
    throw new UnsupportedError(address, 'stands beside `statistic`: an alarm has one of them');
  }
  const statistic = statisticOf(extended);
  if (statistic !== undefined && !(extended in STATISTICS)) return statistic;
  throw new UnsupportedError(address, `"${extended}" is not emulated, only percentiles such as p90`);
}

/** Alarms on DynamoDB's own metrics ignore missing data, whatever they are told. */
function missingDataTreatment(resource: Resource, namespace: string): MissingDataTreatment {
  if (optionalText(resource, 'treat_missing_data') === undefined) return 'missing';
  const treatment = oneOf(resource, 'treat_missing_data', MISSING_DATA_TREATMENTS);
  return namespace === 'AWS/DynamoDB' ? 'ignore' : treatment;
}

function oneOf<T extends string>(resource: Resource, argument: string, known: readonly T[]): T {
  const value = text(resource, argument);
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  throw new UnsupportedError(
    `${resource.address}.${argument}`,
    `"${value}" is not emulated, only ${known.join(', ')}`,
  );
}

function wholeFromOne(resource: Resource, argument: string): number {
  const value = number(resource, argument);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UnsupportedError(
    `${resource.address}.${argument}`,
    `must be a whole number from 1, not ${value}`,
  );
}

const keys = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[];
