import { optionalText, text } from '../values';
import { emulated, noLocalMeaning, Only, type ResourceTypes } from './resource-type';

export const monitoring: ResourceTypes = {
  aws_budgets_budget: {
    readOnly: true,
    arguments: noLocalMeaning(
      'name',
      'budget_type',
      'limit_amount',
      'limit_unit',
      'cost_types',
      'time_unit',
      'notification',
      'tags',
    ),
    computed: (of, { account }) => ({
      id: `${account}:${text(of, 'name')}`,
      account_id: account,
      arn: `arn:aws:budgets::${account}:budget/${text(of, 'name')}`,
    }),
  },
  aws_cloudwatch_dashboard: {
    arguments: emulated('dashboard_name', 'dashboard_body'),
    // Global, as its ARN says: two of a name are one.
    computed: (of, { account }) => ({
      id: text(of, 'dashboard_name'),
      dashboard_arn: `arn:aws:cloudwatch::${account}:dashboard/${text(of, 'dashboard_name')}`,
    }),
  },
  aws_cloudwatch_metric_alarm: {
    arguments: {
      ...emulated('alarm_name', 'namespace', 'metric_name', 'dimensions', 'statistic', 'period'),
      ...emulated('evaluation_periods', 'datapoints_to_alarm', 'threshold', 'comparison_operator'),
      ...emulated('treat_missing_data', 'extended_statistic'),
      // Nobody is notified of a laptop's alarms.
      ...noLocalMeaning('actions_enabled', 'alarm_actions', 'ok_actions', 'insufficient_data_actions'),
      ...emulated('alarm_description'),
      ...noLocalMeaning('tags'),
    },
    computed: (of, { region, account }) => ({
      id: text(of, 'alarm_name'),
      arn: `arn:aws:cloudwatch:${region}:${account}:alarm:${text(of, 'alarm_name')}`,
    }),
  },
  aws_xray_sampling_rule: {
    arguments: {
      ...emulated('rule_name', 'priority', 'reservoir_size', 'fixed_rate', 'resource_arn'),
      ...emulated('service_name', 'service_type', 'host', 'http_method', 'url_path'),
      version: new Only(1),
      ...noLocalMeaning('tags'),
    },
    computed: (of, { region, account }) => {
      const name = optionalText(of, 'rule_name') ?? '';
      return { id: name, arn: `arn:aws:xray:${region}:${account}:sampling-rule/${name}` };
    },
  },
};
