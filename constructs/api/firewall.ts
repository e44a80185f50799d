import type { ApiGatewayStage } from '@cdktf/provider-aws/lib/api-gateway-stage';
import { DataAwsIpRanges } from '@cdktf/provider-aws/lib/data-aws-ip-ranges';
import { Wafv2IpSet } from '@cdktf/provider-aws/lib/wafv2-ip-set';
import { Wafv2WebAcl, type Wafv2WebAclDefaultAction } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { Wafv2WebAclAssociation } from '@cdktf/provider-aws/lib/wafv2-web-acl-association';
import { Construct } from 'constructs';
import { acceptFindings } from '../accepted-findings';
import type { PartProps } from '../part-props';

export interface FirewallProps extends PartProps {
  readonly stage: ApiGatewayStage;
}

/** A rule as `rule_json` has it: the bindings leave a statement's form open. Drift in it is not seen. */
type Rule = { readonly Name: string } & Readonly<Record<string, unknown>>;

/** What the rate is counted over. */
const WINDOW_SECONDS = 300;

const REGIONAL = 'REGIONAL';

/**
 * Rules that take text of a certain kind, or of more than 8 KB, for an attack. A question and what was said before it are text of
 * any kind and up to 160 KB, and nothing here runs or shows it: they count alone.
 * https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
 */
const RULES_OF_BODIES = [
  'SizeRestrictions_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'CrossSiteScripting_BODY',
];

const KNOWN_BAD_BODIES = ['Log4JRCE_BODY', 'JavaDeserializationRCE_BODY', 'ReactJSRCE_BODY'];

const NO_FIREWALL = { CKV2_AWS_29: 'A web ACL costs by the month: it is the operator’s to configure.' };

const UNREAD = 'It does not read rule_json, where the rules are; a test reads them';

/** Without samples, which would show the headers of requests, and callers' keys in them. */
const visibility = (metricName: string) => ({
  CloudWatchMetricsEnabled: true,
  MetricName: metricName,
  SampledRequestsEnabled: false,
});

const managed = (name: string, counted: readonly string[] = []): Rule => ({
  Name: name,
  OverrideAction: { None: {} },
  Statement: {
    ManagedRuleGroupStatement: {
      VendorName: 'AWS',
      Name: name,
      ...(counted.length > 0 && {
        RuleActionOverrides: counted.map((rule) => ({ Name: rule, ActionToUse: { Count: {} } })),
      }),
    },
  },
});

/** In front of callers: a rate for each address, and, where they are asked for, AWS's managed rules. */
export function createCallersFirewall(scope: Construct, id: string, props: FirewallProps): void {
  const { waf } = props.config;
  if (waf === undefined) {
    acceptFindings(props.stage, NO_FIREWALL);
    return;
  }
  const rate: Rule = {
    Name: 'rate-by-address',
    Action: { Block: {} },
    Statement: {
      RateBasedStatement: {
        Limit: waf.requestsIn5Minutes,
        AggregateKeyType: 'IP',
        EvaluationWindowSec: WINDOW_SECONDS,
      },
    },
  };
  const rules = waf.managedRules
    ? [
        rate,
        managed('AWSManagedRulesCommonRuleSet', RULES_OF_BODIES),
        managed('AWSManagedRulesKnownBadInputsRuleSet', KNOWN_BAD_BODIES),
      ]
    : [rate];
  createWebAcl(new Construct(scope, id), 'callers', { allow: {} }, rules, props);
}

/**
 * In front of what Route 53 asks: nobody else's address is let in, whatever path it knows. The ranges are those that AWS
 * publishes at the time of a plan; API Gateway's regional names have no IPv6 addresses.
 */
export function createProbeFirewall(scope: Construct, id: string, props: FirewallProps): void {
  const { config, provider } = props;
  if (config.waf === undefined) {
    acceptFindings(props.stage, NO_FIREWALL);
    return;
  }
  const firewall = new Construct(scope, id);
  const ranges = new DataAwsIpRanges(firewall, 'health_checkers', {
    provider,
    services: ['route53_healthchecks'],
  });
  const checkers = new Wafv2IpSet(firewall, 'addresses', {
    provider,
    name: `${config.project}-health-checkers`,
    scope: REGIONAL,
    ipAddressVersion: 'IPV4',
    addresses: ranges.cidrBlocks,
  });
  const rule: Rule = {
    Name: 'health-checkers',
    Action: { Allow: {} },
    Statement: { IPSetReferenceStatement: { ARN: checkers.arn } },
  };
  createWebAcl(firewall, 'probes', { block: {} }, [rule], props);
}

function createWebAcl(
  scope: Construct,
  purpose: string,
  defaultAction: Wafv2WebAclDefaultAction,
  rules: readonly Rule[],
  { provider, config, stage }: FirewallProps,
): void {
  const name = `${config.project}-${purpose}`;
  const acl = new Wafv2WebAcl(scope, 'default', {
    provider,
    name,
    scope: REGIONAL,
    defaultAction,
    ruleJson: JSON.stringify(
      rules.map((rule, Priority) => ({ ...rule, Priority, VisibilityConfig: visibility(rule.Name) })),
    ),
    visibilityConfig: {
      cloudwatchMetricsEnabled: true,
      metricName: name,
      sampledRequestsEnabled: false,
    },
  });
  acceptFindings(acl, {
    CKV2_AWS_31:
      'Its log would hold requests’ headers, and keys in them; metrics count what each rule stops.',
    CKV_AWS_175: `${UNREAD}.`,
    CKV_AWS_192: `${UNREAD}. Known bad inputs are stopped before callers with managedRules.`,
  });
  acceptFindings(stage, {
    CKV2_AWS_77: `${UNREAD}. Backends ask from clouds, which its list of addresses stops.`,
  });
  new Wafv2WebAclAssociation(scope, 'association', {
    provider,
    resourceArn: stage.arn,
    webAclArn: acl.arn,
  });
}
