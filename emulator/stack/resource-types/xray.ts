import { optionalText } from '../values';
import { emulated, noLocalMeaning, Only, type ResourceTypes } from './resource-type';

export const xray: ResourceTypes = {
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
