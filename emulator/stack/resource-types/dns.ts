import { optionalText, text } from '../values';
import { emulated, noLocalMeaning, type ResourceTypes } from './resource-type';

/** Where health checkers ask from. Linux has the whole of 127.0.0.0/8; elsewhere they ask as everybody does. */
export const CHECKER_ADDRESS = process.platform === 'linux' ? '127.0.0.53' : '127.0.0.1';

export const dns: ResourceTypes = {
  aws_route53_record: {
    arguments: {
      ...emulated('zone_id', 'name', 'type', 'ttl', 'records', 'set_identifier', 'health_check_id'),
      alias: emulated('name', 'zone_id', 'evaluate_target_health'),
      failover_routing_policy: emulated('type'),
      ...noLocalMeaning('allow_overwrite'),
    },
    computed: (of) => ({
      id: [text(of, 'zone_id'), text(of, 'name'), text(of, 'type'), optionalText(of, 'set_identifier') ?? []]
        .flat()
        .join('_'),
      fqdn: text(of, 'name').replace(/\.$/, ''),
    }),
  },
  aws_route53_health_check: {
    arguments: {
      ...emulated('type', 'fqdn', 'port', 'resource_path', 'search_string', 'disabled'),
      ...emulated('request_interval', 'failure_threshold', 'invert_healthcheck'),
      ...emulated('child_healthchecks', 'child_health_threshold'),
      ...emulated('cloudwatch_alarm_name', 'cloudwatch_alarm_region', 'insufficient_data_health_status'),
      ...emulated('tags'),
      ...noLocalMeaning('enable_sni', 'measure_latency', 'reference_name', 'regions', 'triggers'),
    },
    computed: (_, { uuid }) => ({ id: uuid(), arn: `arn:aws:route53:::healthcheck/${uuid()}` }),
  },
  'data.aws_route53_zone': {
    arguments: { ...emulated('name', 'zone_id'), ...noLocalMeaning('private_zone') },
    computed: (of, { id }) => {
      const zone = optionalText(of, 'zone_id') ?? `Z${id(20).toUpperCase()}`;
      return { id: zone, zone_id: zone, arn: `arn:aws:route53:::hostedzone/${zone}` };
    },
  },
  'data.aws_ip_ranges': {
    arguments: emulated('services'),
    computed: (_, { id }) => ({ id: id(10), cidr_blocks: [`${CHECKER_ADDRESS}/32`], ipv6_cidr_blocks: [] }),
  },
  aws_acm_certificate: {
    readOnly: true,
    // They ask whether a certificate could be issued for the domain; a local run issues none.
    ignoresPreconditions: true,
    arguments: { ...emulated('domain_name'), ...noLocalMeaning('tags', 'validation_method') },
    computed: (of, { region, account, id, uuid }) => {
      const domain = text(of, 'domain_name');
      const arn = `arn:aws:acm:${region}:${account}:certificate/${uuid()}`;
      return {
        id: arn,
        arn,
        domain_validation_options: [
          {
            domain_name: domain,
            resource_record_name: `_${id(32, 'name')}.${domain}.`,
            resource_record_type: 'CNAME',
            resource_record_value: `_${id(32, 'value')}.acm-validations.aws.`,
          },
        ],
      };
    },
  },
  aws_acm_certificate_validation: {
    readOnly: true,
    arguments: noLocalMeaning('certificate_arn', 'validation_record_fqdns'),
    computed: (_, { id }) => ({ id: id(26) }),
  },
};
