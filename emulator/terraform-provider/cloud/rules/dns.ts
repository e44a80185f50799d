import { createHash } from 'node:crypto';
import type { Values } from '../../protocol/values';
import { Refusal } from '../refusal';
import { list, refuseWhileUsed, type Context, type Rules } from './rule';

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
const MAX_CERTIFICATE_DOMAIN = 64;

export const dns: Rules = {
  aws_route53_health_check: {
    beforeChange: checkTargets,
    beforeDelete: ({ id }, context) => {
      refuseWhileUsed(
        context,
        'aws_route53_health_check',
        (parent) => list(parent.child_healthchecks).includes(id),
        (parent) =>
          new Refusal(
            'HealthCheckInUse',
            `The health check ${String(id)} is a child of the calculated one ${String(parent.id)}.`,
          ),
      );
    },
    computed: () => ({ enable_sni: true, failure_threshold: 3 }),
  },
  aws_route53_record: {
    beforeCreate: (values, context) => {
      const { account, settings, find } = context;
      if (!(String(values.zone_id) in settings.hostedZones)) {
        throw new Refusal('NoSuchHostedZone', `No hosted zone found with ID: ${String(values.zone_id)}`);
      }
      const check = values.health_check_id ?? '';
      if (check !== '' && find('aws_route53_health_check', 'id', check) === undefined) {
        throw new Refusal('NoSuchHealthCheck', `No health check exists with the ID ${JSON.stringify(check)}`);
      }
      const fqdn = fqdnOf(values, context);
      const twin = account
        .all('aws_route53_record')
        .find(
          ({ values: other }) =>
            other.fqdn === fqdn &&
            (['zone_id', 'type', 'set_identifier'] as const).every(
              (key) => (other[key] ?? '') === (values[key] ?? ''),
            ),
        );
      if (twin !== undefined && values.allow_overwrite !== true) {
        throw new Refusal(
          'InvalidChangeBatch',
          `[Tried to create resource record set [name='${fqdn}.', type='${String(values.type)}'] but it already exists]`,
        );
      }
    },
    computed: (values, context) => ({ fqdn: fqdnOf(values, context) }),
  },
  aws_acm_certificate: {
    beforeCreate: ({ domain_name: name }) => {
      if (String(name).length > MAX_CERTIFICATE_DOMAIN) {
        throw new Refusal(
          'InvalidDomainValidationOptionsException',
          `The first domain name can be no longer than ${MAX_CERTIFICATE_DOMAIN} characters.`,
        );
      }
    },
    beforeDelete: ({ arn }, context) => {
      refuseWhileUsed(
        context,
        'aws_api_gateway_domain_name',
        (user) => user.regional_certificate_arn === arn,
        () => new Refusal('ResourceInUseException', `Certificate ${String(arn)} is in use.`),
      );
    },
    // The validation of one name in one account is the same in every region.
    computed: ({ domain_name: name, subject_alternative_names: others }) => {
      const names = [String(name), ...list(others).map(String)];
      return {
        status: 'PENDING_VALIDATION',
        type: 'AMAZON_ISSUED',
        key_algorithm: 'RSA_2048',
        subject_alternative_names: names.filter((each, index) => names.indexOf(each) === index),
        domain_validation_options: [...new Set(names)].map((domain) => ({
          domain_name: domain,
          resource_record_name: `_${digest(domain, 'name')}.${domain}.`,
          resource_record_type: 'CNAME',
          resource_record_value: `_${digest(domain, 'value')}.acm-validations.aws.`,
        })),
      };
    },
  },
  aws_acm_certificate_validation: {
    // The provider waits 75 minutes for what a rehearsal knows at once.
    beforeCreate: ({ certificate_arn: arn }, { account, find, region }) => {
      const certificate = find('aws_acm_certificate', 'arn', arn);
      if (certificate === undefined) {
        throw new Refusal('ResourceNotFoundException', `Could not find certificate ${String(arn)}.`);
      }
      const missing = (list(certificate.domain_validation_options) as readonly Values[])
        .map(({ resource_record_name: name }) => String(name).replace(/\.$/, ''))
        .find((name) => !account.all('aws_route53_record').some(({ values }) => values.fqdn === name));
      if (missing !== undefined) {
        throw new Refusal(
          'timeout',
          `waiting for ACM Certificate (${String(arn)}) to be issued: timeout while waiting for state to become ` +
            `'ISSUED' (last state: 'PENDING_VALIDATION', timeout: 1h15m0s): no hosted zone has the record ${missing}`,
        );
      }
      const stored = account.get('aws_acm_certificate', region, certificate.id);
      if (stored !== undefined) account.put({ ...stored, values: { ...certificate, status: 'ISSUED' } });
    },
    computed: () => ({ id: new Date().toISOString() }),
  },
};

/** A name outside of its hosted zone gets the zone's name appended. */
function fqdnOf({ name, zone_id: zone }: Values, { settings }: Context): string {
  const apex = (settings.hostedZones[String(zone)] ?? '').replace(/\.$/, '');
  const plain = String(name).toLowerCase().replace(/\.$/, '');
  return plain === apex || plain.endsWith(`.${apex}`) ? plain : `${plain}.${apex}`;
}

/** That Route 53 refuses a check of an alarm which does not exist is believed, not documented. */
function checkTargets(values: Values, { find }: Context): void {
  const alarm = values.cloudwatch_alarm_name ?? null;
  const region = String(values.cloudwatch_alarm_region);
  if (alarm !== null && find('aws_cloudwatch_metric_alarm', 'alarm_name', alarm, region) === undefined) {
    throw new Refusal('InvalidInput', `The alarm ${JSON.stringify(alarm)} does not exist in ${region}.`);
  }
  const missing = list(values.child_healthchecks).find(
    (child) => find('aws_route53_health_check', 'id', child) === undefined,
  );
  if (missing !== undefined) {
    throw new Refusal('InvalidInput', `The health check ${JSON.stringify(missing)} does not exist.`);
  }
}

const digest = (domain: string, purpose: string) =>
  createHash('md5').update(`${purpose} of ${domain}`).digest('hex');
