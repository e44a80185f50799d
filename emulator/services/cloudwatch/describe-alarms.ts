import { z } from 'zod';
import type { Resource } from '../../stack/resource';
import { optionalNumber, optionalText, text, textMap } from '../../stack/values';
import type { AlarmStatus } from './alarms';
import { invalidToken, parse, validation } from './errors';

/** An alarm as it is declared, and as it stands. */
export interface DeclaredAlarm {
  readonly resource: Resource;
  readonly status: AlarmStatus;
}

// Limits: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
const MAX_NAMES = 100;
const MAX_RECORDS = 100;
const DEFAULT_RECORDS = 50;

/** Of other filters none is emulated. */
const request = z.strictObject({
  AlarmNames: z.optional(z.array(z.string()).max(MAX_NAMES)),
  AlarmNamePrefix: z.optional(z.string().min(1).max(255)),
  StateValue: z.optional(z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA'])),
  MaxRecords: z.int().min(1).max(MAX_RECORDS).default(DEFAULT_RECORDS),
  NextToken: z.optional(z.string()),
});

/** @throws AwsError for what is refused, or not emulated */
export function describeAlarms(alarms: readonly DeclaredAlarm[], input: unknown): object {
  const { AlarmNames, AlarmNamePrefix = '', StateValue, MaxRecords, NextToken = '0' } = parse(request, input);
  if (AlarmNames !== undefined && AlarmNamePrefix !== '')
    throw validation('AlarmNames and AlarmNamePrefix cannot be given together.');
  const found = alarms.filter(
    ({ status: { name, state } }) =>
      name.startsWith(AlarmNamePrefix) &&
      (AlarmNames?.includes(name) ?? true) &&
      (StateValue ?? state) === state,
  );
  const start = /^\d{1,9}$/.test(NextToken) ? Number(NextToken) : Infinity;
  if (start > found.length) throw invalidToken();
  const end = start + MaxRecords;
  return {
    MetricAlarms: found.slice(start, end).map(metricAlarm),
    CompositeAlarms: [],
    ...(end < found.length && { NextToken: String(end) }),
  };
}

const metricAlarm = ({ resource, status }: DeclaredAlarm): object => ({
  AlarmName: status.name,
  AlarmArn: text(resource, 'arn'),
  AlarmDescription: optionalText(resource, 'alarm_description'),
  StateValue: status.state,
  StateUpdatedTimestamp: status.since / 1_000,
  Namespace: text(resource, 'namespace'),
  MetricName: text(resource, 'metric_name'),
  Dimensions: Object.entries(textMap(resource, 'dimensions')).map(([Name, Value]) => ({ Name, Value })),
  Statistic: optionalText(resource, 'statistic'),
  ExtendedStatistic: optionalText(resource, 'extended_statistic'),
  Period: optionalNumber(resource, 'period'),
  EvaluationPeriods: optionalNumber(resource, 'evaluation_periods'),
  DatapointsToAlarm: optionalNumber(resource, 'datapoints_to_alarm'),
  Threshold: optionalNumber(resource, 'threshold'),
  ComparisonOperator: text(resource, 'comparison_operator'),
  TreatMissingData: optionalText(resource, 'treat_missing_data'),
});
